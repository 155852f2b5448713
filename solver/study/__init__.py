"""Studies: a case at many points, run side by side, kept, and gathered in one table and one page.

`sweep` is the way of a study file to its table. `evaluations` runs cases at values and keeps every
one by what it is; it knows no axes, so that other ways through the same values can use it.
"""

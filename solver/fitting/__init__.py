"""Fits: parameters of a case, and of its materials, found from measured curves and numbers.

Runs are those of `solver.study.evaluations`: each is kept by what its case is, never done twice.
"""

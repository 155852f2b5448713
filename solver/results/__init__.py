"""Pictures of a finished run, and a page about it.

Reads its directory only; needs neither DOLFINx nor a display.
"""

"""Rates that nobody measured: fitted to what was published; which matter, and how precisely."""

"""Rates that nobody measured: fitted to what was published, and which of them matter."""

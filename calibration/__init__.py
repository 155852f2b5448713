"""Rates that nobody measured, fitted to what was published; each evaluation is a run, and kept."""

"""Fade of single crystals of NMC532 over 100 cycles: one number fitted to one of two points."""

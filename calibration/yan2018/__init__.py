"""Fade of NMC76 over 200 cycles: three numbers fitted to three points, the rest predicted."""

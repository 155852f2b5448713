"""What a run directory holds before the run begins."""

"""Pictures of a finished run. Reads its directory only; needs neither DOLFINx nor a display."""

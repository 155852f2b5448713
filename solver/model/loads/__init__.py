"""Bodies under loads, chemistry left out."""

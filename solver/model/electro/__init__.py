"""Lithium, charge and electrons: unknowns, forms, and what happens at the surfaces."""

"""Solvers of linear systems. What needs one describes its system, and `choice` gives a solver."""

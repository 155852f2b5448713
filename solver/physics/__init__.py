"""One file per mechanism; a term is a short function with its equation in the docstring."""

"""Grains as bodies, before any mesher: seeds, cells, their regularisation and their axes."""

"""Edge lengths at the vertices of grains: finer where the edges of the grains are short."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.sizes import Sizes
from meshes.tessellation.complexes import OUTSIDE, GrainCells

SHORT = 0.8  # of the size asked for: a shorter edge makes the mesh finer around it
GROWTH = 0.3  # of edge length per distance along the edges of the grains


def vertex_sizes(cells: GrainCells, edges: Ints, lengths: Floats, sizes: Sizes) -> Floats:
    """Edge lengths (V,) of the mesh at the vertices, um.

    edges: (e, 2) vertices at the ends of the edges of grains; lengths: (e,) um. Around an edge that
    is shorter than the mesh asked for the mesh is finer, so that no cell there is stretched.
    """
    wanted = np.where(cells.wall == OUTSIDE, sizes.surface, sizes.boundary)
    short = lengths < SHORT * wanted[edges].min(axis=1)
    finest = np.full(len(wanted), np.inf)
    np.minimum.at(finest, edges[short].ravel(), np.repeat(lengths[short] / SHORT, 2))
    while True:
        grown = finest.copy()
        for near, far in (edges.T, edges.T[::-1]):
            np.minimum.at(grown, far, finest[near] + GROWTH * lengths)
        if np.array_equal(grown, finest):
            return np.minimum(wanted, finest)
        finest = grown

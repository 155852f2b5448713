"""Cells of a disc shut off by the mirror images of their seeds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meshes.tessellation.complexes import OUTSIDE, Complex, compact
from meshes.tessellation.enclosed import images, pore_seed, require_enclosed, rounded, with_pore
from meshes.tessellation.power import Seeds, joined
from meshes.tessellation.voronoi import check_cover, plane_cells


def mirrored_cells(seeds: Seeds, radius: float, pore: float = 0.0) -> Complex:
    """Cells of seeds shut off by the seeds' mirror images across the circle, and by a pore (um).

    A radial map makes the outside a circle. Raises MeshError where the images do not enclose the
    particle.
    """
    others, centre = images(seeds, radius), pore_seed(seeds, pore)
    vertices, facets, sides = plane_cells(seeds, joined(centre, others))
    sides = with_pore(sides, seeds.size, pore)
    sides = np.where(sides < seeds.size, sides, OUTSIDE)
    cells = compact(Complex(vertices, sides, radius, facets, pore=pore))
    require_enclosed(cells.vertices, radius)
    cells = replace(cells, vertices=rounded(cells, joined(seeds, centre), others))
    check_cover(cells)
    return cells

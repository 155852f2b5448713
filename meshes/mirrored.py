"""Cells of a disc shut off by the mirror images of their seeds."""

from __future__ import annotations

import numpy as np

from meshes.complexes import OUTSIDE, Complex, compact
from meshes.enclosed import images, onto_ball, require_enclosed
from meshes.power import Seeds
from meshes.voronoi import check_cover, plane_cells


def mirrored_cells(seeds: Seeds, radius: float) -> Complex:
    """Cells of seeds shut off by the seeds' mirror images across the circle.

    A radial map makes the outside a circle. Raises MeshError where the images do not enclose the
    particle.
    """
    others = images(seeds, radius)
    vertices, facets, sides = plane_cells(seeds, others)
    sides = np.where(sides < seeds.size, sides, OUTSIDE)
    cells = compact(vertices, facets, sides, radius)
    require_enclosed(cells.vertices, radius)
    moved = onto_ball(cells.vertices, cells.outer_vertices, seeds, others, radius)
    cells = cells._replace(vertices=moved)
    check_cover(cells)
    return cells

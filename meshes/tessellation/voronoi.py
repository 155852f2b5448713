"""Cells of seeds in the plane as the dual of a regular triangulation."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.complexes import (
    OUTSIDE,
    PORE,
    Complex,
    pairs_of,
    polygon_area,
    polygons,
    walk,
)
from meshes.tessellation.enclosed import TOO_FEW
from meshes.tessellation.power import Seeds, centres, joined, triangulate


def plane_cells(seeds: Seeds, others: Seeds) -> tuple[Floats, Ints, Ints]:
    """Vertices, facets and sides of the cells of `seeds`.

    Sides of the outside hold the numbers of `others`, counted from the number of seeds on.
    """
    everyone = joined(seeds, others)
    triangles = triangulate(everyone)
    pairs = triangles[:, [0, 1, 0, 2, 1, 2]].reshape(-1, 2)
    owner = np.repeat(np.arange(len(triangles)), 3)
    wanted = pairs[:, 0] < seeds.size
    sides, which = np.unique(pairs[wanted], axis=0, return_inverse=True)
    if (np.bincount(which) != 2).any():
        raise MeshError("a grain is unbounded")
    facets = owner[wanted][np.argsort(which, kind="stable")].reshape(-1, 2)
    if len(np.setdiff1d(np.arange(seeds.size), sides)):
        raise MeshError("a grain is empty")
    return centres(everyone, triangles), facets, sides


def check_cover(cells: Complex) -> None:
    """Raise MeshError unless the grains tile the disc, or the ring, without overlap."""
    for wall in (OUTSIDE, PORE) if cells.pore > 0 else (OUTSIDE,):
        try:
            walk(pairs_of(cells.facets[cells.sides[:, 1] == wall]))
        except MeshError as error:
            why = TOO_FEW if cells.pore > 0 else "a grain goes right through the particle"
            raise MeshError(why) from error
    outlines = polygons(cells)
    areas = np.array([polygon_area(outline) for outline in outlines])
    disc = np.pi * (cells.radius**2 - cells.pore**2)
    # Overlaps count twice; the chords of two degrees lack 2e-4 of the disc at most.
    if (areas <= 0).any() or abs(areas.sum() / disc - 1) > 1e-3:
        raise MeshError("the grains do not tile the particle")

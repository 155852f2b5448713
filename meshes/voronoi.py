"""Voronoi cells as the dual of a triangulation of their seeds."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay, QhullError

from meshes.complexes import OUTSIDE, Complex, Floats, Ints, MeshError, polygon_area, polygons


def voronoi(seeds: Floats, others: Floats) -> tuple[Floats, Ints, Ints]:
    """Vertices, facets and sides of the cells of `seeds`; `others` are all OUTSIDE."""
    points = np.vstack([seeds, others])
    try:
        triangles = np.sort(Delaunay(points).simplices.astype(np.int64), axis=1)
    except QhullError as error:
        raise MeshError(f"no triangulation of the seeds: {str(error).splitlines()[0]}") from error
    pairs = triangles[:, [0, 1, 0, 2, 1, 2]].reshape(-1, 2)
    owner = np.repeat(np.arange(len(triangles)), 3)
    wanted = pairs[:, 0] < len(seeds)
    sides, which = np.unique(pairs[wanted], axis=0, return_inverse=True)
    if (np.bincount(which) != 2).any():
        raise MeshError("a grain is unbounded")
    facets = owner[wanted][np.argsort(which, kind="stable")].reshape(-1, 2)
    sides[sides[:, 1] >= len(seeds), 1] = OUTSIDE
    return circumcentres(points, triangles), facets, sides


def circumcentres(points: Floats, simplices: Ints) -> Floats:
    """Points (m, d) at equal distance from all corners of each simplex (m, d + 1)."""
    corners = points[simplices]
    square = (corners**2).sum(axis=2)
    matrix = 2 * (corners[:, 1:] - corners[:, :1])
    return np.linalg.solve(matrix, (square[:, 1:] - square[:, :1])[..., None])[..., 0]


def check_cover(cells: Complex) -> None:
    """Raise MeshError unless the grains tile the disc without overlap."""
    outlines = polygons(cells)
    areas = np.array([polygon_area(outline) for outline in outlines])
    disc = np.pi * cells.radius**2
    # Overlaps count twice; the chords of two degrees lack 2e-4 of the disc at most.
    if (areas <= 0).any() or abs(areas.sum() / disc - 1) > 1e-3:
        raise MeshError("the grains do not tile the particle")

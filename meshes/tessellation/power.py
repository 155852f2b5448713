"""Power diagrams (Laguerre cells; Voronoi cells where all weights are equal), in 2D and 3D.

A point belongs to the seed p of weight w with the least |x - p|^2 - w (Aurenhammer 1987).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.spatial import ConvexHull, Delaunay, QhullError, cKDTree

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError


class Seeds(NamedTuple):
    """points: (n, d), um. weights: (n,), um^2."""

    points: Floats
    weights: Floats

    @property
    def size(self) -> int:
        """Number of seeds."""
        return len(self.points)


class Tree:
    """Finds the seed whose cell holds a point: seeds lifted by their weights, in one kd-tree."""

    def __init__(self, seeds: Seeds) -> None:
        self.highest = float(seeds.weights.max())
        self.tree = cKDTree(np.column_stack([seeds.points, np.sqrt(self.highest - seeds.weights)]))

    def query(self, points: Floats) -> tuple[Floats, Ints]:
        """Power distances (m,) |x - p|^2 - w, um^2, and numbers (m,) of the seeds of points."""
        distance, number = self.tree.query(np.pad(points, ((0, 0), (0, 1))))
        return distance**2 - self.highest, number


def unweighted(points: Floats) -> Seeds:
    """Seeds of Voronoi cells."""
    return Seeds(points, np.zeros(len(points)))


def joined(first: Seeds, second: Seeds) -> Seeds:
    """Seeds of both."""
    return Seeds(*(np.concatenate(pair) for pair in zip(first, second, strict=True)))


def triangulate(seeds: Seeds) -> Ints:
    """Simplices (m, d + 1) of the regular triangulation, corners ascending.

    Raises MeshError if there is none. A seed whose cell is empty is in no simplex.
    """
    points, weights = seeds
    try:
        if np.ptp(weights) == 0:
            simplices = Delaunay(points).simplices
        else:
            lifted = np.column_stack([points, (points**2).sum(axis=1) - weights])
            hull = ConvexHull(lifted)
            simplices = hull.simplices[hull.equations[:, points.shape[1]] < -1e-12]
    except QhullError as error:
        raise MeshError(f"no triangulation of the seeds: {str(error).splitlines()[0]}") from error
    return np.sort(simplices.astype(np.int64), axis=1)


def centres(seeds: Seeds, simplices: Ints) -> Floats:
    """Points (m, d) of equal power distance to all corners of each simplex (m, d + 1).

    Raises MeshError for a flat simplex.
    """
    corners = seeds.points[simplices]
    square = (corners**2).sum(axis=2) - seeds.weights[simplices]
    matrix = 2 * (corners[:, 1:] - corners[:, :1])
    try:
        return np.linalg.solve(matrix, (square[:, 1:] - square[:, :1])[..., None])[..., 0]
    except np.linalg.LinAlgError as error:
        raise MeshError("the seeds of neighbours lie in one plane") from error

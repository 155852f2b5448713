"""A small mesh of random cells, in any dimension."""

import numpy as np
from scipy.spatial import Delaunay

from meshes.simplices import Simplices, grain_names, oriented


def cube(d: int, n: int = 4) -> Simplices:
    """Unit square or cube of random points, cut in two regions at x = 1/2 (roughly)."""
    rng = np.random.default_rng(d)
    corners = np.stack(np.meshgrid(*[[0.0, 1.0]] * d), axis=-1).reshape(-1, d)
    points = np.vstack([corners, rng.random((n**d, d))])
    cells = oriented(points, Delaunay(points).simplices.astype(np.int64))
    region = (points[cells].mean(axis=1)[:, 0] > 0.5).astype(np.int64)
    return Simplices(points, cells, region, grain_names(2))

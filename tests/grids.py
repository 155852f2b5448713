"""Regular grids of simplices, cut into regions, for tests of meshes."""

from collections.abc import Callable
from itertools import permutations

import numpy as np

from meshes.simplices import Simplices, grain_names, oriented


def grid(shape: tuple[int, ...], region_of: Callable[[np.ndarray], np.ndarray]) -> Simplices:
    """Unit cubes (squares), each cut into simplices along its diagonal.

    region_of: region number (m,) of the cubes with the given middles (m, d).
    """
    d = len(shape)
    steps = [np.cumsum([np.zeros(d, int), *np.eye(d, dtype=int)[list(p)]], axis=0)
             for p in permutations(range(d))]  # fmt: skip
    first = np.indices(shape).reshape(d, -1).T
    corners = first[:, None, None, :] + np.array(steps)
    cells = np.ravel_multi_index(tuple(np.moveaxis(corners, -1, 0)), [n + 1 for n in shape])
    cells = cells.reshape(-1, d + 1)
    points = np.indices([n + 1 for n in shape]).reshape(d, -1).T.astype(float)
    region = np.repeat(region_of(first + 0.5), len(steps)).astype(np.int64)
    return Simplices(points, oriented(points, cells), region, grain_names(int(region.max()) + 1))


def columns(middles: np.ndarray) -> np.ndarray:
    """One region for each unit of the first coordinate."""
    return np.floor(middles[:, 0]).astype(np.int64)


def squares(size: int, count: int) -> Callable[[np.ndarray], np.ndarray]:
    """Regions of `size` cubes in both of the first two directions, `count` in each."""

    def region_of(middles: np.ndarray) -> np.ndarray:
        place = np.floor(middles[:, :2] / size).astype(np.int64)
        return place[:, 0] * count + place[:, 1]

    return region_of

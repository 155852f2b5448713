"""Discs and balls of flat-sided grains around the centre, without a mesher."""

from itertools import permutations, product

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.simplices import Simplices, grain_names, oriented

RADIUS = 2.0


def ball(d: int, steps: int, grains: str = "octants") -> Simplices:
    """A ball of RADIUS um, `steps` cells from its centre to the outside.

    octants: 2^d grains. wedges: each octant cut into d! sharper grains. core: octants around a
    round grain (steps must be even).
    """
    lattice, cells = _box(d, steps)
    signs = np.array(list(product([1, -1], repeat=d)))
    every = (signs[:, None] * lattice).reshape(-1, d)
    unique, number = np.unique(every, axis=0, return_inverse=True)
    cells = np.vstack([number.ravel()[cells + k * len(lattice)] for k in range(len(signs))])
    middle = unique[cells].mean(axis=1)
    _, region = np.unique(_keys(middle, grains, steps), axis=0, return_inverse=True)
    points = _rounded(unique / steps) * RADIUS
    region = region.ravel().astype(np.int64)
    return Simplices(points, oriented(points, cells), region, grain_names(region.max() + 1))


def _box(d: int, steps: int) -> tuple[Ints, Ints]:
    """Lattice of a box, each cube of it cut into d! simplices along its diagonal."""
    lattice = np.array(list(product(range(steps + 1), repeat=d)))
    stride = (steps + 1) ** np.arange(d - 1, -1, -1)
    first = lattice[(lattice < steps).all(axis=1)] @ stride
    paths = [np.concatenate([[0], np.cumsum(stride[list(way)])]) for way in permutations(range(d))]
    return lattice, (first[:, None, None] + np.array(paths)).reshape(-1, d + 1)


def _keys(middle: Floats, grains: str, steps: int) -> Ints:
    """Rows that are equal for cells of one grain."""
    keys = np.sign(middle).astype(np.int64)
    if grains == "wedges":
        return np.hstack([keys, np.argsort(np.abs(middle), axis=1)])
    if grains == "core":
        keys[np.abs(middle).max(axis=1) < steps / 2] = 0
    return keys


def _rounded(points: Floats) -> Floats:
    """Points of a cube moved along their rays into a ball."""
    length = np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-300)
    return points * np.abs(points).max(axis=1, keepdims=True) / length

"""Directions of the c axis of every grain, always in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from meshes.complexes import Floats, MeshError

STREAM = 1  # keeps these random numbers apart from those of the tessellation


def random_axes(seed: int, count: int) -> Floats:
    """Unit vectors (count, 3), uniform on the sphere.

    Each follows from the seed and the number of its grain alone: a grain keeps its axis when
    others are added.
    """
    streams = [np.random.default_rng((seed, STREAM, grain)) for grain in range(count)]
    return _unit(np.array([stream.normal(size=3) for stream in streams]))


def uniform_axes(axis: Sequence[float], count: int) -> Floats:
    """Unit vectors (count, 3), all along `axis`. Raises MeshError for an axis without length."""
    return np.tile(_unit(np.array([axis], dtype=float)), (count, 1))


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (length > 0).all():
        raise MeshError("the c axis of a grain has no direction")
    return vectors / length

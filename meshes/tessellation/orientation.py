"""Directions of the c and a axes of every grain, always in three dimensions.

Everything random about a grain follows from the seed and its number alone: a grain keeps its
axes when others are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError

if TYPE_CHECKING:
    from solver.case.orientation import OrientationCase

STREAM, ARRAY_STREAM = 1, 2  # keep these random numbers apart from those of the tessellation
TURN_STREAM = 5  # and these from all others: the a axes came last
ARRAYS = 12
GOLDEN_TURN = np.pi * (3 - np.sqrt(5))
NO_LENGTH = 1e-9  # relative to the particle: a grain so near the centre has no radius


def grain_axes(orientation: OrientationCase, seed: int, centroids: Floats) -> Floats:
    """Unit vectors (grains, 3): the c axes of grains at the given centroids (grains, 2 or 3).

    Raises MeshError for a table of another length than there are grains.
    """
    count = len(centroids)
    spread = orientation.spread or 0.0
    match orientation.texture:
        case "uniform":
            return scattered(uniform_axes(orientation.axis or (), count), spread, seed)
        case "radial":
            return scattered(radial_axes(seed, centroids), spread, seed)
        case "columnar":
            axes = columnar_axes(seed, centroids, orientation.arrays or ARRAYS)
            return scattered(axes, spread, seed)
        case "table":
            return table_axes(orientation.table or (), count)
    return random_axes(seed, count)


def grain_a_axes(orientation: OrientationCase, seed: int, c_axes: Floats) -> Floats:
    """Unit vectors (grains, 3): the a axes of grains of these c axes, at right angles to them.

    As given where they are, else at any angle about c. Raises MeshError for a table of another
    length than there are grains.
    """
    if orientation.a_axis is not None:
        middle = uniform_axes(orientation.axis or (), len(c_axes))
        a_axes = uniform_axes(orientation.a_axis, len(c_axes))
        return _taken_along(_across(middle, a_axes), middle, c_axes)
    if orientation.a_table is not None:
        return _across(c_axes, table_axes(orientation.a_table, len(c_axes)))
    streams = [np.random.default_rng((seed, TURN_STREAM, grain)) for grain in range(len(c_axes))]
    angle = np.array([2 * np.pi * stream.random() for stream in streams]).reshape(-1, 1)
    first, second = _normals_to(c_axes)
    return np.cos(angle) * first + np.sin(angle) * second


def random_axes(seed: int, count: int) -> Floats:
    """Unit vectors (count, 3), uniform on the sphere."""
    return _unit(_normals(seed, count)[:, :3])


def uniform_axes(axis: Sequence[float], count: int) -> Floats:
    """Unit vectors (count, 3), all along `axis`. Raises MeshError for an axis without length."""
    return np.tile(_unit(np.array([axis], dtype=float)), (count, 1))


def table_axes(table: Sequence[Sequence[float]], count: int) -> Floats:
    """The given vectors, made unit vectors (count, 3). Raises MeshError for another number."""
    if len(table) != count:
        raise MeshError(f"orientation.table has {len(table)} axes for {count} grains")
    return _unit(np.array(table, dtype=float))


def radial_axes(seed: int, centroids: Floats) -> Floats:
    """Unit vectors (grains, 3) at right angles to the radius: the layers lie along it.

    The rotation about the radius is random. A grain at the centre gets any axis.
    """
    return _across(_radii(centroids), _normals(seed, len(centroids))[:, :3])


def columnar_axes(seed: int, centroids: Floats, arrays: int) -> Floats:
    """Unit vectors (grains, 3), one for each of the arrays into which directions are divided.

    The axis of an array stands at right angles to the middle of its sector.
    """
    rng = np.random.default_rng((seed, ARRAY_STREAM))
    if centroids.shape[1] == 2:
        turns = 2 * np.pi * (np.arange(arrays) + rng.random()) / arrays
        middles = np.column_stack([np.cos(turns), np.sin(turns), np.zeros(arrays)])
    else:
        middles = sphere_points(arrays) @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    own = np.argmax(_radii(centroids) @ middles.T, axis=1)
    return _across(middles, rng.normal(size=(arrays, 3)))[own]


def scattered(axes: Floats, spread: float, seed: int) -> Floats:
    """Axes (grains, 3), each tilted about two normals to it by normal angles.

    spread: standard deviation of each tilt, rad.
    """
    tilt = spread * _normals(seed, len(axes))[:, 3:]
    angle = np.linalg.norm(tilt, axis=1, keepdims=True)
    first, second = _normals_to(axes)
    direction = tilt[:, :1] * first + tilt[:, 1:] * second
    # sinc: sin(angle) / angle, also where nothing is tilted
    return _unit(np.cos(angle) * axes + np.sinc(angle / np.pi) * direction)


def misorientation(axes: Floats, pairs: Ints) -> Floats:
    """Angle (pairs,) between the c axes of two grains, 0 to pi/2: an axis has no sense."""
    first, second = axes[pairs[:, 0]], axes[pairs[:, 1]]
    crossed = np.linalg.norm(np.cross(first, second), axis=1)
    return np.arctan2(crossed, np.abs(np.einsum("ij,ij->i", first, second)))


def sphere_points(count: int) -> Floats:
    """Directions (count, 3), nearly evenly over the sphere, along a spiral."""
    height = 1 - (2 * np.arange(count) + 1) / count
    width, turn = np.sqrt(1 - height**2), GOLDEN_TURN * np.arange(count)
    return np.column_stack([width * np.cos(turn), width * np.sin(turn), height])


def _normals(seed: int, count: int) -> Floats:
    """Five normal numbers for every grain: three for its axis, two for its tilt."""
    streams = [np.random.default_rng((seed, STREAM, grain)) for grain in range(count)]
    return np.array([stream.normal(size=5) for stream in streams]).reshape(count, 5)


def _normals_to(axes: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors at right angles to each axis and to each other, (grains, 3) each."""
    first = _across(axes, np.eye(3)[np.argmin(np.abs(axes), axis=1)])
    return first, np.asarray(np.cross(axes, first), dtype=float)


def _taken_along(across: Floats, before: Floats, after: Floats) -> Floats:
    """Unit vectors across `before`, turned by the shortest turn that brings it to `after`."""
    middle = _unit(before + after)
    return across - 2 * np.einsum("ij,ij->i", across, middle)[:, None] * middle


def _radii(centroids: Floats) -> Floats:
    """Centroids (grains, 3) about the origin, zero where they are nearly there."""
    radii = np.zeros((len(centroids), 3))
    radii[:, : centroids.shape[1]] = centroids
    length = np.linalg.norm(radii, axis=1)
    radii[length <= NO_LENGTH * length.max(initial=1.0)] = 0.0
    return radii


def _across(along: Floats, vectors: Floats) -> Floats:
    """Unit vectors: the parts of `vectors` at right angles to `along`, which may be zero."""
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = along / np.where(length > 0, length, 1.0)
    return _unit(vectors - np.einsum("ij,ij->i", vectors, along)[:, None] * along)


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (length > 0).all():
        raise MeshError("the c axis of a grain has no direction")
    return vectors / length

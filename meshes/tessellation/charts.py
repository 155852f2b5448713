"""Flat charts of faces: the plane that fits a face best, and maps of the sphere."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats
from meshes.tessellation.complexes import cross


def frames(normals: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors for each of the unit normals (..., 3), with it right-handed axes."""
    least = np.eye(3)[np.argmin(np.abs(normals), axis=-1)]
    across = np.cross(least, normals)
    first = np.asarray(across / np.linalg.norm(across, axis=-1, keepdims=True), np.float64)
    return first, np.asarray(np.cross(normals, first), np.float64)


def to_sphere_chart(points: Floats, middles: Floats, radius: float | Floats) -> Floats:
    """Points (n, 3) of the sphere as (n, 2): distance from `middles` along the sphere, direction.

    middles: (n, 3) or (3,), unit vectors. radius: one, or (n, 1).
    """
    first, second = frames(middles)
    flat = np.stack([(points * first).sum(-1), (points * second).sum(-1)], axis=-1)
    length = np.linalg.norm(flat, axis=-1, keepdims=True)
    angle = np.arctan2(length, (points * middles).sum(-1, keepdims=True))
    return flat * (radius * angle / np.maximum(length, 1e-14 * radius))


def from_sphere_chart(flat: Floats, middles: Floats, radius: float | Floats) -> Floats:
    """The points (n, 3) of the sphere, exactly on it, that `to_sphere_chart` sends to (n, 2)."""
    first, second = frames(middles)
    length = np.linalg.norm(flat, axis=-1, keepdims=True)
    along = flat / np.maximum(length, 1e-14 * radius)
    tangent = along[..., :1] * first + along[..., 1:] * second
    angle = length / radius
    points = np.cos(angle) * middles + np.sin(angle) * tangent
    return points * (radius / np.linalg.norm(points, axis=-1, keepdims=True))


def is_simple(points: Floats) -> bool:
    """Whether the outline (k, 2) of a polygon does not cut itself."""
    start, end = points, np.roll(points, -1, axis=0)
    along = end - start
    # side[i, j]: on which side of edge i the start of edge j lies
    side = cross(along[:, None], start[None] - start[:, None])
    parted = side * np.roll(side, -1, axis=1) <= 0
    count = np.arange(len(points))
    step = (count[None] - count[:, None]) % len(points)
    apart = (step > 1) & (step < len(points) - 1)
    return not (parted & parted.T & apart).any()

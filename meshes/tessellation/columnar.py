"""Columns along the radius around an equiaxed core, by a map of equiaxed cells."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats


def stretched(vertices: Floats, radius: float, core_radius: float, aspect_ratio: float) -> Floats:
    """Vertices (n, d) moved along their radius so that cells outside the core become columns.

    r -> core (r / r0)^a outside r0 = R (core / R)^(1 / a), the same scale everywhere inside: the
    radial stretch is `aspect_ratio` a times the tangential one at any r > r0. core_radius: part
    of the radius, 0 < core_radius < 1.
    """
    start = radius * core_radius ** (1 / aspect_ratio)
    distance = np.linalg.norm(vertices, axis=1, keepdims=True)
    scale = core_radius * radius / start
    outside = core_radius * radius * (np.maximum(distance, start) / start) ** aspect_ratio
    return vertices * np.where(distance > start, outside / np.maximum(distance, start), scale)


def unstretched(distance: float, radius: float, core_radius: float, aspect_ratio: float) -> float:
    """Distance from the centre that `stretched` sends to `distance`; all in one unit."""
    core = core_radius * radius
    start = radius * core_radius ** (1 / aspect_ratio)
    return start * (distance / core if distance < core else (distance / core) ** (1 / aspect_ratio))

"""What shuts the outer grains off, and the map that makes the outside round; in 2D and 3D."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from meshes.complexes import Floats, MeshError
from meshes.power import Seeds, Tree

FARTHEST_VERTEX = 1.6  # of the radius; beyond it the others do not enclose the particle
MORPH_START = 0.5  # of the radius; nothing moves inside
FAR = 1000.0  # radii from the centre to the seeds that stand for planes


def images(seeds: Seeds, radius: float) -> Seeds:
    """Mirror images of seeds across the circle or sphere.

    Each seed and its own image share a bisector that touches the sphere, so each outer grain gets
    one outer patch and no sliver.
    """
    distance = np.linalg.norm(seeds.points, axis=1, keepdims=True)
    return Seeds(seeds.points * (2 * radius / distance - 1), seeds.weights)


def planes(directions: Floats, radius: float) -> Seeds:
    """Far seeds whose bisector with any seed within the ball hardly differs from a plane.

    The plane touches the sphere in one of the directions (n, d), to a part of 1 / FAR.
    """
    far = FAR * radius
    return Seeds(far * directions, np.full(len(directions), far**2 - 2 * far * radius))


def require_enclosed(vertices: Floats, radius: float) -> None:
    """Raise MeshError if vertices of the cells lie far outside."""
    if np.linalg.norm(vertices, axis=1).max() > FARTHEST_VERTEX * radius:
        raise MeshError("the seeds around the particle do not enclose it")


def onto_ball(
    vertices: Floats, is_outer: NDArray[np.bool_], seeds: Seeds, others: Seeds, radius: float
) -> Floats:
    """Vertices moved along their radius so that the union of the cells of seeds becomes the ball.

    Interior vertices move with the surface above them, so they can never poke out.
    """
    distance = np.linalg.norm(vertices, axis=1)
    rays = vertices / np.maximum(distance, 1e-12 * radius)[:, None]
    reach = np.where(is_outer, distance, _reach(rays, seeds, others, radius))
    depth = np.clip((distance / reach - MORPH_START) / (1 - MORPH_START), 0, 1)
    share = depth**2 * (3 - 2 * depth)
    moved = distance * (1 + share * (radius / reach - 1))
    return rays * np.where(is_outer, radius, moved)[:, None]


def _reach(rays: Floats, seeds: Seeds, others: Seeds, radius: float) -> Floats:
    """Distance along unit rays (m, d) at which another seed becomes nearer than all of `seeds`."""
    inside, outside = Tree(seeds), Tree(others)
    low: Floats = np.full(len(rays), 0.6 * radius)
    high: Floats = np.full(len(rays), FARTHEST_VERTEX * radius)
    for _ in range(40):
        middle = 0.5 * (low + high)
        points = rays * middle[:, None]
        own = inside.query(points)[0] < outside.query(points)[0]
        low, high = np.where(own, middle, low), np.where(own, high, middle)
    return 0.5 * (low + high)

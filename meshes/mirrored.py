"""Voronoi cells of a ball shut off by the mirror images of their seeds.

Each seed and its own image share a bisector that touches the circle, so each outer grain gets
one outer patch and no sliver; a radial map then makes the outside a true circle. The images and
the map hold in any dimension.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from meshes.complexes import Complex, Floats, MeshError, compact
from meshes.voronoi import check_cover, voronoi

FARTHEST_VERTEX = 1.6  # of the radius; beyond it the images do not enclose the particle
MORPH_START = 0.5  # of the radius; nothing moves inside


def mirrored_cells(seeds: Floats, radius: float) -> Complex:
    """Voronoi cells of seeds (n, 2) shut off by the seeds' mirror images across the circle.

    Each seed and its own image share a bisector that touches the circle, so each outer grain
    gets one outer patch and no sliver; a radial map then makes the outside a circle.
    Raises MeshError where the images do not enclose the particle.
    """
    distance = np.linalg.norm(seeds, axis=1, keepdims=True)
    images = seeds * (2 * radius / distance - 1)
    vertices, facets, sides = voronoi(seeds, images)
    used = np.unique(facets)
    if np.linalg.norm(vertices[used], axis=1).max() > FARTHEST_VERTEX * radius:
        raise MeshError("mirrored seeds do not enclose the particle")
    cells = compact(vertices, facets, sides, radius)
    cells = cells._replace(vertices=_onto_ball(cells, seeds, images))
    check_cover(cells)
    return cells


def _onto_ball(cells: Complex, seeds: Floats, images: Floats) -> Floats:
    """Vertices moved along their radius so that the union of all cells becomes the ball.

    Interior vertices move with the surface above them, so they can never poke out.
    """
    distance = np.linalg.norm(cells.vertices, axis=1)
    rays = cells.vertices / np.maximum(distance, 1e-12 * cells.radius)[:, None]
    outer = cells.outer_vertices
    reach = np.where(outer, distance, _reach(rays, seeds, images, cells.radius))
    depth = np.clip((distance / reach - MORPH_START) / (1 - MORPH_START), 0, 1)
    share = depth**2 * (3 - 2 * depth)
    moved = distance * (1 + share * (cells.radius / reach - 1))
    return rays * np.where(outer, cells.radius, moved)[:, None]


def _reach(rays: Floats, seeds: Floats, images: Floats, radius: float) -> Floats:
    """Distance along unit rays (m, d) at which an image becomes nearer than every seed."""
    inside, outside = cKDTree(seeds), cKDTree(images)
    low: Floats = np.full(len(rays), 0.6 * radius)
    high: Floats = np.full(len(rays), FARTHEST_VERTEX * radius)
    for _ in range(40):
        middle = 0.5 * (low + high)
        points = rays * middle[:, None]
        own = inside.query(points)[0] < outside.query(points)[0]
        low, high = np.where(own, middle, low), np.where(own, high, middle)
    return 0.5 * (low + high)

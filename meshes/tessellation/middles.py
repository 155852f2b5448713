"""Centres of mass of grains, from their bodies alone."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats
from meshes.tessellation.complexes import Complex, cross, polygon_area, polygons
from meshes.tessellation.polyhedra import Polyhedra

DIVISIONS = 3  # of the triangles on a round face


def middles_of(cells: Complex | Polyhedra) -> Floats:
    """Centres of mass (grains, d) of all grains, um."""
    if isinstance(cells, Complex):
        return np.array([_of_polygon(outline) for outline in polygons(cells)])
    return np.array([_of_polyhedron(cells, grain) for grain in range(cells.grain_count)])


def _of_polygon(points: Floats) -> Floats:
    following = np.roll(points, -1, axis=0)
    weight = cross(points, following)[:, None]
    return ((points + following) * weight).sum(axis=0) / (6 * polygon_area(points))


def _of_polyhedron(cells: Polyhedra, grain: int) -> Floats:
    """Of the tetrahedra between the mean of the vertices and triangles on the faces."""
    faces = np.nonzero((cells.sides == grain).any(axis=1))[0]
    tip = cells.vertices[np.unique(cells.corners(faces))].mean(axis=0)
    triangles = np.vstack([triangles_on(cells, int(face)) for face in faces])
    volumes = np.abs(np.linalg.det(triangles - tip))
    middles = (triangles.sum(axis=1) + tip) / 4
    return (volumes[:, None] * middles).sum(axis=0) / volumes.sum()


def triangles_on(cells: Polyhedra, face: int) -> Floats:
    """Corners (t, 3, 3) of the fan over a face; on the outside and the pore divided and round."""
    corners = cells.vertices[cells.rings[face]]
    hub = np.broadcast_to(corners.mean(axis=0), corners.shape)
    fan = np.stack([hub, corners, np.roll(corners, -1, axis=0)], axis=1)
    if not cells.is_round[face]:
        return fan
    for _ in range(DIVISIONS):
        a, b, c = np.moveaxis(fan, 1, 0)
        ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
        parts = ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))
        fan = np.vstack([np.stack(part, axis=1) for part in parts])
    radius = cells.radius_of(cells.sides[face, 1])
    return np.asarray(fan * (radius / np.linalg.norm(fan, axis=2, keepdims=True)))

"""What shuts grains off from the outside and the pore, and the map that makes these round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.complexes import INNER, OUTSIDE, PORE, GrainCells
from meshes.tessellation.power import Seeds, Tree

FARTHEST_VERTEX = 1.6  # of the radius; beyond it the others do not enclose the particle
MORPH_START = 0.5  # of the radius; nothing moves inside
TOO_FEW = "the pore is too large for so few grains"
LEAST_RISE = 0.4  # sine of the angle between a boundary and the wall of the pore
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


def pore_seed(seeds: Seeds, pore: float) -> Seeds:
    """The seed at the centre whose cell holds the ball of radius `pore`; none if that is 0.

    Its bisector with a seed p of weight w has the distance (p^2 - w + own weight) / 2 p from the
    centre: the nearest one touches the ball.
    """
    dimension = seeds.points.shape[1]
    if pore == 0:
        return Seeds(np.empty((0, dimension)), np.empty(0))
    distance = np.linalg.norm(seeds.points, axis=1)
    weight = (2 * pore * distance - distance**2 + seeds.weights).max(keepdims=True)
    return Seeds(np.zeros((1, dimension)), weight)


def with_pore(sides: Ints, count: int, pore: float) -> Ints:
    """Sides with PORE for the first seed after `count` ones, if there is a pore."""
    return np.where(sides == count, PORE, sides) if pore > 0 else sides


def require_enclosed(vertices: Floats, radius: float) -> None:
    """Raise MeshError if vertices of the cells lie far outside."""
    if np.linalg.norm(vertices, axis=1).max() > FARTHEST_VERTEX * radius:
        raise MeshError("the seeds around the particle do not enclose it")


def rounded(cells: GrainCells, inside: Seeds, others: Seeds) -> Floats:
    """Vertices moved along their radius so that the outside and the pore become round.

    inside: seeds of the grains and the pore; others: those around. Interior vertices move with
    the surface above them, so they can never poke out; the pore lies deeper than all of them.
    """
    vertices, radius, wall = cells.vertices, cells.radius, cells.wall
    distance = np.linalg.norm(vertices, axis=1)
    rays = vertices / np.maximum(distance, 1e-12 * radius)[:, None]
    reach = np.where(wall == OUTSIDE, distance, _reach(rays, inside, others, radius))
    start = max(MORPH_START, cells.pore / radius)
    depth = np.clip((distance / reach - start) / (1 - start), 0, 1)
    share = depth**2 * (3 - 2 * depth)
    moved = distance * (1 + share * (radius / reach - 1))
    places = rays * np.where(wall == INNER, moved, cells.radius_of(wall))[:, None]
    return places if cells.pore == 0 else _upright(replace(cells, vertices=places))


def _upright(cells: GrainCells) -> Floats:
    """Vertices moved along the wall of the pore to where flat boundaries leave it more steeply."""
    start, end = np.vstack([cells.straight_edges, cells.straight_edges[:, ::-1]]).T
    flat = (cells.wall[start] == PORE) & ~clears_pore(
        cells.vertices[start], cells.vertices[end], cells.pore
    )
    rays = _unit(cells.vertices)
    turned = rays.copy()
    np.add.at(turned, start[flat], rays[end[flat]])
    moved = np.isin(np.arange(len(rays)), start[flat])[:, None]
    return np.where(moved, cells.pore * _unit(turned), cells.vertices)


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300)


def clears_pore(start: Floats, end: Floats, pore: float) -> Bools:
    """(n,) whether straight lines (n, d) stay out of the pore, and leave its wall steeply."""
    along = end - start
    length = np.maximum(np.linalg.norm(along, axis=1), 1e-300)
    share = np.clip(-(start * along).sum(axis=1) / length**2, 0, 1)
    nearest = np.linalg.norm(start + share[:, None] * along, axis=1)
    clear = nearest > pore * (1 - 1e-9)
    for place, away in ((start, along), (end, -along)):
        distance = np.linalg.norm(place, axis=1)
        rise = (place * away).sum(axis=1) / (length * np.maximum(distance, 1e-300))
        clear &= (distance > pore * (1 + 1e-9)) | (rise > LEAST_RISE)
    return clear


def require_clear(cells: GrainCells) -> None:
    """Raise MeshError where edges between grains come too near to the pore."""
    start, end = cells.straight_edges.T
    if (
        cells.pore > 0
        and not clears_pore(cells.vertices[start], cells.vertices[end], cells.pore).all()
    ):
        raise MeshError(f"{TOO_FEW}: a boundary would cut through it")


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

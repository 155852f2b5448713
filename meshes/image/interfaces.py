"""Smooth the interfaces of a mesh that was cut out of a lattice, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from meshes.arrays import Bools, Floats, Ints
from meshes.simplices import NO_CELL, Simplices, between_regions, edges, facets, shape

SHRINK, GROW = 0.5, -0.53  # Taubin (SIGGRAPH 1995): together they take out wrinkles, not volume
PULL = 0.5  # of the distance, in each round
ROUNDS = 12
LEAST_SHAPE = {2: 0.3, 3: 0.2}  # no move makes a cell worse than this, or worse than it was
LEAST_PART = 0.2  # of a move: below it the point stays
OUTSIDE, NEITHER = -1, -2


class Interface(NamedTuple):
    """Where regions meet each other and the outside.

    nodes: (f, d) points of the facets, the normal pointing out of the first side. sides: (f, 2)
    regions, the second perhaps OUTSIDE. along: (n, n) rows that average the neighbours of a point
    along the interface. between: (n, 2) the regions on the sides of a point, NEITHER for points
    within a region or where more than two meet.
    """

    nodes: Ints
    sides: Ints
    along: csr_array
    between: Ints

    @property
    def holds(self) -> Bools:
        """(n,) whether a point lies on the interface."""
        held: Bools = self.along.sum(axis=1) > 0
        return held


def smoothed(
    mesh: Simplices, free: Bools, pull: Callable[[Floats, Floats, Interface], Floats]
) -> Simplices:
    """The mesh with smooth interfaces: surfaces, and the lines and points where they meet.

    free: (n, d) directions in which each point may move. pull(points, normals, interface): how
    far (n, d) each point is from where it should be. No cell turns over.
    """
    interface = find_interface(mesh)
    on = interface.holds[:, None]
    inside = ~on & free
    means = _row_means(*_both_ways(edges(mesh.cells)), len(mesh.points))
    for _ in range(ROUNDS):
        shrunk = mesh.points + on * SHRINK * (interface.along @ mesh.points - mesh.points)
        grown = shrunk + on * GROW * (interface.along @ shrunk - shrunk)
        mesh = guarded(mesh, np.where(free, grown - mesh.points, 0.0))
        away = pull(mesh.points, normals(mesh.points, interface), interface)
        mesh = guarded(mesh, np.where(free, PULL * away, 0.0))
        mesh = guarded(mesh, np.where(inside, SHRINK * (means @ mesh.points - mesh.points), 0.0))
    return mesh


def guarded(mesh: Simplices, moves: Floats) -> Simplices:
    """The mesh with its points moved, but less at a cell that would become badly shaped."""
    part = np.ones((len(moves), 1))
    changed = (moves != 0).any(axis=1)
    while True:
        touched = replace(mesh, cells=mesh.cells[changed[mesh.cells].any(axis=1)])
        moved: Floats = mesh.points + part * moves
        allowed = np.minimum(shape(touched), LEAST_SHAPE[mesh.dimension]) * (1 - 1e-9)
        bad = shape(replace(touched, points=moved)) < allowed
        if not bad.any():
            return replace(mesh, points=moved)
        tight = np.unique(touched.cells[bad])
        part[tight] = np.where(part[tight] > LEAST_PART, 0.5 * part[tight], 0.0)
        changed = np.zeros(len(moves), bool)
        changed[tight] = True


def find_interface(mesh: Simplices) -> Interface:
    """The interface of a mesh.

    Points where three or more regions meet average along the lines where three do in 3D, and
    along all interfaces in 2D, where there are no such lines.
    """
    every = facets(mesh)
    inner, outside = between_regions(mesh, every), every.take(every.is_outside)
    nodes = np.vstack([inner.nodes, outside.nodes])
    cells = np.vstack([inner.cells, outside.cells])
    sides = np.where(cells == NO_CELL, OUTSIDE, mesh.region[cells])
    n, d = mesh.points.shape
    pairs, meeting = _edges_with_regions(nodes, sides, n)
    most = np.zeros(n, np.int64)
    np.maximum.at(most, pairs.ravel(), np.repeat(meeting, 2))
    start, end = _both_ways(pairs)
    kept = np.tile(meeting, 2) >= np.minimum(most[start], d)
    along = _row_means(start[kept], end[kept], n)
    return Interface(nodes, sides, along, _between(nodes, sides, n))


def normals(points: Floats, interface: Interface) -> Floats:
    """Unit normals (n, d) of points between two regions, out of the first; zero elsewhere."""
    corners = points[interface.nodes]
    first = corners[:, 1] - corners[:, 0]
    if points.shape[1] == 2:
        first = np.column_stack([first[:, 1], -first[:, 0]])
    else:
        first = np.asarray(np.cross(first, corners[:, 2] - corners[:, 0]), dtype=np.float64)
    total = np.zeros_like(points)
    for column in interface.nodes.T:
        np.add.at(total, column, first)
    length = np.linalg.norm(total, axis=1)
    known = (interface.between[:, 0] != NEITHER) & (length > 0)
    unit: Floats = np.where(known[:, None], total / np.where(known, length, 1.0)[:, None], 0.0)
    return unit


def _between(nodes: Ints, sides: Ints, n: int) -> Ints:
    """The only two regions (n, 2) that the facets at each point separate, if there are but two."""
    low, high = np.full((n, 2), np.iinfo(np.int64).max), np.full((n, 2), NEITHER)
    for column in nodes.T:
        np.minimum.at(low, column, sides)
        np.maximum.at(high, column, sides)
    return np.where((low == high).all(axis=1)[:, None], high, NEITHER)


def _edges_with_regions(nodes: Ints, sides: Ints, n: int) -> tuple[Ints, Ints]:
    """Edges (e, 2) of interface facets, and how many regions the facets at each separate."""
    d = nodes.shape[1]
    corners = [[a, b] for a in range(d) for b in range(a + 1, d)]
    pairs = np.vstack([np.sort(nodes[:, pair], axis=1) for pair in corners])
    codes, number = np.unique(pairs[:, 0] * n + pairs[:, 1], return_inverse=True)
    regions = np.tile(sides, (len(corners), 1))
    seen = np.unique(np.column_stack([np.repeat(number, 2), regions.ravel()]), axis=0)
    meeting = np.bincount(seen[:, 0], minlength=len(codes)).astype(np.int64)
    return np.column_stack([codes // n, codes % n]), meeting


def _both_ways(pairs: Ints) -> tuple[Ints, Ints]:
    start, end = np.vstack([pairs, pairs[:, ::-1]]).T
    return start, end


def _row_means(start: Ints, end: Ints, n: int) -> csr_array:
    """Rows (n, n) that average the values at `end` for each `start`."""
    weight = 1.0 / np.maximum(np.bincount(start, minlength=n), 1)
    return csr_array((weight[start], (start, end)), shape=(n, n))

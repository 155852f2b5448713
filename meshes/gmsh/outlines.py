"""Nodes along the edges of polyhedral grains, and around their faces."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.gmsh.grading import vertex_sizes
from meshes.sizes import Sizes
from meshes.tessellation.polyhedra import Polyhedra


class Outlines(NamedTuple):
    """points: (n, 3), um; first the vertices of the grains, then nodes on edges.

    nodes: (k,) points around one face after another. starts: (F,) where each face begins.
    """

    points: Floats
    nodes: Ints
    starts: Ints

    @property
    def face(self) -> Ints:
        """(k,) face that each of the nodes is around."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    @property
    def lengths(self) -> Ints:
        """(F,) number of nodes around each face."""
        return np.diff(self.starts, append=len(self.nodes))


def outlines(cells: Polyhedra, sizes: Sizes) -> Outlines:
    """Edges divided into pieces about as long as the sizes ask, the same for all their faces."""
    corners = np.concatenate(cells.rings)
    lengths = np.array([len(ring) for ring in cells.rings])
    face = np.repeat(np.arange(len(lengths)), lengths)
    following = np.roll(corners, -1)
    last = np.cumsum(lengths) - 1
    following[last] = corners[last - lengths + 1]
    edges, which = np.unique(
        np.sort(np.column_stack([corners, following]), axis=1), axis=0, return_inverse=True
    )
    is_arc = np.zeros(len(edges), bool)
    is_arc[which[cells.is_round[face]]] = True
    points, pieces = _divided(cells, edges, is_arc, sizes)
    first = len(cells.vertices) + np.cumsum(pieces - 1) - (pieces - 1)  # inner node of each edge
    # Around a face, each edge gives its first corner and then its inner nodes, forth or back.
    counts = pieces[which]
    step = _counted(counts)
    inner = np.where(np.repeat(corners < following, counts), step, np.repeat(counts, counts) - step)
    nodes = np.where(
        step == 0, np.repeat(corners, counts), np.repeat(first[which], counts) + inner - 1
    )
    per_face = np.bincount(face, counts, len(lengths)).astype(np.int64)
    return Outlines(points, nodes, np.cumsum(per_face) - per_face)


def _divided(
    cells: Polyhedra, edges: Ints, is_arc: np.ndarray, sizes: Sizes
) -> tuple[Floats, Ints]:
    """Vertices and inner nodes of edges, and into how many pieces each edge (e, 2) is cut."""
    start, end = cells.vertices[edges[:, 0]], cells.vertices[edges[:, 1]]
    radius = cells.radius_of(cells.wall)[edges[:, 0]]
    angle = np.where(is_arc, _angle(start, end), 0.0)
    length = np.where(is_arc, angle * radius, np.linalg.norm(end - start, axis=1))
    at = vertex_sizes(cells, edges, length, sizes)[edges]
    growth = at[:, 1] / at[:, 0]
    # The size grows linearly along the edge: the integral of ds / h is L ln(g) / (h1 - h0).
    mean = at[:, 0] * _ratio(growth - 1, np.log(growth))
    pieces = np.maximum(np.round(length / mean).astype(np.int64), 1)
    edge = np.repeat(np.arange(len(edges)), pieces - 1)
    share = (_counted(pieces - 1) + 1) / pieces[edge]
    g = growth[edge]
    share = np.where(np.abs(g - 1) < 1e-9, share, (g**share - 1) / np.where(g == 1, 1, g - 1))
    straight = start[edge] + share[:, None] * (end - start)[edge]
    turn = np.where(is_arc, angle, 1.0)[edge]
    arc = (
        np.sin((1 - share) * turn)[:, None] * start[edge]
        + np.sin(share * turn)[:, None] * end[edge]
    )
    arc *= radius[edge][:, None] / np.linalg.norm(arc, axis=1, keepdims=True)
    return np.vstack([cells.vertices, np.where(is_arc[edge][:, None], arc, straight)]), pieces


def _angle(a: Floats, b: Floats) -> Floats:
    """Angles (n,) between vectors (n, 3)."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), (a * b).sum(axis=1))


def _ratio(a: Floats, b: Floats) -> Floats:
    """a / b, where both vanish 1."""
    return np.where(np.abs(b) < 1e-9, 1.0, a / np.where(b == 0, 1.0, b))


def _counted(counts: Ints) -> Ints:
    """0, 1, ... count - 1 for each of the counts, one after another."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)

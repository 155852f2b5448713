"""The cell complex of a particle: grains bounded by facets between vertices.

Nothing here depends on a mesher: a complex can be checked and drawn by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTSIDE = -1
ARC_STEP = np.radians(2.0)  # between the corners of the polygon that stands for an arc


class MeshError(RuntimeError):
    """A particle could not be tessellated or meshed; the message says why."""


class Complex(NamedTuple):
    """Grains of a disc; straight facets between grains, circular arcs on the outside.

    vertices: (V, 2) positions, um. facets: (F, 2) vertex numbers. sides: (F, 2) grain numbers,
    the lower one first; (grain, OUTSIDE) on the surface. radius: um.
    """

    vertices: Floats
    facets: Ints
    sides: Ints
    radius: float

    @property
    def grain_count(self) -> int:
        """Number of grains."""
        return int(self.sides.max()) + 1

    @property
    def on_surface(self) -> NDArray[np.bool_]:
        """(F,) whether a facet lies on the outside of the particle."""
        return self.sides[:, 1] == OUTSIDE

    @property
    def outer_vertices(self) -> NDArray[np.bool_]:
        """(V,) whether a vertex lies on the outside of the particle."""
        outer = np.zeros(len(self.vertices), bool)
        outer[self.facets[self.on_surface]] = True
        return outer


def compact(vertices: Floats, facets: Ints, sides: Ints, radius: float) -> Complex:
    """Complex without the vertices that no facet uses, facets ordered by their sides."""
    order = np.lexsort((facets[:, 1], facets[:, 0], sides[:, 1], sides[:, 0]))
    used, numbers = np.unique(facets[order], return_inverse=True)
    return Complex(vertices[used], numbers.reshape(-1, 2), sides[order], radius)


def pairs_of(numbers: Ints) -> list[tuple[int, int]]:
    """Rows of an array (n, 2) as pairs of plain integers."""
    return [(int(a), int(b)) for a, b in zip(numbers[:, 0], numbers[:, 1], strict=True)]


def walk(facets: Sequence[tuple[int, int]]) -> list[tuple[int, bool]]:
    """Facets (vertex pairs) in the order in which they follow each other around a closed loop.

    Returns their positions in `facets` and whether each is passed from its second to its first
    vertex. Raises MeshError unless they form exactly one simple loop.
    """
    at: dict[int, list[int]] = {}
    for position, pair in enumerate(facets):
        for vertex in pair:
            at.setdefault(vertex, []).append(position)
    if not facets or any(len(positions) != 2 for positions in at.values()):
        raise MeshError("a grain is not bounded by one simple closed loop")
    order, vertex = [(0, False)], facets[0][1]
    while True:
        first, second = at[vertex]
        following = second if first == order[-1][0] else first
        if following == 0:
            break
        start, end = facets[following]
        order.append((following, end == vertex))
        vertex = start if end == vertex else end
    if len(order) != len(facets):
        raise MeshError("a grain is in more than one piece")
    return order


def loops(cells: Complex) -> list[list[tuple[int, bool]]]:
    """Facets around every grain, counter-clockwise, and whether each is passed backwards.

    Raises MeshError if a grain is no simple loop.
    """
    lines = [facet_line(cells, number, ARC_STEP) for number in range(len(cells.facets))]
    return [_loop(cells, lines, grain) for grain in range(cells.grain_count)]


def polygons(cells: Complex, angle: float = ARC_STEP) -> list[Floats]:
    """Counter-clockwise outline (k, 2) of every grain, arcs cut into chords of `angle` at most.

    The chords of one arc are the same whoever asks, so the areas of all grains sum to the area
    of one polygon inscribed in the circle. Raises MeshError if a grain is no simple loop.
    """
    lines = [facet_line(cells, number, angle) for number in range(len(cells.facets))]
    return [_outline(lines, loop) for loop in loops(cells)]


def facet_line(cells: Complex, number: int, angle: float) -> Floats:
    """Points (k, 2) along a facet from its first to its second vertex, both included."""
    start, end = cells.vertices[cells.facets[number]]
    if not cells.on_surface[number]:
        return np.array([start, end])
    first = np.arctan2(start[1], start[0])
    span = arc_span(cells, number)
    inner = first + span * np.linspace(0, 1, int(np.ceil(abs(span) / angle)) + 1)[1:-1]
    arc = cells.radius * np.column_stack([np.cos(inner), np.sin(inner)])
    return np.vstack([start, arc, end])


def arc_span(cells: Complex, number: int) -> float:
    """Signed angle (-pi, pi] from the first to the second vertex of a surface facet."""
    start, end = cells.vertices[cells.facets[number]]
    return float(np.arctan2(cross(start, end), start @ end))


def _loop(cells: Complex, lines: Sequence[Floats], grain: int) -> list[tuple[int, bool]]:
    own = np.nonzero((cells.sides == grain).any(axis=1))[0]
    loop = [(int(own[k]), backwards) for k, backwards in walk(pairs_of(cells.facets[own]))]
    if polygon_area(_outline(lines, loop)) > 0:
        return loop
    return [(number, not backwards) for number, backwards in reversed(loop)]


def _outline(lines: Sequence[Floats], loop: Sequence[tuple[int, bool]]) -> Floats:
    passed = [lines[number][::-1] if backwards else lines[number] for number, backwards in loop]
    return np.vstack([line[:-1] for line in passed])


def cross(a: Floats, b: Floats) -> Floats:
    """Third component of the cross product of vectors (..., 2)."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def polygon_area(points: Floats) -> float:
    """Signed area of a polygon (k, 2), positive when counter-clockwise."""
    return 0.5 * float(cross(points, np.roll(points, -1, axis=0)).sum())


def is_star_shaped(points: Floats) -> bool:
    """Whether the mean of the corners of a polygon (k, 2) sees its whole outline."""
    spokes = points - points.mean(axis=0)
    turns = cross(spokes, np.roll(spokes, -1, axis=0))
    return bool((turns > 0).all() or (turns < 0).all())

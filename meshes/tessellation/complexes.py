"""The cell complex of a particle: grains bounded by facets between vertices.

Nothing here depends on a mesher: a complex can be checked and drawn by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError

OUTSIDE, PORE = -1, -2  # in place of a second grain
INNER = 0  # of vertices that are on neither
ARC_STEP = np.radians(2.0)  # between the corners of the polygon that stands for an arc


@dataclass(frozen=True)
class GrainCells:
    """Grains of a disc or ball, bounded by straight facets between them and by round ones.

    vertices: (V, d) positions, um. sides: (F, 2) grain numbers, the lower one first; (grain,
    OUTSIDE) on the surface, (grain, PORE) on the wall of the pore. radius, pore: um; no pore if 0.
    """

    vertices: Floats
    sides: Ints
    radius: float
    pore: float = field(default=0.0, kw_only=True)

    @property
    def grain_count(self) -> int:
        """Number of grains."""
        return int(self.sides.max()) + 1

    @property
    def is_round(self) -> Bools:
        """(F,) whether a facet lies on the outside or on the wall of the pore."""
        return self.sides[:, 1] < 0

    @property
    def wall(self) -> Ints:
        """(V,) OUTSIDE or PORE where a vertex lies on one of them, else INNER."""
        wall = np.full(len(self.vertices), INNER)
        for surface in (OUTSIDE, PORE):
            wall[self.corners(np.nonzero(self.sides[:, 1] == surface)[0])] = surface
        return wall

    def corners(self, chosen: Ints) -> Ints:
        """Numbers of the vertices of some facets."""
        raise NotImplementedError

    @property
    def edges(self) -> Ints:
        """(e, 2) vertices at the ends of all edges, each once."""
        raise NotImplementedError

    @property
    def straight_edges(self) -> Ints:
        """(e, 2) vertices of the edges that are no part of the outside or of the pore."""
        raise NotImplementedError

    def radius_of(self, wall: Ints | int) -> Floats:
        """Radii, um, of round facets or of vertices on them: OUTSIDE or PORE."""
        return np.where(wall == PORE, self.pore, self.radius)


@dataclass(frozen=True)
class Complex(GrainCells):
    """Grains of a disc; straight facets between grains, circular arcs on the outside and the pore.

    facets: (F, 2) vertex numbers.
    """

    facets: Ints

    def corners(self, chosen: Ints) -> Ints:
        """Numbers of the vertices of some facets."""
        return self.facets[chosen].ravel()

    @property
    def edges(self) -> Ints:
        """(F, 2) vertices of the facets, which are the edges in the plane."""
        return self.facets

    @property
    def straight_edges(self) -> Ints:
        """(e, 2) vertices of the facets between grains."""
        return self.facets[~self.is_round]


def compact(cells: Complex) -> Complex:
    """The complex without the vertices that no facet uses, facets ordered by their sides."""
    facets, sides = cells.facets, cells.sides
    order = np.lexsort((facets[:, 1], facets[:, 0], sides[:, 1], sides[:, 0]))
    used, numbers = np.unique(facets[order], return_inverse=True)
    numbers = numbers.reshape(-1, 2)
    return replace(cells, vertices=cells.vertices[used], facets=numbers, sides=sides[order])


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
    if not cells.is_round[number]:
        return np.array([start, end])
    first = np.arctan2(start[1], start[0])
    span = arc_span(cells, number)
    inner = first + span * np.linspace(0, 1, int(np.ceil(abs(span) / angle)) + 1)[1:-1]
    arc = cells.radius_of(cells.sides[number, 1]) * np.column_stack([np.cos(inner), np.sin(inner)])
    return np.vstack([start, arc, end])


def facet_lengths(cells: Complex) -> Floats:
    """Lengths (F,) of all facets, um, of round ones along the arc."""
    start, end = np.moveaxis(cells.vertices[cells.facets], 1, 0)
    angle = np.abs(np.arctan2(cross(start, end), (start * end).sum(axis=1)))
    straight = np.linalg.norm(end - start, axis=1)
    return np.where(cells.is_round, cells.radius_of(cells.sides[:, 1]) * angle, straight)


def arc_span(cells: Complex, number: int) -> float:
    """Signed angle (-pi, pi] from the first to the second vertex of a round facet."""
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

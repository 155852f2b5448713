"""Make polyhedral grains fit to be meshed: no very short edges, no very sharp corners."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from meshes.arrays import Floats
from meshes.tessellation.charts import is_simple, to_sphere_chart
from meshes.tessellation.complexes import INNER, OUTSIDE, PORE, pairs_of
from meshes.tessellation.enclosed import clears_pore
from meshes.tessellation.polyhedra import (
    Edge,
    Polyhedra,
    Ring,
    compact_faces,
    is_closed,
    ring_edges,
)

FEWEST_FACES = 4  # of a grain; less would pinch it flat
NEEDLE = 0.3  # shortest over longest edge of a triangle that is too sharp
BLUNT = 1.06  # the two short edges over the longest of a triangle that is too flat
FOLD = np.cos(np.radians(80.0))  # of the angle between two edges that two faces may share
BENDS = tuple(np.cos(np.radians(angle)) for angle in (35.0, 60.0))  # gentle first, then harder


def regularize_ball(cells: Polyhedra, shortest: float) -> Polyhedra:
    """Polyhedra with every edge below `shortest` (um) drawn together, and no thin triangles.

    An edge stays where its collapse would pinch a grain or bend a face too much.
    """
    edit = _BallEditor(cells)
    for bend in BENDS:
        while edit.collapse_below(shortest, bend) or edit.flatten_triangles(bend):
            pass
    return edit.result()


def is_flat(corners: Floats, least_cosine: float) -> bool:
    """Whether a face (k, 3) is nearly flat and seen from its mean as one turn.

    least_cosine: between the normals of the triangles around the mean and the mean normal.
    """
    spokes = corners - corners.mean(axis=0)
    following = spokes[[*range(1, len(spokes)), 0]]
    normals = _cross(spokes, following)
    lengths = np.sqrt((normals**2).sum(axis=1))
    mean = normals.sum(axis=0)
    size = np.sqrt((mean**2).sum())
    counted = lengths > 1e-12
    if size == 0 or not counted.any():
        return False
    return bool(((normals @ mean)[counted] > least_cosine * size * lengths[counted]).all())


def _inserted(ring: Ring, edge: Edge, vertex: int) -> Ring:
    """The ring with a vertex between the two of an edge."""
    after = ring.index(edge[0])
    place = after + 1 if ring[(after + 1) % len(ring)] == edge[1] else after
    return [*ring[:place], vertex, *ring[place:]]


def _corners(rings: Iterable[Ring]) -> Counter[tuple[int, int, int]]:
    """How many of the rings have a corner: the vertex between two others, the lower one first."""
    return Counter(
        (min(ring[k - 2], ring[k]), ring[k - 1], max(ring[k - 2], ring[k]))
        for ring in rings
        for k in range(len(ring))
    )


def _cross(a: Floats, b: Floats) -> Floats:
    """Cross products of rows; numpy's own is slow for few."""
    x, y, z = a.T
    u, v, w = b.T
    return np.column_stack([y * w - z * v, z * u - x * w, x * v - y * u])


class _BallEditor:
    """Polyhedra under change: rings and sides by number, faces at vertices and of grains."""

    def __init__(self, cells: Polyhedra) -> None:
        self.cells = cells
        self.vertices = cells.vertices.copy()
        self.wall = cells.wall
        self.rings = dict(enumerate(cells.rings))
        self.sides = dict(enumerate(pairs_of(cells.sides)))
        self.at: dict[int, set[int]] = defaultdict(set)
        self.of: dict[int, set[int]] = defaultdict(set)
        for number, ring in self.rings.items():
            for vertex in ring:
                self.at[vertex].add(number)
            for grain in self.sides[number]:
                self.of[grain].add(number)

    def result(self) -> Polyhedra:
        """Polyhedra as they are now."""
        rings, sides = list(self.rings.values()), np.array(list(self.sides.values()))
        return compact_faces(replace(self.cells, vertices=self.vertices, rings=rings, sides=sides))

    def collapse_below(self, shortest: float, bend: float) -> int:
        """Draw edges below `shortest` (um) together, the shortest first; how many there were."""
        edges = {edge for ring in self.rings.values() for edge in ring_edges(ring)}
        queue = [(length, edge) for edge in edges if (length := self.length(edge)) < shortest]
        heapq.heapify(queue)
        done = 0
        while queue:
            length, edge = heapq.heappop(queue)
            if length != self.length(edge) or not self._is_edge(edge):
                continue
            if self.collapse(edge, bend):
                done += 1
                for changed in self._edges_at(edge[0]):
                    if (length := self.length(changed)) < shortest:
                        heapq.heappush(queue, (length, changed))
        return done

    def flatten_triangles(self, bend: float) -> int:
        """Take thin triangles away, as cells in sharp tips would be flat; how many there were.

        A needle has its short edge drawn together; of a flat one, the blunt corner moves onto the
        edge opposite to it.
        """
        done = 0
        for number in [number for number, ring in self.rings.items() if len(ring) == 3]:
            ring = self.rings.get(number, [])
            if len(ring) == 3:
                first, second, last = sorted(ring_edges(ring), key=self.length)
                if self.length(first) < NEEDLE * self.length(last):
                    done += self.collapse(first, bend)
                elif self.length(first) + self.length(second) < BLUNT * self.length(last):
                    done += self._open_edge(last, number, bend)
        return done

    def _open_edge(self, edge: Edge, number: int, bend: float) -> bool:
        """Move the third corner of a triangle onto its edge, which parts there."""
        (corner,) = set(self.rings[number]) - set(edge)
        if self.wall[corner] or self._wall_edge(edge):
            return False
        start, end = self.vertices[list(edge)]
        along = end - start
        share = (self.vertices[corner] - start) @ along / (along @ along)
        changed = {near: self.rings[near] for near in self.at[corner]}
        for near in self.at[edge[0]] & self.at[edge[1]]:
            if edge in ring_edges(self.rings[near]):
                changed[near] = _inserted(self.rings[near], edge, corner)
        changed[number] = []
        if any(len(set(ring)) != len(ring) for ring in changed.values()):
            return False
        return self._try(corner, start + share * along, changed, bend)

    def length(self, edge: Edge) -> float:
        """Distance between the ends of an edge, um."""
        along = self.vertices[edge[1]] - self.vertices[edge[0]]
        return float(np.sqrt(along @ along))

    def collapse(self, edge: Edge, bend: float) -> bool:
        """Draw an edge together to its first vertex; False where it may not be."""
        kept, gone = edge
        place = self._meeting_point(edge)
        changed = self._rings_after(edge)
        if place is None or changed is None or not self._try(kept, place, changed, bend):
            return False
        self.wall[kept] = self.wall[kept] or self.wall[gone]
        return True

    def _try(self, vertex: int, place: Floats, changed: Mapping[int, Ring], bend: float) -> bool:
        """Move a vertex and give the faces around it other rings, if all stays sound."""
        if not self._stays_closed(changed):
            return False
        before, in_pore = self.vertices[vertex].copy(), self._in_pore(vertex, self.rings, changed)
        self.vertices[vertex] = place
        flat = all(self._stays_flat(number, ring, bend) for number, ring in changed.items())
        if not flat or self._folds(changed) or self._in_pore(vertex, changed, changed) > in_pore:
            self.vertices[vertex] = before
            return False
        for number, ring in changed.items():
            self._replace(number, ring)
        return True

    def _meeting_point(self, edge: Edge) -> Floats | None:
        """Where the ends of an edge meet; None for a chord between two points of walls."""
        kept, gone = edge
        if self.wall[kept] and self.wall[gone]:
            wall = self._wall_edge(edge)
            middle = 0.5 * (self.vertices[kept] + self.vertices[gone])
            return middle * (self.cells.radius_of(wall) / np.linalg.norm(middle)) if wall else None
        if self.wall[kept] or self.wall[gone]:
            return self.vertices[kept if self.wall[kept] else gone].copy()
        return 0.5 * (self.vertices[kept] + self.vertices[gone])

    def _rings_after(self, edge: Edge) -> dict[int, Ring] | None:
        """Rings that the collapse would change, empty for those that vanish; None if it pinches."""
        kept, gone = edge
        changed: dict[int, Ring] = {}
        for number in sorted(self.at[kept] | self.at[gone]):
            ring = [kept if vertex == gone else vertex for vertex in self.rings[number]]
            ring = [vertex for k, vertex in enumerate(ring) if vertex != ring[k - 1]]
            if len(set(ring)) != len(ring):
                return None
            changed[number] = ring if len(ring) >= 3 else []
        return changed

    def _stays_closed(self, changed: Mapping[int, Ring]) -> bool:
        """Whether all grains around stay closed bodies with enough faces."""
        for grain in {grain for number in changed for grain in self.sides[number]}:
            rings = [changed.get(number, self.rings[number]) for number in self.of[grain]]
            rings = [ring for ring in rings if ring]
            if len(rings) < min(FEWEST_FACES, len(self.of[grain])) or not is_closed(rings):
                return False
        return True

    def _folds(self, changed: Mapping[int, Ring]) -> bool:
        """Whether two faces would share two edges that meet in a sharp corner, and do not yet.

        The same triangle could cut that corner on both.
        """
        before = _corners(self.rings[number] for number in changed)
        for corner, times in _corners(changed.values()).items():
            if times > 1 and before[corner] < 2:
                first, middle, last = self.vertices[list(corner)]
                a, b = first - middle, last - middle
                if a @ b > FOLD * np.sqrt((a @ a) * (b @ b)):
                    return True
        return False

    def _stays_flat(self, number: int, ring: Ring, bend: float) -> bool:
        if not ring:
            return True
        corners = self.vertices[ring]
        wall = self.sides[number][1]
        if wall >= 0:
            return is_flat(corners, bend)
        middle, radius = corners.mean(axis=0), self.cells.radius_of(wall)
        return is_simple(to_sphere_chart(corners, middle / np.linalg.norm(middle), radius))

    def _in_pore(self, vertex: int, rings: Mapping[int, Ring], numbers: Iterable[int]) -> int:
        """How many straight edges of some faces at a vertex come too near to the pore."""
        if self.cells.pore == 0:
            return 0
        around = {number: ring_edges(rings[number]) for number in numbers if rings[number]}
        arcs = {e for number, own in around.items() if self.sides[number][1] < 0 for e in own}
        edges = {edge for own in around.values() for edge in own if vertex in edge} - arcs
        ends = np.array(sorted(edges), np.int64).reshape(-1, 2)
        start, end = self.vertices[ends.T]
        return int((~clears_pore(start, end, self.cells.pore)).sum())

    def _replace(self, number: int, ring: Ring) -> None:
        """Give a face another ring, or take it away."""
        for vertex in self.rings[number]:
            self.at[vertex].discard(number)
        if ring:
            self.rings[number] = ring
            for vertex in ring:
                self.at[vertex].add(number)
            return
        for grain in self.sides[number]:
            self.of[grain].discard(number)
        del self.rings[number], self.sides[number]

    def _edges_at(self, vertex: int) -> set[Edge]:
        rings = (ring_edges(self.rings[number]) for number in self.at[vertex])
        return {edge for edges in rings for edge in edges if vertex in edge}

    def _is_edge(self, edge: Edge) -> bool:
        both = self.at[edge[0]] & self.at[edge[1]]
        return any(edge in ring_edges(self.rings[number]) for number in both)

    def _wall_edge(self, edge: Edge) -> int:
        """OUTSIDE or PORE if the edge is a part of one of them, else INNER."""
        both = self.at[edge[0]] & self.at[edge[1]]
        for wall in (OUTSIDE, PORE):
            if any(edge in ring_edges(self.rings[number]) for number in both & self.of[wall]):
                return wall
        return INNER

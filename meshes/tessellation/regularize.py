"""Make a complex fit to be meshed: no needless surface points, no very short boundaries."""

from __future__ import annotations

import heapq
from dataclasses import replace

import numpy as np

from meshes.arrays import Floats
from meshes.tessellation.complexes import (
    OUTSIDE,
    PORE,
    Complex,
    compact,
    cross,
    is_star_shaped,
    pairs_of,
    polygon_area,
    walk,
)
from meshes.tessellation.enclosed import clears_pore

LONGEST_ARC = 2 * np.pi / 3  # merged arcs stay below it, so each has a unique shorter way round


def merge_arcs(cells: Complex) -> Complex:
    """Complex without the surface points at which no boundary ends (valence two)."""
    edit = _ComplexEditor(cells)
    for vertex in np.nonzero(cells.wall)[0]:
        edit.merge_at(int(vertex))
    return edit.result()


def collapse_short(cells: Complex, shortest: float) -> Complex:
    """Complex with every facet below `shortest` (um) drawn together, the shortest one first.

    A facet stays where its collapse would pinch a grain or fold it over.
    """
    edit = _ComplexEditor(cells)
    queue = [(edit.length(number), number) for number in edit.facets]
    heapq.heapify(queue)
    while queue:
        length, number = heapq.heappop(queue)
        if length >= shortest:
            break
        if number in edit.facets and length == edit.length(number):
            for changed in edit.collapse(number):
                heapq.heappush(queue, (edit.length(changed), changed))
    return edit.result()


class _ComplexEditor:
    """A complex under change: facets and their sides by number, facets at vertices and grains."""

    def __init__(self, cells: Complex) -> None:
        self.cells = cells
        self.vertices = cells.vertices.copy()
        self.wall = cells.wall
        self.facets = dict(enumerate(pairs_of(cells.facets)))
        self.sides = dict(enumerate(pairs_of(cells.sides)))
        self.at: dict[int, set[int]] = {}
        self.of: dict[int, set[int]] = {}
        for number, ends in self.facets.items():
            for vertex in ends:
                self.at.setdefault(vertex, set()).add(number)
            for grain in self.sides[number]:
                self.of.setdefault(grain, set()).add(number)

    def result(self) -> Complex:
        """Complex as it is now."""
        facets, sides = np.array(list(self.facets.values())), np.array(list(self.sides.values()))
        return compact(replace(self.cells, vertices=self.vertices, facets=facets, sides=sides))

    def length(self, number: int) -> float:
        """Distance between the ends of a facet, um."""
        start, end = self.facets[number]
        return float(np.linalg.norm(self.vertices[end] - self.vertices[start]))

    def merge_at(self, vertex: int) -> None:
        """Join the two arcs at a vertex into one, if nothing else ends there."""
        if len(self.at[vertex]) != 2:
            return
        kept, gone = sorted(self.at[vertex])
        first, second = self._other_end(kept, vertex), self._other_end(gone, vertex)
        joined = self._angle(first, vertex) + self._angle(vertex, second)
        if first == second or joined > LONGEST_ARC:
            return
        self._drop(gone)
        self._rewire(kept, vertex, second)

    def collapse(self, number: int) -> list[int]:
        """Draw a facet together to one point; the facets that moved, none where it may not be."""
        kept, gone = sorted(self.facets[number])
        if not self._stays_simple(number, kept, gone):
            return []
        trial = self.vertices.copy()
        trial[[kept, gone]] = self._meeting_point(kept, gone)
        grains = self._grains_at(kept) | self._grains_at(gone)
        if not all(self._keeps_shape(grain, trial, kept, gone) for grain in sorted(grains)):
            return []
        around = (self.at[kept] | self.at[gone]) - {number}
        if self._in_pore(trial, around) > self._in_pore(self.vertices, around):
            return []
        self.vertices = trial
        self.wall[kept] = self.wall[kept] or self.wall[gone]
        self._drop(number)
        for moved in sorted(self.at[gone]):
            self._rewire(moved, gone, kept)
        return sorted(self.at[kept])

    def _stays_simple(self, number: int, kept: int, gone: int) -> bool:
        """Whether only the facet's own two sides hold both its ends, and can spare a facet."""
        sides = set(self.sides[number])
        shared = self._grains_at(kept) & self._grains_at(gone)
        spare = all(len(self.of[side]) > 3 for side in sides)
        across = {int(self.wall[kept]), int(self.wall[gone])} == {OUTSIDE, PORE}
        return spare and shared == sides and not across

    def _meeting_point(self, kept: int, gone: int) -> Floats:
        if self.wall[kept] != self.wall[gone]:
            return self.vertices[kept if self.wall[kept] else gone].copy()
        middle = 0.5 * (self.vertices[kept] + self.vertices[gone])
        if self.wall[kept]:
            middle *= self.cells.radius_of(self.wall[kept]) / np.linalg.norm(middle)
        return middle

    def _in_pore(self, vertices: Floats, numbers: set[int]) -> int:
        """How many of the facets, where they are straight, come too near to the pore."""
        ends = [self.facets[number] for number in numbers if self.sides[number][1] >= 0]
        if self.cells.pore == 0 or not ends:
            return 0
        start, end = vertices[[a for a, _ in ends]], vertices[[b for _, b in ends]]
        return int((~clears_pore(start, end, self.cells.pore)).sum())

    def _keeps_shape(self, grain: int, trial: Floats, kept: int, gone: int) -> bool:
        """Whether a grain with its vertices at `trial` is not folded over nor turned around."""
        if grain < 0:
            return True
        own = [self.facets[number] for number in sorted(self.of[grain])]
        ring = [own[position][backwards] for position, backwards in walk(own)]
        corners = [vertex for vertex in ring if vertex != gone or kept not in ring]
        if len(corners) < 3:
            return True
        same_turn = polygon_area(self.vertices[ring]) * polygon_area(trial[corners]) > 0
        return same_turn and is_star_shaped(trial[corners])

    def _grains_at(self, vertex: int) -> set[int]:
        return {grain for number in self.at[vertex] for grain in self.sides[number]}

    def _other_end(self, number: int, vertex: int) -> int:
        start, end = self.facets[number]
        return end if start == vertex else start

    def _angle(self, first: int, second: int) -> float:
        a, b = self.vertices[first], self.vertices[second]
        return float(abs(np.arctan2(cross(a, b), a @ b)))

    def _drop(self, number: int) -> None:
        for vertex in self.facets.pop(number):
            self.at[vertex].discard(number)
        for grain in self.sides.pop(number):
            self.of[grain].discard(number)

    def _rewire(self, number: int, old: int, new: int) -> None:
        """Let a facet end at another vertex."""
        start, end = self.facets[number]
        self.facets[number] = (new, end) if start == old else (start, new)
        self.at[old].discard(number)
        self.at[new].add(number)

"""The cell complex of a ball: grains bounded by faces, faces by rings of vertices.

The counterpart in 3D of `complexes`; nothing here depends on a mesher.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.complexes import OUTSIDE, GrainCells, walk
from meshes.tessellation.power import Seeds, centres, joined, triangulate

Ring = list[int]
Edge = tuple[int, int]
EDGES = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
REST = np.array([[2, 3], [1, 3], [1, 2], [0, 3], [0, 2], [0, 1]])  # corners not on an edge


@dataclass(frozen=True)
class Polyhedra(GrainCells):
    """Grains of a ball; faces between grains, and patches of the sphere on the outside and pore.

    rings: vertex numbers around every face. Edges between grains are straight, edges of the
    outside and of the pore are great arcs.
    """

    rings: list[Ring]

    def corners(self, chosen: Ints) -> Ints:
        """Numbers of the vertices of some faces."""
        return np.array([vertex for k in chosen for vertex in self.rings[k]], np.int64)

    @property
    def edges(self) -> Ints:
        """(e, 2) vertices at the ends of all edges, each once, the lower one first."""
        return np.array(sorted({edge for ring in self.rings for edge in ring_edges(ring)}))

    @property
    def straight_edges(self) -> Ints:
        """(e, 2) vertices of the edges that are no part of the outside or of the pore."""
        rounds = self.is_round
        edges: tuple[set[Edge], set[Edge]] = (set(), set())
        for number, ring in enumerate(self.rings):
            edges[int(rounds[number])].update(ring_edges(ring))
        return np.array(sorted(edges[0] - edges[1]), np.int64).reshape(-1, 2)


def compact_faces(cells: Polyhedra) -> Polyhedra:
    """The polyhedra without the vertices that no face uses, faces ordered by their sides."""
    rings, sides = cells.rings, cells.sides
    order = np.lexsort((np.array([min(ring) for ring in rings]), sides[:, 1], sides[:, 0]))
    used, numbers = np.unique(np.concatenate([rings[k] for k in order]), return_inverse=True)
    ends = np.cumsum([len(rings[k]) for k in order])
    parts = _split(numbers, ends)
    return replace(cells, vertices=cells.vertices[used], rings=parts, sides=sides[order])


def space_cells(seeds: Seeds, others: Seeds) -> tuple[Floats, list[Ring], Ints]:
    """Vertices, rings and sides of the cells of `seeds`.

    Sides of the outside hold the numbers of `others`, counted from the number of seeds on.
    """
    everyone = joined(seeds, others)
    simplices = triangulate(everyone)
    pairs = simplices[:, EDGES].reshape(-1, 2)
    wanted = pairs[:, 0] < seeds.size
    sides, which = np.unique(pairs[wanted], axis=0, return_inverse=True)
    owner = np.repeat(np.arange(len(simplices)), 6)[wanted]
    links = simplices[:, REST].reshape(-1, 2)[wanted]
    if len(np.setdiff1d(np.arange(seeds.size), sides)):
        raise MeshError("a grain is empty")
    return centres(everyone, simplices), _rings(which, owner, links), sides


def _rings(which: Ints, owner: Ints, links: Ints) -> list[Ring]:
    """Owners (simplices) around each edge in turn; all edges are walked around at once.

    which: (k,) edge of each incidence of an edge and a simplex. links: (k, 2) the simplex's other
    corners; neighbours around an edge share one of them.
    """
    twin = _twins(np.repeat(which, 2), links.ravel())
    start = np.unique(which, return_index=True)[1]
    place, last = np.zeros(len(which), np.int64), np.zeros(len(start), np.int64)
    entry, walking = 2 * start, np.arange(len(start))
    for step in range(int(np.bincount(which).max())):
        place[entry // 2] = step
        last[walking] = step
        entry = twin[entry] ^ 1  # across to the neighbour, to its other link
        onwards = entry // 2 != start[walking]
        entry, walking = entry[onwards], walking[onwards]
    if not np.array_equal(last + 1, np.bincount(which)):
        raise MeshError("a face between two grains is not one ring")
    order = np.lexsort((place, which))
    return _split(owner[order], np.cumsum(last + 1))


def _split(numbers: Ints, ends: Ints) -> list[Ring]:
    """Rings that one after another make up an array, each up to its end."""
    every, stops = [int(number) for number in numbers], [int(end) for end in ends]
    return [every[start:end] for start, end in zip([0, *stops[:-1]], stops, strict=True)]


def _twins(edge: Ints, link: Ints) -> Ints:
    """For every entry the one other entry of the same edge and link."""
    order = np.lexsort((link, edge))
    keys = np.column_stack([edge[order], link[order]])
    if (
        len(keys) % 2
        or (keys[::2] != keys[1::2]).any()
        or (keys[2::2] == keys[1:-1:2]).all(1).any()
    ):
        raise MeshError("a grain is unbounded")
    twin = np.empty_like(order)
    twin[order[::2]], twin[order[1::2]] = order[1::2], order[::2]
    return twin


def ring_edges(ring: Ring) -> list[Edge]:
    """Edges of a ring, the lower vertex first."""
    return [(a, b) if a < b else (b, a) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)]


def merged_patches(rings: Sequence[Ring], sides: Ints, patches: Ints) -> tuple[list[Ring], Ints]:
    """Rings and sides with the outer faces of one grain and one patch joined where they touch.

    patches: (F,) number of the patch of each face, OUTSIDE for faces between grains. Raises
    MeshError where the joined faces have no single outline, like a ring around the particle.
    """
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number in np.nonzero(patches != OUTSIDE)[0]:
        groups[int(sides[number, 0]), int(patches[number])].append(int(number))
    between = np.nonzero(patches == OUTSIDE)[0]
    result, owners = [rings[k] for k in between], [sides[between]]
    for (grain, _), faces in groups.items():
        for part in _touching([rings[k] for k in faces]):
            result.append(_outline(part))
            owners.append(np.array([[grain, OUTSIDE]]))
    return result, np.vstack(owners)


def _touching(rings: list[Ring]) -> list[list[Ring]]:
    """Rings in groups that are connected by edges."""
    groups: list[tuple[set[Edge], list[Ring]]] = []
    for ring in rings:
        own, members = set(ring_edges(ring)), [ring]
        apart = []
        for edges, others in groups:
            if edges & own:
                own, members = own | edges, others + members
            else:
                apart.append((edges, others))
        groups = [*apart, (own, members)]
    return [members for _, members in groups]


def _outline(rings: list[Ring]) -> Ring:
    """The one outline of connected rings."""
    times = Counter(edge for ring in rings for edge in ring_edges(ring))
    single = [edge for edge, count in times.items() if count == 1]
    order = walk(single)
    return [single[number][int(backwards)] for number, backwards in order]


def without_needless(rings: list[Ring], kept: set[int]) -> list[Ring]:
    """Rings without the vertices at which only two edges end, where three corners stay.

    Vertices in `kept` stay in any case.
    """
    ends: dict[int, set[int]] = defaultdict(set)
    for a, b in {edge for ring in rings for edge in ring_edges(ring)}:
        ends[a].add(b)
        ends[b].add(a)
    needless = {vertex for vertex, others in ends.items() if len(others) == 2} - kept
    for ring in sorted(rings, key=len):
        spare = [vertex for vertex in ring if vertex in needless]
        lacking = 3 - (len(ring) - len(spare))
        needless.difference_update(spare[: max(lacking, 0)])
    return [[vertex for vertex in ring if vertex not in needless] for ring in rings]


def is_closed(rings: Iterable[Ring]) -> bool:
    """Whether faces form one closed surface without handles (Euler's formula)."""
    rings = list(rings)
    times = Counter(edge for ring in rings for edge in ring_edges(ring))
    vertices = {vertex for ring in rings for vertex in ring}
    return all(n == 2 for n in times.values()) and len(vertices) - len(times) + len(rings) == 2

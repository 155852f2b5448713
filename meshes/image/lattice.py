"""A lattice of well-shaped simplices: grid points and the middles of grid cells."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats, Ints

CELLS_PER_CUBE = {2: 4, 3: 12}
# Corners of a face, by the directions across it, in the order around it; its edges or corners
# with which the middles on both sides make cells; the simplices it is cut into at the ends.
AROUND = {2: [[0], [1]], 3: [[0, 0], [1, 0], [1, 1], [0, 1]]}
BETWEEN = {2: [[0], [1]], 3: [[0, 1], [1, 2], [2, 3], [3, 0]]}
AT_END = {2: [[0, 1]], 3: [[0, 1, 2], [0, 2, 3]]}


def lattice(counts: tuple[int, ...]) -> tuple[Floats, Ints]:
    """Points (n, d) and cells (m, d + 1) that fill unit cubes, `counts` along each axis from 0.

    Cells span the middles of two neighbouring cubes and an edge (in 2D a corner) of the face
    between them: the body-centred lattice. At the ends of the box they span a middle and a part
    of the face.
    """
    d = len(counts)
    corners = np.indices([n + 1 for n in counts]).reshape(d, -1).T
    middles = np.indices(counts).reshape(d, -1).T + 0.5
    cells = [_cells_at_faces(counts, axis) for axis in range(d)]
    return np.vstack([corners, middles]), np.vstack(cells)


def _cells_at_faces(counts: tuple[int, ...], axis: int) -> Ints:
    """Cells around the faces that stand across an axis."""
    d = len(counts)
    n_corners = int(np.prod([n + 1 for n in counts]))
    across = [k for k in range(d) if k != axis]
    faces = np.indices([n + (k == axis) for k, n in enumerate(counts)]).reshape(d, -1).T

    def middle(cubes: Ints) -> Ints:
        return n_corners + np.asarray(np.ravel_multi_index(tuple(cubes.T), counts))

    def ring(of: Ints) -> Ints:
        steps = np.zeros((len(AROUND[d]), d), np.int64)
        steps[:, across] = AROUND[d]
        places = np.moveaxis(of[:, None] + steps, -1, 0)
        return np.asarray(np.ravel_multi_index(tuple(places), [n + 1 for n in counts]))

    before = faces - np.eye(d, dtype=np.int64)[axis]
    first, last = faces[:, axis] == 0, faces[:, axis] == counts[axis]
    inner = ~first & ~last
    pair = [middle(before[inner]), middle(faces[inner])]
    parts = [np.column_stack([*pair, ring(faces[inner])[:, side]]) for side in BETWEEN[d]]
    for end, cubes in ((first, faces[first]), (last, before[last])):
        around = ring(faces[end])
        parts += [np.column_stack([middle(cubes), around[:, part]]) for part in AT_END[d]]
    return np.vstack(parts)

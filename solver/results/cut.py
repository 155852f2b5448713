"""Cuts a sphere open: the plane through its centre, as a frame in two dimensions."""

import numpy as np
import numpy.typing as npt

from solver.results.frames import Floats, Frame, FramePart, Integers

NORMAL = 2  # the plane stands across z


def cut_open(frame: Frame, level: float = 0.0) -> Frame:
    """Return the cut of a frame by the plane z = level; a flat frame as it is."""
    if frame.grains.cells.shape[1] == 3:
        return frame
    return Frame(frame.time, _cut(frame.grains, level), _cut(frame.boundaries, level))


def _cut(grains: FramePart, level: float) -> FramePart:
    """Tetrahedra become triangles, triangles become segments; values are interpolated.

    A point of the cut is known by the two nodes it lies between, so that cells share it within
    a grain and only there.
    """
    height = grains.points[:, NORMAL] - level
    height = np.where(height == 0, np.finfo(float).tiny, height)
    pieces, parents = _crossed(grains.cells, height > 0)
    ends = np.sort(pieces.reshape(-1, 2), axis=1)
    unique, number = np.unique(ends, axis=0, return_inverse=True)
    low, high = unique[:, 0], unique[:, 1]
    share = height[low] / (height[low] - height[high])

    def between(values: Floats) -> Floats:
        weight = share.reshape(-1, *(1,) * (values.ndim - 1))
        return (1 - weight) * values[low] + weight * values[high]

    return FramePart(
        between(grains.points),
        number.reshape(pieces.shape[:-1]),
        {name: between(values) for name, values in grains.at_nodes.items()},
        {name: values[parents] for name, values in grains.in_cells.items()},
    )


def _crossed(cells: Integers, above: npt.NDArray[np.bool_]) -> tuple[Integers, Integers]:
    """Pieces (pieces, corners, 2) of the cells in the plane, and the cell of each.

    Every corner is the pair of nodes between which it lies.
    """
    if len(cells) == 0:
        return np.empty((0, 2, 2), dtype=np.int64), np.empty(0, dtype=np.int64)
    n_above, size = above[cells].sum(axis=1), cells.shape[1]
    ordered = np.take_along_axis(cells, np.argsort(~above[cells], axis=1, kind="stable"), axis=1)
    one, three = ordered[n_above == 1], ordered[n_above == size - 1][:, ::-1]
    single = np.concatenate([one, three])
    pieces = np.stack([single[:, [0, other]] for other in range(1, size)], axis=1)
    parents = np.concatenate([np.flatnonzero(n_above == 1), np.flatnonzero(n_above == size - 1)])
    if size == 3:
        return pieces, parents
    two = ordered[n_above == 2]
    corner = {(i, j): two[:, [i, j]] for i in (0, 1) for j in (2, 3)}
    halves = [((0, 2), (0, 3), (1, 3)), ((0, 2), (1, 3), (1, 2))]
    quads = [np.stack([corner[edge] for edge in half], axis=1) for half in halves]
    both = np.flatnonzero(n_above == 2)
    return np.concatenate([pieces, *quads]), np.concatenate([parents, both, both])

"""Inverses of the small blocks of a matrix whose rows hang together stiffly."""

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc
from scipy.sparse import csr_array

from solver.solve.linear.native import values_of

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]


class ClusterInverse:
    """Block diagonal of a matrix, inverted block by block, on each rank by itself.

    label: of each row of this rank; rows of the same label are one block. Where springs tie them,
    the block has these in full, however stiff they are.
    """

    def __init__(self, matrix: PETSc.Mat, label: Integers) -> None:
        starts, columns, _ = matrix.getDiagonalBlock().getValuesCSR()
        self._count, groups = len(columns), _by_size(label)
        self._places = [_places(starts, columns, rows) for rows in groups]
        self._inverse, self._entries = _empty_blocks(groups, len(label))

    def take(self, matrix: PETSc.Mat) -> None:
        """Invert the blocks as they are now. Where a block pulls instead of pushing, |block|."""
        values = values_of(matrix.getDiagonalBlock(), self._count)
        for places, entries in zip(self._places, self._entries, strict=True):
            blocks = np.where(places < 0, 0.0, values[places])
            self._inverse.data[entries] = _inverted(blocks)

    def apply(self, right: Floats) -> Floats:
        """Return the inverse times the owned values of a vector."""
        product: Floats = self._inverse @ right
        return product


def _by_size(label: Integers) -> list[Integers]:
    """Rows of all blocks, (blocks, rows), one array for each number of rows."""
    order = np.argsort(label, kind="stable")
    sizes = np.unique(label, return_counts=True)[1]
    starts = np.cumsum(sizes) - sizes
    return [order[starts[sizes == n][:, None] + np.arange(n)] for n in np.unique(sizes)]


def _places(starts: Integers, columns: Integers, rows: Integers) -> Integers:
    """Where among the values of a matrix the entries of blocks are, -1 where there is none."""
    width = len(starts) - 1
    of_entry = np.repeat(np.arange(width), np.diff(starts)) * width + columns
    wanted = rows[:, :, None] * width + rows[:, None, :]
    found = np.searchsorted(of_entry, wanted)
    found[found == len(of_entry)] = 0
    return np.where(of_entry[found] == wanted, found, -1).astype(np.int32)


def _empty_blocks(groups: list[Integers], width: int) -> tuple[csr_array, list[Integers]]:
    """Pattern of the blocks as one matrix, and where among its values each block is."""
    size = np.ones(width, dtype=np.int64)
    for rows in groups:
        size[rows] = rows.shape[1]
    starts = np.concatenate([[0], np.cumsum(size)])
    columns, entries = np.empty(starts[-1], dtype=np.int64), []
    for rows in groups:
        place = starts[rows][:, :, None] + np.arange(rows.shape[1])
        entries.append(place.astype(np.int32))
        columns[entries[-1]] = rows[:, None, :]
    return csr_array((np.zeros(starts[-1]), columns, starts), shape=(width, width)), entries


def _inverted(blocks: Floats) -> Floats:
    """Inverses of symmetric blocks; of a block that is not positive, with |eigenvalues|."""
    symmetric = 0.5 * (blocks + np.swapaxes(blocks, 1, 2))
    try:
        np.linalg.cholesky(symmetric)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(symmetric)
        least = 1e-12 * np.abs(values).max(axis=1, keepdims=True)
        weighted = vectors / np.maximum(np.abs(values), least)[:, None, :]
        return weighted @ np.swapaxes(vectors, 1, 2)
    inverse: Floats = np.linalg.inv(symmetric)
    return inverse

"""Rows of a table that all ranks hold parts of: numbered alike on any number of ranks, in blocks.

Nothing here is of the size of the whole table on one rank.
"""

from math import ceil

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Integers = npt.NDArray[np.int64]
BLOCK = 32768  # rows of a block, at most


def numbered(comm: MPI.Comm, keys: Integers) -> tuple[Integers, int]:
    """Return the number of each key among all different ones in order, and how many. Collective.

    keys: (n, numbers) of this rank, not negative; several ranks may have the same ones.
    """
    beyond = 1 + int(comm.allreduce(int(keys[:, 0].max(initial=0)), MPI.MAX))
    rank = keys[:, 0] * comm.size // beyond
    order = np.argsort(rank, kind="stable")
    sent = np.bincount(rank, minlength=comm.size)
    received = _counts(comm, sent)
    unique, which = np.unique(
        exchanged(comm, keys[order], sent, received), axis=0, return_inverse=True
    )
    sizes = comm.allgather(len(unique))
    own = sum(sizes[: comm.rank]) + which.ravel()[:, None].astype(np.int64)
    number = np.empty(len(keys), dtype=np.int64)
    number[order] = exchanged(comm, own, received, sent)[:, 0]
    return number, sum(sizes)


class Rows:
    """Where the rows of a rank stand in a table, whose blocks are shared out among the ranks.

    total: rows of the table. height: of a block. blocks: numbers of those of this rank.
    """

    def __init__(self, comm: MPI.Comm, number: Integers, total: int) -> None:
        """number: of each row of this rank in the table; ranks may share rows. Collective."""
        self._comm, self.total = comm, total
        self.n_blocks = max(1, ceil(total / BLOCK))
        self.height = max(1, ceil(total / self.n_blocks))
        rank_of_block = np.arange(self.n_blocks) * comm.size // self.n_blocks
        self.blocks = [int(block) for block in np.flatnonzero(rank_of_block == comm.rank)]
        self._order = np.argsort(number, kind="stable")
        in_order = number[self._order]
        self._sent = np.bincount(rank_of_block[in_order // self.height], minlength=comm.size)
        self._received = _counts(comm, self._sent)
        first = self.blocks[0] * self.height if self.blocks else 0
        numbers = exchanged(comm, in_order[:, None], self._sent, self._received)
        self._place = numbers[:, 0] - first

    @property
    def padded(self) -> int:
        """Rows of all blocks together, of the last one those too that belong to nothing."""
        return self.n_blocks * self.height

    def in_blocks(self, values: npt.NDArray) -> npt.NDArray:
        """Return the blocks of this rank out of the rows of all, (blocks, height, ...). Collective.

        values: of the rows of this rank, (rows, ...). What belongs to nothing is zero.
        """
        received = exchanged(self._comm, values[self._order], self._sent, self._received)
        table = np.zeros((len(self.blocks) * self.height, *values.shape[1:]), values.dtype)
        table[self._place] = received
        return table.reshape(len(self.blocks), self.height, *values.shape[1:])


def exchanged(comm: MPI.Comm, rows: npt.NDArray, sent: Integers, received: Integers) -> npt.NDArray:
    """Return the rows that the ranks send this one, in their order. Collective.

    rows: those for the first rank, then for the next ... sent, received: how many, by rank.
    """
    rows = np.ascontiguousarray(rows)
    got = np.empty((int(received.sum()), *rows.shape[1:]), rows.dtype)
    size = rows.dtype.itemsize * int(np.prod(rows.shape[1:], dtype=int))
    comm.Alltoallv(
        [rows.view(np.uint8), (sent * size, _starts(sent * size)), MPI.BYTE],
        [got.view(np.uint8), (received * size, _starts(received * size)), MPI.BYTE],
    )
    return got


def _counts(comm: MPI.Comm, sent: Integers) -> Integers:
    return np.asarray(comm.alltoall([int(n) for n in sent]), dtype=np.int64)


def _starts(sizes: Integers) -> Integers:
    return np.concatenate([[0], np.cumsum(sizes)[:-1]])

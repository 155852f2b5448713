"""Slabs of tables between all ranks and rank 0, which has the file: never two slabs at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Rows = npt.NDArray[Any]


def passed_to_rank_zero(comm: MPI.Comm, slab: Rows) -> Iterator[tuple[int, Rows]]:
    """Yield the slab of each rank, with the number of its first row, on rank 0. Collective.

    slab: (rows, columns), of the same columns on all ranks. Elsewhere nothing comes.
    """
    counts = comm.gather(len(slab))
    if counts is None:
        comm.Send(np.ascontiguousarray(slab), dest=0)
        return
    yield 0, slab
    first = len(slab)
    for rank, count in enumerate(counts[1:], 1):
        received = np.empty((count, *slab.shape[1:]), slab.dtype)
        comm.Recv(received, source=rank)
        yield first, received
        first += count


def pass_from_rank_zero(comm: MPI.Comm, slab: Rows, take: Callable[[slice], Rows]) -> None:
    """Fill the slab of each rank with rows that rank 0 takes from where they are. Collective."""
    counts = comm.gather(len(slab))
    if counts is None:
        comm.Recv(slab, source=0)
        return
    slab[:] = take(slice(len(slab)))
    first = len(slab)
    for rank, count in enumerate(counts[1:], 1):
        comm.Send(np.ascontiguousarray(take(slice(first, first + count)), slab.dtype), dest=rank)
        first += count

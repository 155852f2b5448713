"""Rows of numbers between ranks: each goes to where it is looked for, and answers come back.

What every rank must find without knowing who has it meets on the rank that `home` gives to its
number: no rank holds more than a share of the whole.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

Integers = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
KINDS = {np.dtype(np.int64): MPI.INT64_T, np.dtype(np.float64): MPI.DOUBLE}


def home(number: Array, size: int, comm: MPI.Comm) -> Integers:
    """Rank on which what belongs to each number below `size` meets: slabs of numbers."""
    return np.searchsorted(slab_starts(size, comm)[1:-1], number, side="right")


def slab_starts(size: int, comm: MPI.Comm) -> Integers:
    """First number of the slab of each rank, and `size` behind the last, (ranks + 1,)."""
    return size * np.arange(comm.size + 1, dtype=np.int64) // comm.size


def exchange(
    comm: MPI.Intracomm, destination: Array, rows: Array
) -> tuple[Array, Callable[[Integers], Integers]]:
    """Send each row to its destination; return what arrived and how to answer it. Collective.

    rows: (n, columns) of int64 or float64. What arrives is ordered by the rank it comes from, then
    as it was given there. The answer function, collective too, takes one integer per received row
    and brings it back to where the row came from, in the order in which the rows were given.
    """
    order = np.argsort(destination, kind="stable")
    n_send = np.bincount(destination, minlength=comm.size)
    n_receive = np.array(comm.alltoall(list(n_send)))
    width, kind = rows.shape[1], KINDS[rows.dtype]
    received = np.empty((int(n_receive.sum()), width), dtype=rows.dtype)
    comm.Alltoallv(
        [np.ascontiguousarray(rows[order]), (n_send * width, starts(n_send) * width), kind],
        [received, (n_receive * width, starts(n_receive) * width), kind],
    )

    def reply(answers: Integers) -> Integers:
        back = np.empty(len(rows), dtype=np.int64)
        comm.Alltoallv(
            [np.ascontiguousarray(answers), (n_receive, starts(n_receive)), MPI.INT64_T],
            [back, (n_send, starts(n_send)), MPI.INT64_T],
        )
        in_order = np.empty_like(back)
        in_order[order] = back
        return in_order

    return received, reply


def told_apart(comm: MPI.Intracomm, size: int, table: Integers, asked: Integers) -> Array:
    """Whether each row stands in the table of any rank. Collective.

    table, asked: rows of this rank, (n, columns), in the same columns; the first is below `size`.
    """
    rows, kept = unique_rows(np.vstack([table, asked]))
    there = np.zeros(len(rows), dtype=np.int64)
    there[kept[: len(table)]] = 1
    received, reply = exchange(comm, home(rows[:, 0], size, comm), np.column_stack([rows, there]))
    keys, key_of = unique_rows(received[:, :-1])
    anywhere = np.bincount(key_of, received[:, -1], len(keys)) > 0
    return (reply(anywhere[key_of].astype(np.int64)) > 0)[kept[len(table) :]]


def first_number(comm: MPI.Intracomm, n_owned: int) -> int:
    """Sum of `n_owned` over the ranks below this one. Collective."""
    return int(comm.exscan(n_owned) or 0)


def unique_rows(rows: npt.ArrayLike) -> tuple[Integers, Integers]:
    """Different rows in their order, and which of them each row is."""
    unique, inverse = np.unique(np.asarray(rows, dtype=np.int64), axis=0, return_inverse=True)
    return unique, inverse.ravel()


def starts(counts: Array) -> Integers:
    """Where each of so many begins, one behind the other."""
    return np.concatenate([[0], np.cumsum(counts)[:-1]])

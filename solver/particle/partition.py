"""Which rank gets which cells: as much work for each as for the others.

Work is not in the cells alone: every facet between two grains has nodes of its own on either side,
and points that carry springs, damage and chemistry. A cell weighs one, and more for each of its
facets that lie on a boundary.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import cpp
from mpi4py import MPI

from solver.particle import dolfinx_api
from solver.particle.exchange import exchange, unique_rows

Integers = npt.NDArray[np.integer]
Groups = Callable[[Integers], npt.NDArray[np.int32]]
FACET_WEIGHT = 2  # of a facet on a boundary for each of its cells, in cells
IMBALANCE = 0.005  # of the weights, that parts may have


def cell_partitioner(group_of_cell: Groups) -> Callable[..., Any]:
    """Partitioner that weighs boundaries, and gives every rank both cells of each facet it touches.

    group_of_cell: tells the grains of cells by their numbers over all ranks, as they were read.
    """

    def part(comm: MPI.Intracomm, n_parts: int, graph: Any, ghosting: bool) -> Any:
        return _parted(comm, n_parts, graph, group_of_cell)

    return dolfinx_api.cell_partitioner(part)


def _parted(comm: MPI.Intracomm, n_parts: int, graph: Any, group_of_cell: Groups) -> Any:
    """Ranks of each of this rank's cells: that which owns it, then those that see it. Collective.

    graph: neighbours of each cell, numbered over all ranks.
    """
    starts, neighbour = np.asarray(graph.offsets, dtype=np.int64), np.asarray(graph.array)
    n_cells = len(starts) - 1
    before = np.array(comm.allgather(n_cells)).cumsum()
    first = int(before[comm.rank]) - n_cells
    cell = np.repeat(np.arange(n_cells, dtype=np.int32), np.diff(starts))
    differ = group_of_cell(first + cell) != group_of_cell(neighbour)
    extra = FACET_WEIGHT * np.bincount(cell, differ, n_cells).astype(np.int64)
    weighted = _with_tails(comm, (cell, neighbour), extra, before)
    every = dolfinx_api.parts_of_graph(comm, n_parts, weighted, IMBALANCE)
    owner = every[:n_cells].astype(np.int64)
    return _destinations(owner, cell, _at(comm, neighbour, owner, before))


def _with_tails(
    comm: MPI.Intracomm,
    edges: tuple[Integers, Integers],
    length: Integers,
    before: Integers,
) -> Any:
    """Graph in which a chain of so many more nodes hangs on each cell. Collective.

    Partitioners that take no weights share these out along with the cells that they hang on. (A
    bunch of single nodes would hinder partitioners that match nodes with their neighbours.)
    edges: cells of this rank, and their neighbours numbered over all ranks. before: cells of the
    ranks up to each one.
    """
    (cell, neighbour), n_cells, n_added = edges, len(length), int(length.sum())
    added_before = np.concatenate([[0], np.cumsum(comm.allgather(n_added))])
    shift = int(before[comm.rank]) - n_cells + int(added_before[comm.rank])
    added = n_cells + np.arange(n_added, dtype=np.int32)  # number on this rank
    holder = np.repeat(np.arange(n_cells, dtype=np.int32), length)
    begins = np.diff(holder, prepend=-1) > 0
    towards = np.where(begins, holder, added - 1)
    node = np.concatenate([cell, added, towards])
    other = np.concatenate(
        [
            neighbour + added_before[np.searchsorted(before, neighbour, side="right")],
            shift + towards,
            shift + added,
        ]
    )
    ends = np.cumsum(np.bincount(node, minlength=n_cells + n_added))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    return cpp.graph.AdjacencyList_int64(other[np.argsort(node, kind="stable")], offsets)


def _at(comm: MPI.Intracomm, number: Integers, of_cell: Integers, before: Integers) -> Integers:
    """Values of cells of any rank by their numbers. Collective. of_cell: of this rank's cells."""
    asked, which = np.unique(number, return_inverse=True)
    received, reply = exchange(comm, np.searchsorted(before, asked, side="right"), asked[:, None])
    first = int(before[comm.rank]) - len(of_cell)
    return reply(of_cell[received[:, 0] - first])[which]


def _destinations(owner: Integers, cell: Integers, beside: Integers) -> Any:
    """Owner of each cell, and behind it the owners of its neighbours if they are others.

    cell, beside: cells as often as they have neighbours, and the owner of each of those.
    """
    others = beside != owner[cell]
    seen, _ = unique_rows(np.column_stack([cell, beside])[others])
    ends = np.cumsum(1 + np.bincount(seen[:, 0], minlength=len(owner)))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    data = np.empty(int(offsets[-1]), dtype=np.int32)
    is_owner = np.zeros(len(data), dtype=bool)
    is_owner[offsets[:-1]] = True
    data[is_owner], data[~is_owner] = owner, seen[:, 1]
    return cpp.graph.AdjacencyList_int32(data, offsets)

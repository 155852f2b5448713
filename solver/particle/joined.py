"""What is connected over all ranks: each rank knows its own pieces, shared nodes join them.

Every rank finds the connected pieces of what it owns by itself. A piece that has a node which
other ranks know too takes the least label of all pieces at that node, again and again, until
nothing changes. Only labels at shared nodes travel, and only between ranks that share them.
"""

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solver.particle.exchange import first_number

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
NOTHING = np.iinfo(np.int64).max


class SharedNodes:
    """The entities of an index map that several ranks know, and who has them.

    which: local numbers of those that this rank shares, (shared,), owned ones first.
    """

    def __init__(self, comm: MPI.Intracomm, index_map: Any) -> None:
        """index_map: of nodes. Collective."""
        self._n_owned, n_ghosts = int(index_map.size_local), int(index_map.num_ghosts)
        first = np.array(comm.allgather(int(index_map.local_range[0])))
        owners = np.asarray(index_map.owners)
        remote = np.column_stack([owners, np.asarray(index_map.ghosts) - first[owners]])
        self._forest = PETSc.SF().create(comm)
        self._forest.setGraph(self._n_owned, None, remote.astype(PETSc.IntType).ravel())
        elsewhere = np.zeros(self._n_owned + n_ghosts, dtype=np.int64)
        elsewhere[self._n_owned :] = -1
        self.which = np.flatnonzero(self.least(elsewhere) < 0)

    def least(self, values: Integers) -> Integers:
        """Return the least value that any rank has at each node. Collective.

        values: of all local nodes, ghosts behind owned ones; those that are not shared stay.
        """
        owned, ghosts = values[: self._n_owned].copy(), values[self._n_owned :].copy()
        self._forest.reduceBegin(MPI.INT64_T, ghosts, owned, MPI.MIN)
        self._forest.reduceEnd(MPI.INT64_T, ghosts, owned, MPI.MIN)
        self._forest.bcastBegin(MPI.INT64_T, owned, ghosts, MPI.REPLACE)
        self._forest.bcastEnd(MPI.INT64_T, owned, ghosts, MPI.REPLACE)
        return np.concatenate([owned, ghosts])


class Whole(NamedTuple):
    """Connected pieces over all ranks.

    of_piece: label of the whole that each piece of this rank belongs to, the same on all ranks.
    marked: whether any piece of that whole is marked, on any rank. at_node: the label at every
    local node, -1 where nothing is; marked_node likewise. number: of wholes. rounds: that it took.
    """

    of_piece: Integers
    marked: Booleans
    at_node: Integers
    marked_node: Booleans
    number: int
    rounds: int


def joined(
    comm: MPI.Intracomm, shared: SharedNodes, piece_at_node: Integers, marked: Booleans
) -> Whole:
    """Join the pieces of all ranks that meet at shared nodes. Collective.

    piece_at_node: number of this rank's piece at every local node, ghosts included, -1 where this
    rank has none. marked: pieces of this rank that are marked, (pieces,).
    """
    first, total = first_number(comm, len(marked)), int(comm.allreduce(len(marked)))
    # A marked piece has a label below zero, so that the least one of a whole tells the mark too.
    own = first + np.arange(len(marked)) - total * marked.astype(np.int64)
    at: Integers = np.full(len(piece_at_node), NOTHING)
    label, rounds = own.copy(), 0
    here = shared.which[piece_at_node[shared.which] >= 0]
    piece = piece_at_node[here]
    while comm.size > 1:
        at[here] = label[piece]
        fallen = label.copy()
        np.minimum.at(fallen, piece, shared.least(at)[here])
        fallen = _followed(fallen, label, first, total)
        changed = bool(np.any(fallen != label))
        label, rounds = fallen, rounds + 1
        if not comm.allreduce(changed, MPI.LOR):
            break
    roots = int(np.count_nonzero(label == own))
    at[piece_at_node >= 0] = label[piece_at_node[piece_at_node >= 0]]
    at = shared.least(at)
    there = at != NOTHING
    return Whole(
        label % max(total, 1),
        label < 0,
        np.where(there, at % max(total, 1), -1),
        there & (at < 0),
        int(comm.allreduce(roots)),
        rounds,
    )


def _followed(label: Integers, old: Integers, first: int, total: int) -> Integers:
    """Labels that fall further by what this rank knows of them itself.

    Pieces that had the same label before are one whole, and so is a piece and the one of this
    rank whose own label it bears.
    """
    _, alike = np.unique(old, return_inverse=True)
    least = np.full(len(label), NOTHING)
    np.minimum.at(least, alike, label)
    label = least[alike]
    while True:
        place = label % max(total, 1) - first
        mine = (place >= 0) & (place < len(label))
        further = label.copy()
        further[mine] = np.minimum(label[mine], label[place[mine]])
        if np.array_equal(further, label):
            return label
        label = further


def local_pieces(
    facet: npt.NDArray[np.integer],
    node: npt.NDArray[np.integer],
    n_nodes: int,
    there: Booleans,
) -> Integers:
    """Number of the connected piece of each point that is there, on this rank alone.

    facet: points of each facet. node: of each point, below n_nodes. Points hang together along
    facets and over their nodes.
    """
    n_points, at_node = len(node), np.flatnonzero(there)
    edges = list(combinations(range(facet.shape[1]), 2))
    i = np.concatenate([at_node, *(facet[:, a] for a, _ in edges)])
    j = np.concatenate([n_points + node[at_node], *(facet[:, b] for _, b in edges)])
    both = np.concatenate([there, np.ones(n_nodes, dtype=bool)])
    keep = both[i] & both[j]
    size = n_points + n_nodes
    graph = coo_array((np.ones(int(keep.sum())), (i[keep], j[keep])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1][:n_points], dtype=np.int64)

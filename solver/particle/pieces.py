"""Boundaries between two grains, as whole pieces that are connected.

There are some ten of them to a grain, whatever the mesh: tables of pieces are the same on every
rank, and nothing of the size of the mesh is on any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from scipy.sparse import csr_array

from solver.particle.exchange import exchange, home, unique_rows
from solver.particle.joined import SharedNodes, joined, local_pieces
from solver.particle.spaces import break_at_grains

if TYPE_CHECKING:
    from solver.particle.network import Network

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]


class Pieces(NamedTuple):
    """Connected pieces of the boundaries, each between two grains; the same on every rank.

    In the order of their grains, and those of the same two in the order of their places.
    pair: its grains. area: um^2, both sides. entry: whether it reaches the outside. neighbours:
    pieces that share a node with each one, itself among them. of_point: piece of each point of
    this rank, -1 where liquid may not be.
    """

    pair: Integers
    area: Floats
    entry: Booleans
    neighbours: list[Integers]
    of_point: Integers


class PieceTable(NamedTuple):
    """What every rank knows of the pieces: label of each, and a row of a `Pieces` for it."""

    label: Integers
    pair: Integers
    area: Floats
    entry: Booleans

    def number(self, label: Integers) -> Integers:
        """Return the row of each label, -1 for -1."""
        order = np.argsort(self.label)
        place = np.searchsorted(self.label, label, sorter=order)
        return np.where(label >= 0, order[np.minimum(place, len(order) - 1)], -1)


def pieces_between_grains(network: Network, allowed: Booleans) -> Pieces:
    """Find the pieces where whole facets are allowed. Collective."""
    boundaries = network.boundaries
    pair = boundaries.pairs()[1][network.facet[:, 0]]
    space = break_at_grains(network.space, pair)
    node = np.empty(boundaries.n_points, dtype=np.int32)
    node[network.facet] = space.dofmap.list
    whole = (allowed & (boundaries.weight > 0))[network.facet].all(axis=1)
    point = np.unique(network.facet[whole])
    at_node = _labels(network, space, node, point)
    table = _table(network, point, at_node[node[point]])
    if len(table.label) == 0:
        return Pieces(table.pair, table.area, table.entry, [], np.full(len(node), -1))
    of_point = table.number(at_node[node])
    links = _links(network, point, of_point[point], len(table.label))
    neighbours = np.split(links.indices, links.indptr[1:-1])
    return Pieces(table.pair, table.area, table.entry, neighbours, of_point)


def _labels(
    network: Network, space: fem.FunctionSpace, node: Integers, point: Integers
) -> Integers:
    """Label of the piece at each local node of a space, -1 where there is none. Collective.

    space: of the network, broken between pairs of grains. node: of its nodes, of each point.
    """
    there = np.zeros(len(node), dtype=bool)
    there[point] = True
    nodes = space.dofmap.index_map
    n_nodes = nodes.size_local + nodes.num_ghosts
    local = local_pieces(network.facet, node, n_nodes, there)[point]
    names, piece = np.unique(local, return_inverse=True)
    piece_at_node = np.full(n_nodes, -1, dtype=np.int64)
    piece_at_node[node[point]] = piece
    comm = network.boundaries.comm
    unmarked = np.zeros(len(names), dtype=bool)
    return joined(comm, SharedNodes(comm, nodes), piece_at_node, unmarked).at_node


def _table(network: Network, point: Integers, label: Integers) -> PieceTable:
    """Put the pieces in order: by grains, then by the first of their places. Collective.

    point: those that belong to pieces. label: of each one's piece.
    """
    boundaries = network.boundaries
    names, of = np.unique(label, return_inverse=True)
    place = boundaries.position[point]
    first = np.lexsort([*place.T, of])[np.searchsorted(np.sort(of), np.arange(len(names)))]
    mouth = (network.mouth + network.covered)[point] > 0
    sums = np.bincount(of, 2.0 * boundaries.weight[point], len(names))
    columns = [
        boundaries.pair[point][first],
        place[first],
        sums,
        np.bincount(of, mouth, len(names)),
    ]
    here = names, np.column_stack(columns)
    each = boundaries.comm.allgather(here)
    label, rows = (np.concatenate(parts) for parts in zip(*each, strict=True))
    order = np.lexsort([*rows[:, :-2].T[2:], rows[:, 1], rows[:, 0]])
    label, rows = label[order], rows[order]
    names, first, of = np.unique(label, return_index=True, return_inverse=True)
    area, entry = (np.bincount(of, column, len(names)) for column in rows[:, -2:].T)
    order = np.argsort(first)
    pair = rows[first[order], :2].astype(np.int64)
    return PieceTable(names[order], pair, area[order], entry[order] > 0)


def _links(network: Network, point: Integers, number: Integers, n_pieces: int) -> csr_array:
    """Which pieces share a node, (pieces, pieces). Collective. number: of each point's piece."""
    comm, nodes = network.boundaries.comm, network.space.dofmap.index_map
    shared = np.zeros(len(network.area), dtype=bool)
    shared[network.shared.which] = True
    rows = np.column_stack([network.global_node[point], number])
    sent = unique_rows(rows[shared[network.node[point]]])[0]
    met, _ = exchange(comm, home(sent[:, 0], nodes.size_global, comm), sent)
    links = np.vstack([_joint(each, n_pieces) for each in (rows, met)])
    links = np.concatenate(comm.allgather(unique_rows(links)[0]))
    shape = (n_pieces, n_pieces)
    return csr_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=shape)


def _joint(rows: Integers, n_pieces: int) -> Integers:
    """Pairs of pieces at the same node, (links, 2). rows: node and piece, both ways round."""
    names, node = np.unique(rows[:, 0], return_inverse=True)
    shape = (n_pieces, max(len(names), 1))
    touches = csr_array((np.ones(len(rows)), (rows[:, 1], node.reshape(-1))), shape=shape)
    return np.column_stack((touches @ touches.T).nonzero()).astype(np.int64)

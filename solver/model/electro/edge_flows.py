"""Diffusion as numbers: flows along all edges of a particle, and their derivatives.

A flow S d along an edge is driven by its two ends alone (d), whatever cells it belongs to; these
count in its conductance S = sum of c_max g D over them, D being the mean over their corners. So S
is a constant sparse matrix times D of the nodes, and no cell is visited in a time step.
"""

from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from solver.physics.edge_flow import DrivenFlow, End, driven

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
CHUNK = 1 << 13  # edges at a time: what is reckoned on the way then stays in the processor's cache


class EdgeFlows:
    """All edges of some cells, and the places of the derivative of their flows.

    row, column: nodes of every entry of the derivative, each pair once.
    """

    def __init__(self, cells: Integers, conductance: Floats, n_nodes: int) -> None:
        """cells: (cells, corners) nodes. conductance: c_max g (cells, edges) of `edges`."""
        self._one, self._other, edge = _edges(cells, n_nodes)
        shape = len(self._one), n_nodes
        self._conductance = _of_nodes(cells, conductance, edge, shape)
        self._driven = DrivenFlow(*(np.empty(shape[0]) for _ in DrivenFlow._fields))
        self._nodes = np.unique(cells).astype(np.int64)  # squares of their number are large
        self._find_places(n_nodes)

    def _find_places(self, n: int) -> None:
        """Find the entries: of both ends of an edge by all nodes of the cells around it."""
        around = self._conductance.tocoo()
        edge, node = around.row, around.col.astype(np.int64)
        keys = np.concatenate([self._one[edge] * n + node, self._other[edge] * n + node])
        unique, place = np.unique(keys, return_inverse=True)
        self.row, self.column = np.divmod(unique, n)
        values = np.concatenate([around.data, -around.data])
        shape = len(unique), len(self._one)
        self._by_mobility = csr_array((values, (place, np.tile(edge, 2))), shape=shape)
        self._forth = np.searchsorted(unique, self._one * n + self._other)
        self._back = np.searchsorted(unique, self._other * n + self._one)
        self._diagonal = np.searchsorted(unique, self._nodes * (n + 1))

    def derivative(self, node: End, mobility: Floats, mobility_slope: Floats) -> Floats:
        """Derivative of the flow out of each node by the occupancy of another, fmol/s, by entry.

        node: all nodes, as ends of edges. mobility: D, um^2/s, and its slope by the occupancy.
        """
        conductance, flow = self._conductance @ mobility, self._drive(node)
        values: Floats = self._by_mobility @ flow.value
        values *= mobility_slope[self.column]
        by_one, by_other = conductance * flow.by_one, conductance * flow.by_other
        values[self._forth] += by_other
        values[self._back] -= by_one
        n = len(mobility)
        own = np.bincount(self._one, by_one, n) - np.bincount(self._other, by_other, n)
        values[self._diagonal] += own[self._nodes]
        return values

    def _drive(self, node: End) -> DrivenFlow:
        """What drives the flows along all edges, and its derivatives."""
        for first in range(0, len(self._one), CHUNK):
            chunk = slice(first, first + CHUNK)
            one, other = self._one[chunk], self._other[chunk]
            there = driven(End(*(field[one] for field in node)), End(*(f[other] for f in node)))
            for whole, part in zip(self._driven, there, strict=True):
                whole[chunk] = part
        return self._driven


def _edges(cells: Integers, n_nodes: int) -> tuple[Integers, Integers, Integers]:
    """Both ends of every edge, the smaller number first, and which edges each cell has."""
    pairs = np.stack([cells[:, pair] for pair in combinations(range(cells.shape[1]), 2)], axis=1)
    ends = np.sort(pairs.reshape(-1, 2).astype(np.int64), axis=1)
    unique, edge = np.unique(ends[:, 0] * n_nodes + ends[:, 1], return_inverse=True)
    one, other = np.divmod(unique, max(n_nodes, 1))
    return one, other, edge.reshape(pairs.shape[:2])


def _of_nodes(
    cells: Integers, conductance: Floats, edge: Integers, shape: tuple[int, int]
) -> csr_array:
    """Matrix that makes conductances of edges of D at the nodes: mean over the corners of cells."""
    n_edges, n_corners = edge.shape[1], cells.shape[1]
    values = np.repeat(conductance.ravel() / n_corners, n_corners)
    columns = np.repeat(cells, n_edges, axis=0).ravel()
    return csr_array((values, (np.repeat(edge.ravel(), n_corners), columns)), shape=shape)

"""Boundaries that are wet from the start, though bonded: as much area as was measured."""

import heapq

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from solver.particle.network import Network
from solver.physics.strength import pair_uniform

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


class WetAreaError(ValueError):
    """More area was asked for than can be reached; `available` (um^2) tells how much can."""

    def __init__(self, available: float) -> None:
        super().__init__(f"only {available:.6g} um^2 of boundaries can be reached from the outside")
        self.available = available


def initially_wet(network: Network, allowed: Booleans, area: float, seed: int) -> Floats:
    """Wet share of each boundary point, so that `area` (um^2, both sides) is wet. Collective.

    Whole boundaries between two grains, drawn from the seed, are taken from the outside inwards,
    each one connected to those before it; the last one in part. allowed: points that may be wet.
    Raises WetAreaError.
    """
    wetness = np.zeros(len(network.node))
    if area <= 0.0:
        return wetness
    pair = network.boundaries.pair
    pairs, areas, entries, neighbours = _graph(network, allowed)
    order = _invasion(pair_uniform(pairs, seed), entries, neighbours)
    total = np.cumsum(areas[order])
    available = float(total[-1]) if len(total) else 0.0
    if area > available * (1 + 1e-12):
        raise WetAreaError(available)
    share = np.zeros(len(pairs))
    share[order] = np.clip((area - (total - areas[order])) / areas[order], 0.0, 1.0)
    n_grains = int(max(pairs.max(), pair.max(initial=0))) + 1
    of_pair = np.zeros(n_grains**2)
    of_pair[pairs @ [n_grains, 1]] = share
    wetness[allowed] = of_pair[pair[allowed] @ [n_grains, 1]]
    return wetness


def _graph(
    network: Network, allowed: Booleans
) -> tuple[Integers, Floats, Booleans, list[Integers]]:
    """All pairs of grains, their area on both sides, whether they reach the outside, and which
    pairs each of them touches; the same on every rank. Collective."""
    boundaries, comm = network.boundaries, network.boundaries.comm
    owned = allowed & (boundaries.weight > 0)
    node = network.space.dofmap.index_map.local_to_global(network.node[owned])
    rows = np.column_stack([boundaries.pair[owned], node])
    rows = np.concatenate(comm.allgather(rows.astype(np.int64)))
    weight = np.concatenate(comm.allgather(2.0 * boundaries.weight[owned]))
    mouth = np.concatenate(comm.allgather(network.mouth[owned] > 0))
    pairs, which = np.unique(rows[:, :2], axis=0, return_inverse=True)
    which = which.reshape(-1)
    areas = np.zeros(len(pairs))
    np.add.at(areas, which, weight)
    entries = np.zeros(len(pairs), dtype=bool)
    entries[which[mouth]] = True
    return pairs, areas, entries, _neighbours(which, rows[:, 2], len(pairs))


def _neighbours(pair: Integers, node: Integers, n_pairs: int) -> list[Integers]:
    """Pairs that share a node with each pair, itself among them."""
    _, node = np.unique(node, return_inverse=True)
    shape = (n_pairs, int(node.max(initial=-1)) + 1)
    touches = csr_array((np.ones(len(pair)), (pair, node.reshape(-1))), shape=shape)
    joint = (touches @ touches.T).tocsr()
    return np.split(joint.indices, joint.indptr[1:-1])


def _invasion(ease: Floats, entries: Booleans, neighbours: list[Integers]) -> Integers:
    """Order in which the pairs are invaded: always the one of lowest `ease` within reach."""
    front = [(ease[k], int(k)) for k in np.flatnonzero(entries)]
    heapq.heapify(front)
    seen, order = entries.copy(), []
    while front:
        _, k = heapq.heappop(front)
        order.append(k)
        for other in neighbours[k]:
            if not seen[other]:
                seen[other] = True
                heapq.heappush(front, (ease[other], int(other)))
    return np.array(order, dtype=np.int64)

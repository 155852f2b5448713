"""Initial wetting: boundaries that let liquid in though bonded, as much area as was measured."""

import heapq
from typing import Annotated, Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from solver.mechanisms.base import Mechanism, MechanismCase
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.physics.strength import pair_uniform
from solver.units import usual
from solver.units.constants import METRE
from solver.units.measures import SpecificArea

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


PLACE = ("physics", "initial_wetting", "area")
PER_GRAM = 1e3


class WetAreaError(Exception):
    """More area is to be wet than there is."""

    def __init__(self, asked: float, there_is: float, where: str = "") -> None:
        """asked, there_is: m^2/kg, both sides."""
        super().__init__(
            f"{'.'.join(PLACE)}: {asked / PER_GRAM:.4g} m^2/g of boundaries cannot be wet, there "
            f"are only {there_is / PER_GRAM:.4g} m^2/g{where} (both sides counted)"
        )


class InitialWettingCase(MechanismCase):
    """Boundaries that let liquid in though bonded are wet from the start."""

    enabled: bool = Field(True, description="Whether this mechanism acts; it needs wetting")
    area: Annotated[SpecificArea, usual.AREA] = Field(
        0.0,
        ge=0,
        description="Area of boundaries (both sides) that let liquid in though bonded: drawn from "
        "the seed, connected to the outside, and wet from the start unless a coating seals them",
    )

    def mechanism(self, places: Places) -> "InitialWetting":
        """Return the initial wetting. Collective. Raises WetAreaError."""
        points = places.points
        dry = points.plus_oxide & points.minus_oxide & ~points.filled
        area = self.area * METRE**2 * places.mass
        try:
            drawn = drawn_boundaries(places.network, dry, area, places.seed)
        except OutOfReachError as error:
            there_is = error.available / METRE**2 / places.mass
            raise WetAreaError(self.area, there_is, " within reach of the outside") from error
        return InitialWetting(places, drawn)

    def cautions(self, plan: Any) -> list[str]:
        """Say that boundaries may be too few, by the estimate of the mesh."""
        there_is = 2.0 * plan.boundary_area * PER_GRAM
        if self.area <= there_is:
            return []
        return [f"caution: {WetAreaError(self.area, there_is, ' or so')}"]


class OutOfReachError(ValueError):
    """More area was asked for than can be reached; `available` (um^2) tells how much can."""

    def __init__(self, available: float) -> None:
        super().__init__(f"only {available:.6g} um^2 of boundaries can be reached from the outside")
        self.available = available


class Pieces(NamedTuple):
    """Connected pieces of the boundaries, each between two grains; the same on every rank.

    pair: its grains. area: um^2, both sides. entry: whether it reaches the outside. neighbours:
    pieces that share a node with each one, itself among them. of_point: piece of each point of
    this rank, -1 where liquid may not be.
    """

    pair: Integers
    area: Floats
    entry: Booleans
    neighbours: list[Integers]
    of_point: Integers


def drawn_boundaries(network: Any, allowed: Booleans, area: float, seed: int) -> Floats:
    """Share of each boundary point, so that `area` (um^2, both sides) is drawn. Collective.

    Whole boundaries between two grains, drawn from the seed, are taken from the outside inwards,
    each one connected to those before it; the last one in part. A coating hides none of them.
    allowed: points that may be drawn.
    Raises OutOfReachError.
    """
    drawn = np.zeros(len(network.node))
    if area <= 0.0:
        return drawn
    pieces = _pieces(network, allowed)
    order = _invasion(pair_uniform(pieces.pair, seed), pieces.entry, pieces.neighbours)
    total = np.cumsum(pieces.area[order])
    available = float(total[-1]) if len(total) else 0.0
    if area > available * (1 + 1e-12):
        raise OutOfReachError(available)
    share = np.zeros(len(pieces.area) + 1)  # the last one for points without a piece
    before = total - pieces.area[order]
    share[order] = np.clip((area - before) / pieces.area[order], 0.0, 1.0)
    drawn[:] = share[pieces.of_point]
    return drawn


def _pieces(network: Any, allowed: Booleans) -> Pieces:
    """Find the pieces where `allowed`. Collective."""
    boundaries, comm, node = network.boundaries, network.boundaries.comm, network.global_node
    key = np.column_stack([boundaries.pair, node]).astype(np.int64)
    facets = network.facet[(allowed & (boundaries.weight > 0))[network.facet].all(axis=1)]

    def gathered(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.concatenate(comm.allgather(values[facets]))

    shape = (-1, facets.shape[1])
    corner_key = gathered(key).reshape(-1, 3)
    keys, vertex = np.unique(corner_key, axis=0, return_inverse=True)
    vertex = vertex.reshape(shape)
    place = np.zeros((len(keys), boundaries.position.shape[1]))
    place[vertex.ravel()] = gathered(boundaries.position).reshape(-1, place.shape[1])
    piece = _connected(vertex, keys, place)
    corner = piece[vertex].ravel()
    n_pieces = int(piece.max(initial=-1)) + 1
    pair, entry = np.zeros((n_pieces, 2), dtype=np.int64), np.zeros(n_pieces, dtype=bool)
    pair[piece] = keys[:, :2]
    entry[corner[gathered(network.mouth + network.covered).ravel() > 0]] = True
    weight = 2.0 * gathered(boundaries.weight).ravel()
    area = np.bincount(corner, weight, n_pieces).astype(np.float64)
    neighbours = _neighbours(piece, keys[:, 2], n_pieces)
    return Pieces(pair, area, entry, neighbours, _looked_up(key, keys, piece))


def _looked_up(key: Integers, keys: Integers, values: Integers) -> Integers:
    """Value that goes with each row `key` in the table of `keys` and `values`; -1 if none does."""
    rows, which = np.unique(np.concatenate([keys, key]), axis=0, return_inverse=True)
    table = np.full(len(rows), -1, dtype=np.int64)
    table[which.reshape(-1)[: len(keys)]] = values
    return table[which.reshape(-1)[len(keys) :]]


def _connected(vertex: Integers, keys: Integers, place: Floats) -> Integers:
    """Number of the connected piece of each vertex, by grains and place: whatever the ranks.

    vertex: of each corner of the facets. keys: grains and node of each vertex.
    """
    first, others = np.repeat(vertex[:, 0], vertex.shape[1] - 1), vertex[:, 1:].ravel()
    shape = (max(len(keys), 1),) * 2
    graph = coo_array((np.ones(len(first)), (first, others)), shape=shape)
    label = connected_components(graph, directed=False)[1][: len(keys)]
    order = np.lexsort([*place.T, keys[:, 1], keys[:, 0]])
    _, appears = np.unique(label[order], return_index=True)
    number = np.empty(len(appears), dtype=np.int64)
    number[np.argsort(appears)] = np.arange(len(appears))
    return number[label]


def _neighbours(piece: Integers, node: Integers, n_pieces: int) -> list[Integers]:
    """Pieces that share a node with each piece, itself among them."""
    _, node = np.unique(node, return_inverse=True)
    shape = (max(n_pieces, 1), int(node.max(initial=0)) + 1)
    touches = csr_array((np.ones(len(piece)), (piece, node.reshape(-1))), shape=shape)
    joint = (touches @ touches.T).tocsr()
    return np.split(joint.indices, joint.indptr[1:-1])


def _invasion(ease: Floats, entries: Booleans, neighbours: list[Integers]) -> Integers:
    """Order in which the pieces are invaded: always the one of lowest `ease` within reach."""
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


class InitialWetting(Mechanism):
    """Lets liquid into boundaries that are drawn, before anything happens."""

    name = "initial_wetting"

    def __init__(self, places: Places, drawn: Floats) -> None:
        """drawn: share of each boundary point that lets liquid in though dry and bonded."""
        self._places, self.drawn = places, drawn

    def prepare(self, now: Now) -> None:
        """Wet what was drawn, as far as the outside reaches it."""
        state = now.state
        state["pervious"][:] = np.maximum(state["pervious"], self.drawn)
        state["wetness"][:] = self._places.flooded(state["pervious"], state["max_opening"])

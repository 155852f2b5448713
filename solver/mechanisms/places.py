"""Where a mechanism acts, and on what: numbers at the nodes and at the points of the boundaries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from solver.units.constants import METRE, MOLE

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]

RINGS = 10  # of neighbours
NEGLIGIBLE = 1e-9  # share of a node


class Coupling(Protocol):
    """Two fields of the nodes that gradients hold together within their grains.

    A: what the gradients of the first one weigh, the same in all directions; B: those of the
    second one, less across the layers. All methods are collective and take ghosts.
    """

    def first(self, values: Floats) -> Floats:
        """Return A x at every node."""

    def second(self, values: Floats) -> Floats:
        """Return B y at every node."""

    def solve(
        self,
        diagonals: tuple[Floats, Floats, Floats],
        scales: tuple[float, float],
        right: tuple[Floats, Floats],
    ) -> tuple[Floats, Floats]:
        """Return x, y of (d11 + a A) x + d12 y = f, d12 x + (d22 + b B) y = g; nan if singular.

        diagonals: d11, d12, d22, (nodes,). scales: a, b. right: f, g.
        """


@dataclass(frozen=True)
class Nodes:
    """The nodes of all grains, those of this rank and its ghosts.

    position: (nodes, 3), um. grain: number of each one's grain. volume: that it carries, um^3.
    outer_area: of the outside, um^2. in_oxide: whether it belongs to no film or coating. owned:
    whether it is this rank's own. outward: normals of the outside, (nodes, 3), zero inside.
    to_neighbours: amounts of nodes, ghosts included, shared out among their neighbours in the same
    grain by what cells both have in common. distance: of each node from the nearest of those that
    are marked in its grain, um, infinite without any. coupling: of two fields, by the weight in
    every grain and that across over within the layers. All collective.
    """

    position: Floats
    grain: Integers
    volume: Floats
    outer_area: Floats
    in_oxide: Booleans
    owned: Booleans
    outward: Callable[[], Floats]
    to_neighbours: Callable[[Floats], Floats]
    distance: Callable[[Booleans], Floats]
    coupling: Callable[[Floats, float], Coupling]


@dataclass(frozen=True)
class Points:
    """The points of the boundaries between grains, those of this rank and its ghosts.

    position, normal (from '+' to '-'): (points, d). pair: grains of the two sides. weight: area of
    each, um^2, zero of ghosts. state: what is between the sides, by the name of its material.
    filled: with LPO without cells of its own. liquid: always wet. plus_oxide, minus_oxide: whether
    that side is oxide. plus_node, minus_node: node of that side. integral: of values at all points,
    over their area; gathered: sums over all ranks; largest: of values anywhere; to_nodes: what
    values on the plus and on the minus side integrate to at each node that bears them, ghosts
    included. All collective.
    """

    position: Floats
    normal: Floats
    pair: Integers
    weight: Floats
    state: npt.NDArray[np.str_]
    filled: Booleans
    liquid: Booleans
    plus_oxide: Booleans
    minus_oxide: Booleans
    plus_node: Integers
    minus_node: Integers
    integral: Callable[[Floats], float]
    gathered: Callable[[Floats], Floats]
    largest: Callable[[Floats], float]
    to_nodes: Callable[[Floats, Floats], Floats]

    def mean(self, values: Floats) -> float:
        """Return the mean over all boundaries by area, zero without any. Collective."""
        return self.integral(values) / (self.integral(np.ones_like(self.weight)) or 1.0)

    def by_state(self, rows: Mapping[str, tuple[float, ...]]) -> list[Floats]:
        """Return each quantity of the rows, at every point by what is between its sides."""
        here = [self.state == state for state in rows]
        return [np.select(here, column) for column in zip(*rows.values(), strict=True)]


def _kept(values: Floats, most: float) -> Floats:
    """Return what is left of values (quantities, nodes) if the first ones are at most so large.

    Of the others the same share is left.
    """
    share, along = values[0], values[1:]
    return np.vstack([np.minimum(share, most), along * (most / np.maximum(share, most))])


@dataclass(frozen=True)
class Places:
    """A particle as its mechanisms see it; internal units.

    network: the boundaries as one connected thing (`solver.particle.network`). open_mouths: length
    of the outside's edge at each point where no coating covers it any more, by the largest opening
    of each point. exposed: share of what leaves closed boundaries that gets out, at each point, by
    its reach (um) and whether points are open. boundaries: materials by state. interphases: on
    bare oxide, and on a coating. oxides: those of the grains, the main one first; oxide: number of
    that of each grain. c_axis: of each grain. mass: of the oxide, kg. outer_area: of the outside,
    um^2; roughness: true area over that. seed: of what is drawn.
    """

    seed: int
    nodes: Nodes
    points: Points
    network: Any
    open_mouths: Callable[[Floats], Floats]
    exposed: Callable[[float, Booleans], Floats]
    boundaries: Mapping[str, Any]
    interphases: tuple[Any, ...]
    oxides: tuple[Any, ...]
    oxide: Integers
    c_axis: Floats
    mass: float
    outer_area: float
    roughness: float

    def beside(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Return values of the nodes as surfaces have them: outside, plus and minus."""
        return values, values[self.points.plus_node], values[self.points.minus_node]

    def junctions(self) -> Booleans:
        """Return at every point whether boundaries of several pairs of grains meet. Collective.

        Where all pairs at a node are one, n sum(p^2) = (sum p)^2 for either grain p of the pairs.
        """
        count = self.network.collect(np.ones(len(self.points.weight)))
        meet = np.zeros(len(count), dtype=bool)
        for grain in np.sort(self.points.pair, axis=1).T.astype(float):
            total, squares = self.network.collect(grain), self.network.collect(grain**2)
            meet |= count * squares > total**2  # whole numbers: exact
        return np.asarray(meet[self.network.node])

    def bare(self) -> tuple[Booleans, Booleans, Booleans]:
        """Return whether oxide meets liquid on outside, plus and minus as soon as it is wet.

        LPO that has cracked stays on both of its sides, and a coating on its oxide.
        """
        nodes, points = self.nodes, self.points
        between = points.plus_oxide & points.minus_oxide & ~points.filled
        return (nodes.outer_area > 0) & nodes.in_oxide, between, between

    def bare_areas(self, wetness: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the true area of wet bare oxide that belongs to this rank, um^2, by its sides."""
        nodes, wet = self.nodes, self.points.weight * wetness
        outside, plus, minus = self.bare()
        return self.roughness * nodes.outer_area * nodes.owned * outside, wet * plus, wet * minus

    def fresh_sites(self) -> Floats:
        """Return the sites of the fresh oxide at every node, fmol/um^3."""
        fresh = [oxide.max_concentration * MOLE / METRE**3 for oxide in self.oxides]
        return np.array(fresh)[self.oxide[self.nodes.grain]]

    def within(self, outside: Floats, plus: Floats, minus: Floats) -> Floats:
        """Return the share of each node's volume that lies so deep (um) below its surfaces.

        Depths are means over true area. Collective.
        """
        volume = self.roughness * self.nodes.outer_area * outside
        return (volume + self.points.to_nodes(plus, minus)) / self.nodes.volume

    def of_grains(self, *amounts: Floats) -> Floats:
        """Return the sums of amounts of nodes over each grain, (amounts, grains). Collective."""
        nodes, grains = self.nodes, len(self.c_axis)
        own = [np.where(nodes.owned, each, 0.0) for each in amounts]
        sums = [np.bincount(nodes.grain, each, grains).astype(float) for each in own]
        return self.points.gathered(np.array(sums))

    def settled(self, share: Floats, most: float, *along: Floats) -> list[Floats]:
        """Return shares of nodes when what is beyond the most of one is taken from its neighbours.

        And beyond theirs from the next ones, all in the same grain. What is still beyond it after
        so many rings is left out. along: what goes with the share, in proportion; returned behind
        it. Collective.
        """
        values, volume = np.array([share, *along]), self.nodes.volume
        for _ in range(RINGS):
            kept = _kept(values, most)
            beyond = values - kept
            if self.points.largest(beyond[0]) < NEGLIGIBLE:
                break
            handed = [self.nodes.to_neighbours(each * volume) for each in beyond]
            values = kept + np.array(handed) / volume
        return list(_kept(values, most))

    def flooded(self, pervious: Floats, max_opening: Floats) -> Floats:
        """Return the pervious share of each boundary point that the outside reaches. Collective."""
        entrances = self.open_mouths(max_opening) > 0
        return np.where(self.network.reached(pervious > 0, entrances), pervious, 0.0)

"""What the currents through surfaces do to the balances of lithium and charge, as numbers.

Surfaces are integrated at their points, so a current depends on the unknowns there alone and counts
in balances there alone: its derivatives are small matrices (balances by currents) times (currents
by unknowns). `forms` writes the same as weak forms.
"""

import numpy as np
import numpy.typing as npt

from solver.model.electro.surfaces import Share
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.electro.tangent_parts import Starts, all_pairs
from solver.units.constants import FARADAY_INTERNAL

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
LITHIUM = 1.0 / FARADAY_INTERNAL

# what the currents (plus, minus, contact) take in the balances of lithium on both sides of a
# boundary, of charge in both grains, and of ions in the network between them
BALANCES = np.array(
    [
        [LITHIUM, 0.0, LITHIUM],
        [0.0, LITHIUM, -LITHIUM],
        [-1.0, 0.0, -1.0],
        [0.0, -1.0, 1.0],
        [-1.0, -1.0, 0.0],
    ]
)


class BoundaryExchange:
    """Currents into and across boundaries, and electrons that pass from grain to grain.

    Points between the same two nodes are taken together. Derivatives are the same for lithium and
    charge: what is parasitic does not depend on the unknowns.
    """

    def __init__(self, system: ElectrochemicalSystem, starts: Starts) -> None:
        boundaries, grain = system.spaces.boundaries, system.spaces.grain_dof_of_node
        self._system, self._own = system, np.flatnonzero(boundaries.weight > 0)
        plus, minus = boundaries.plus[self._own], boundaries.minus[self._own]
        _, first, self._pair = np.unique(
            plus.astype(np.int64) * len(grain) + minus, return_index=True, return_inverse=True
        )
        self._plus, self._minus = plus[first], minus[first]
        self._weight = boundaries.weight[self._own]
        unknowns: list[Integers] = [self._plus, self._minus]
        unknowns += [starts.grain + grain[side] for side in (self._plus, self._minus)]
        if system.network is not None:
            unknowns.append(starts.network + system.spaces.network.node[self._own[first]])
        self.rows, self.columns = all_pairs(np.column_stack(unknowns))
        self._changes = np.zeros((len(first), 3, len(unknowns)))

    def values(self) -> Floats:
        """Derivatives at each pair of nodes, of all balances by all unknowns."""
        surfaces, change, size = self._system.surfaces, self._changes, self._changes.shape[2]
        change[...] = 0.0
        if self._system.network is not None:
            self._by_side(0, self._plus, surfaces.plus.lithium)
            self._by_side(1, self._minus, surfaces.minus.lithium)
        passing = self._collect(surfaces.contact.lithium.by_potential.x.array)
        for k, (nodes, sign) in enumerate(((self._plus, 1.0), (self._minus, -1.0))):
            slope, by_grain = potentials(self._system, nodes)
            change[:, 2, k], change[:, 2, 2 + k] = sign * passing * slope, sign * passing * by_grain
        each = BALANCES[:size] @ change
        self._add_electrons(each)
        return each.ravel()

    def _by_side(self, side: int, nodes: Integers, share: Share) -> None:
        """A current into the boundary by occupancy and potential of its side, and by phi."""
        passing, (slope, by_grain) = (
            self._collect(share.by_potential.x.array),
            potentials(self._system, nodes),
        )
        change = self._changes[:, side]
        change[:, side] = passing * slope + self._collect(share.by_occupancy.x.array)
        change[:, 2 + side], change[:, 4] = passing * by_grain, -passing

    def _add_electrons(self, each: Floats) -> None:
        """g_e (1 - d)(V_g' - V_g), what enters a grain from its neighbour."""
        passing = self._collect(self._system.electron_contact.x.array)
        for own, other in ((2, 3), (3, 2)):
            each[:, own, own] -= passing
            each[:, own, other] += passing

    def _collect(self, values: Floats) -> Floats:
        """Integral of values of the points over each pair of nodes."""
        weighted = self._weight * values[self._own]
        return np.bincount(self._pair, weighted, len(self._plus)).astype(float)


class OutsideExchange:
    """The current through the outside, by the occupancy and the potential of the grain there."""

    def __init__(self, system: ElectrochemicalSystem, starts: Starts) -> None:
        self._system, self._nodes = system, outside(system)
        self._weight = system.outer_area[self._nodes]
        grains = starts.grain + system.spaces.grain_dof_of_node[self._nodes]
        self.rows, self.columns = all_pairs(np.column_stack([self._nodes, grains]))

    def values(self) -> Floats:
        """Derivatives of the balances of lithium and charge, i/F and -i, at each node."""
        share = self._system.surfaces.outside.lithium
        each = by_unknowns(self._system, share, self._nodes) * self._weight[:, None]
        return np.stack([LITHIUM * each, -each], axis=1).ravel()


class EvenLevel:
    """In place of the balance of the cycler: what a current spread evenly asks of the potentials.

    Its mean over the outside gives all of them their level (see `UniformFlux`).
    """

    def __init__(self, system: ElectrochemicalSystem, starts: Starts) -> None:
        assert system.uniform is not None
        self._system, self._level, self._nodes = system, system.uniform.level, outside(system)
        grains = starts.grain + system.spaces.grain_dof_of_node[self._nodes]
        self.columns: Integers = np.column_stack([self._nodes, grains]).ravel()
        self.rows: Integers = np.full_like(self.columns, starts.collector)

    def values(self) -> Floats:
        """Derivatives by occupancy and potential at each node, times the area there."""
        area = self._system.outer_area[self._nodes][:, None]
        return (by_unknowns(self._system, self._level, self._nodes) * area).ravel()


def outside(system: ElectrochemicalSystem) -> Integers:
    """Nodes of the outside that this rank owns."""
    n_owned = system.spaces.scalar.dofmap.index_map.size_local
    return np.flatnonzero(system.outer_area[:n_owned] > 0)


def potentials(system: ElectrochemicalSystem, nodes: Integers) -> tuple[Floats, Floats]:
    """Derivatives of the lithium potential of nodes by the occupancy and by V_g."""
    nodal = system.nodal
    slope, by_grain = nodal.lithium_potential_slope, nodal.lithium_potential_by_grain
    return slope.x.array[nodes], by_grain.x.array[nodes]


def by_unknowns(system: ElectrochemicalSystem, share: Share, nodes: Integers) -> Floats:
    """Derivatives of what passes through the outside by occupancy and V_g, (nodes, 2)."""
    slope, by_grain = potentials(system, nodes)
    passing = share.by_potential.x.array[nodes]
    by_occupancy = passing * slope + share.by_occupancy.x.array[nodes]
    return np.column_stack([by_occupancy, passing * by_grain])

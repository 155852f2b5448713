"""Which grains have lost the electrons' way to the collector: what they hold stays where it is.

Every grain gives its share (by mass) of a current of `RATE`. By the conductances of the contacts as
they are just now, between grains and from grains through the outside, that raises its potential
over the collector by d:

    g_c d_g + sum_g' g_gg' (d_g - d_g') = I_g

A grain is isolated if d exceeds `DROP`: not even a cycle at C/20, as slow as those that tell lost
capacity from late, gets at its lithium within the window of any cell. A contact that is broken
keeps a billionth of its conductance for the system's sake, some thousand times too little to count,
and one of which a thousandth holds conducts some hundred times as much as that takes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import spsolve

from solver.mechanisms.places import Places
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.oxides import Each, at_nodes
from solver.units.constants import AMPERE, METRE

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]
Booleans = npt.NDArray[np.bool_]
RATE = 1 / 20  # of what 1C means
DROP = 1.0  # V


@dataclass(frozen=True)
class ElectronPaths:
    """The grains and where electrons pass between them; grains and pairs the same on every rank.

    current: share of each grain in a current of `RATE`, pA, (grains,). pairs: of grains that meet,
    (pairs, 2). which: number of that of each boundary point of this rank.
    """

    places: Places
    current: Floats
    pairs: Integers
    which: Integers

    def isolated(self, electro: ElectrochemicalSystem) -> Booleans:
        """Return whether each grain is isolated; fillers are not. Collective."""
        from_collector, between = self._conductances(electro)
        raised = potentials(from_collector, self.pairs, between, self.current)
        return (raised > DROP) & (self.current > 0.0)

    def held(self, isolated: Booleans, electro: ElectrochemicalSystem) -> tuple[float, float]:
        """Return sites in isolated grains, and lithium on them, fmol. Collective."""
        nodes = self.places.nodes
        sites = electro.sites(nodes.volume) * nodes.owned * isolated[nodes.grain]
        local = np.array([sites.sum(), sites @ electro.occupancy()])
        whole, lithium = self.places.points.gathered(local)
        return float(whole), float(lithium)

    def _conductances(self, electro: ElectrochemicalSystem) -> tuple[Floats, Floats]:
        """Of grains to the collector and of pairs of grains to each other, pA/V. Collective."""
        nodes, points = self.places.nodes, self.places.points
        contact = electro.collector_contact.x.array[electro.spaces.grain_dof_of_node]
        per_area = contact * at_nodes(electro.properties.collector_conductance, nodes.grain)
        outer = nodes.outer_area * nodes.owned * per_area
        between = points.weight * electro.electron_contact.x.array
        n, m = len(self.current), len(self.pairs)
        local = np.bincount(nodes.grain, outer, n), np.bincount(self.which, between, m)
        whole = points.gathered(np.concatenate(local))
        return whole[:n], whole[n:]


def electron_paths(
    places: Places, electro: ElectrochemicalSystem, density: Each, one_c: float, grains: int
) -> ElectronPaths:
    """Return the paths of a particle. Collective. density: of each node, kg/m^3; one_c: A/kg."""
    nodes = places.nodes
    mass = nodes.volume * nodes.owned * nodes.in_oxide * density / METRE**3
    current = RATE * one_c * AMPERE * np.bincount(nodes.grain, mass, grains)
    paths = electro.spaces.boundaries.pairs()
    return ElectronPaths(places, places.points.gathered(current), *paths)


def potentials(from_collector: Floats, pairs: Integers, between: Floats, current: Floats) -> Floats:
    """Potential of each grain over the collector, V.

    from_collector, between: conductances of grains and of pairs of them, pA/V. current: that each
    grain gives, pA.
    """
    n, (i, j) = len(current), pairs.T
    off = coo_array((-between, (i, j)), shape=(n, n))
    whole = np.bincount(i, between, n) + np.bincount(j, between, n) + from_collector
    return np.asarray(spsolve((diags_array(whole) + off + off.T).tocsc(), current))

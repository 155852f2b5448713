"""Electrons of the collector, the cycler, and ions along the boundaries: tangents as numbers.

All of them are linear in the potentials. `forms` writes the same as weak forms.
"""

import numpy as np
import numpy.typing as npt

from solver.model.electro.exchange import outside
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.electro.tangent_parts import Starts
from solver.model.oxides import at_nodes
from solver.particle import dolfinx_api

Floats = npt.NDArray[np.floating]


class CollectorContact:
    """Electrons g_c (V - V_g) that enter the grains at the outside, and what the cycler imposes."""

    def __init__(self, system: ElectrochemicalSystem, starts: Starts) -> None:
        spaces, nodes = system.spaces, outside(system)
        self._system, grain = system, spaces.grain_dof_of_node[nodes]
        each = at_nodes(system.properties.collector_conductance, spaces.grain_of_node[nodes])
        n_grains = dolfinx_api.local_size(spaces.grain.dofmap.index_map)
        area = system.outer_area[nodes]
        self._area = np.bincount(grain, area, n_grains)
        self._conductance = np.bincount(grain, area * each, n_grains)
        grains = starts.grain + np.arange(n_grains)
        cell = np.full_like(grains, starts.collector)
        self.rows, self.columns = np.hstack([grains, grains]), np.hstack([grains, cell])
        if system.uniform is None:
            self.rows = np.hstack([self.rows, cell, cell])
            self.columns = np.hstack([self.columns, grains, cell])

    def values(self) -> Floats:
        """Charge of each grain by V_g and V; then the cycler's balance by V_g and V."""
        passing = self._conductance * self._system.collector_contact.x.array
        charge = [-passing, passing]
        if self._system.uniform is None:
            charge += self._imposed(passing)
        return np.concatenate(charge)

    def _imposed(self, passing: Floats) -> list[Floats]:
        """Of inflow - applied where a current is imposed, V - V_set - U_n where a voltage is.

        U_n goes with the inflow, as with a resistance in series.
        """
        control = self._system.control
        galvanostatic, potentiostatic = control.galvanostatic.value, control.potentiostatic.value
        by_inflow = float(galvanostatic) - float(potentiostatic) * float(control.series.value)
        by_collector = by_inflow * passing + float(potentiostatic) * self._area
        return [-by_inflow * passing, by_collector]


class NetworkConduction:
    """Ions along the boundaries, and out of their mouths."""

    def __init__(self, system: ElectrochemicalSystem, starts: Starts) -> None:
        assert system.network is not None
        network, boundaries = system.spaces.network, system.spaces.boundaries
        self._fields, facets = system.network, network.facet
        facets = facets[(boundaries.weight[facets[:, 0]] > 0)]
        self._facets = facets
        self._shape = boundaries.weight[facets].sum(axis=1)[:, None, None] * _stiffness(
            boundaries.position[facets]
        )
        corners = starts.network + network.node[facets]
        shape = (*corners.shape, corners.shape[1])
        nodes = np.arange(network.space.dofmap.index_map.size_local)
        self._area, own = network.area[nodes], starts.network + nodes
        rows = np.broadcast_to(corners[:, :, None], shape)
        self.rows = np.hstack([rows.ravel(), own])
        self.columns = np.hstack([rows.swapaxes(1, 2).ravel(), own])

    def values(self) -> Floats:
        """kappa h grad phi . grad p over every facet, and G phi p at the nodes."""
        along = self._fields.along.x.array[self._facets].mean(axis=1)
        out = self._fields.outlet.x.array[: len(self._area)] * self._area
        return np.concatenate([(along[:, None, None] * self._shape).ravel(), out])


def _stiffness(corners: Floats) -> Floats:
    """grad p_i . grad p_j of the P1 functions of facets with these corners, (facets, d, d)."""
    sides = corners[:, 1:] - corners[:, :1]
    inner = np.linalg.inv(sides @ sides.swapaxes(1, 2))
    k = sides.shape[1]
    gradient = np.vstack([-np.ones((1, k)), np.eye(k)])
    return np.asarray(gradient @ inner @ gradient.T)

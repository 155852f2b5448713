"""Lithium in the grains, ions in fillers: the tangent of storage and diffusion as numbers.

`forms` writes the same as weak forms.
"""

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from solver.model.electro.edge_flows import EdgeFlows
from solver.model.electro.system import ElectrochemicalSystem
from solver.particle import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE
from solver.physics.edge_flow import End

Floats = npt.NDArray[np.floating]


class TransportEntries:
    """Storage at the nodes and diffusion along the edges of the cells that this rank owns."""

    def __init__(self, system: ElectrochemicalSystem) -> None:
        n_nodes, cells = len(system.spaces.grain_of_node), system.spaces.scalar.dofmap.list
        cells = cells[: len(system.conductances)]
        self._system, self._flows = system, EdgeFlows(cells, system.conductances, n_nodes)
        self._volume = _volumes(system.spaces.scalar)
        nodes = np.arange(n_nodes)
        self.rows = np.hstack([self._flows.row, nodes])
        self.columns = np.hstack([self._flows.column, nodes])

    def values(self) -> Floats:
        """Derivative of the flow out of every node, and of what it takes up, sites x / dt."""
        system, n = self._system, self._system.nodal
        fields = (
            n.potential,
            n.potential_slope,
            n.potential_curvature,
            n.stress_part,
            n.stress_slope,
        )
        ends = End(system.state["occupancy"], *(field.x.array for field in fields))
        flows = self._flows.derivative(ends, n.diffusivity.x.array, n.diffusivity_slope.x.array)
        storage = self._volume * system.state["sites"] / float(system.dt.value)
        return np.concatenate([flows, storage])


def _volumes(space: fem.FunctionSpace) -> Floats:
    """Volume that the owned cells give to each node, ghosts not yet added to their owners'."""
    volume, dx = fem.Function(space), ufl.Measure("dx", space.mesh, metadata=VERTEX_RULE)
    form = dolfinx_api.compile_form(ufl.TestFunction(space) * dx)
    fem.assemble_vector(volume.x.array, form)
    return volume.x.array.copy()

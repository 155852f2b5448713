"""Stress at the nodes whose strain has, over each grain, the integral that it has in the cells.

Recovery extrapolates to the faces (`solver/particle/recovery.py`): what it finds there is closer to
the truth than the cells are, but sums up to another mean. By the difference the stress in the
equilibrium potential does another work than the stress of the mechanics.
"""

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.model.build import Model

Floats = npt.NDArray[np.floating]


class Conserving:
    """Reads the stress at the nodes of a model, as recovered and with the means of the cells."""

    def __init__(self, model: Model) -> None:
        self._stress, self._comm = model.mechanics.stress, model.comm
        self._room = fem.Function(model.spaces.tensor)
        topology, nodes = model.particle.mesh.topology, model.spaces.scalar.dofmap.index_map
        self._cells = slice(topology.index_map(topology.dim).size_local)
        self._nodes = slice(nodes.size_local)
        self._grain_of_cell = model.particle.grain[self._cells]
        self._grain_of_node = model.spaces.grain_of_node
        self._volume = self._stress.volume[::6][self._cells]
        self._n_grains = model.particle.n_grains
        self._of_grains = self._over_grains(self._grain_of_cell, self._volume[:, None])

    def read(self) -> tuple[Floats, Floats]:
        """Stress as recovered, and with the means of the cells, (nodes, 6) in MPa. Collective."""
        stress = self._stress
        recovered = stress.read(self._room).copy()
        cells = stress.cells.x.array.reshape(-1, 6)[self._cells]
        strain = stress.at_node.x.array.reshape(-1, 6)
        here, volume = self._nodes, stress.node_volume[self._nodes]
        missing = self._over_grains(self._grain_of_cell, cells * self._volume[:, None])
        missing -= self._over_grains(self._grain_of_node[here], strain[here] * volume[:, None])
        strain += (missing / self._of_grains)[self._grain_of_node]
        return recovered, stress.per_volume(stress.stress, self._room).copy()

    def _over_grains(self, grain: npt.NDArray[np.integer], values: Floats) -> Floats:
        """Sums over every grain, (grains, components). Collective."""
        sums = np.zeros((self._n_grains, values.shape[1]))
        np.add.at(sums, grain, values)
        return np.asarray(self._comm.allreduce(sums))

"""The present moment of a model, as its mechanisms see it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.mechanisms import Places
from solver.mechanisms.now import Fields
from solver.model.mechanics import MechanicalSystem
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.physics import cohesive
from solver.physics.mechanics import basal_shear

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Present:
    """A moment in equilibrium, and the accepted one before it (see `mechanisms.now`).

    temperature: K.
    """

    places: Places
    spaces: Spaces
    mechanics: MechanicalSystem
    temperature: float
    state: State
    old: State

    @property
    def gap(self) -> Floats:
        """How far apart the sides stand at each boundary point, um; 0 where bonded or pressed."""
        return self.spaces.boundaries.across_and_along(self.mechanics.gaps(self.state["damage"]))[0]

    @property
    def damage(self) -> Floats:
        """How far each boundary point has broken, 0 to 1 (share of its toughness)."""
        return cohesive.broken_share(self.state["damage"], self.mechanics.law)

    @property
    def strength(self) -> cohesive.Strength:
        """Resistance of the boundary points as weak as they are."""
        return self.mechanics.law

    @property
    def potentials(self) -> tuple[Floats, Floats, Floats]:
        """Electronic potential against the liquid, V, on outside, plus and minus side.

        On oxide it is the oxide's against the liquid that is there; on a coating the collector's,
        from which electrons come.
        """
        grain = self.state["grain_potential"][self.spaces.grain_dof_of_node]
        collector = np.broadcast_to(self.state["collector_potential"][:1], grain.shape)
        boundaries = self.spaces.boundaries
        liquid = self.state["network_potential"][self.spaces.network.node]
        return (
            np.where(self.places.nodes.in_oxide, grain, collector),
            grain[boundaries.plus] - liquid,
            grain[boundaries.minus] - liquid,
        )

    @property
    def lattice_shear(self) -> Floats:
        """Elastic shear of the layers of the lattice over each other at each node. Collective."""
        system = self.mechanics
        stress = system.stress.read(fem.Function(self.spaces.tensor))
        return basal_shear(stress, system.c_axis_of_node, system.elastic_of_node.c44)

    @property
    def lattice_work(self) -> tuple[Floats, Floats]:
        """What the elastic energy loses for a strain of the lattice at a node, along a and c, pJ.

        The derivative of the discrete energy at fixed displacement. Collective.
        """
        return self.mechanics.lattice_work()

    def lattice_energy(self, a: Floats, c: Floats) -> Floats:
        """Elastic energy of lattice strains (along a and c) at the nodes if nothing yields, pJ.

        That of the discrete energy, which has no part that two nodes share. Too large in plane
        stress.
        """
        system = self.mechanics
        return np.asarray(0.5 * system.node_volume * system.elastic_of_node.quadratic(a, c))

    def bonded_opening(self, state: Fields) -> Floats:
        """Opening vectors of a state without what its bonds have slipped, um (points, d)."""
        shape = self.spaces.boundaries.normal.shape
        jump = self.spaces.boundaries.jump(state["displacement"].reshape(-1, shape[1]))
        return jump - state["slip"].reshape(shape)

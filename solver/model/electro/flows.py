"""What flows at a moment: the currents of all laws, and their mean over the stages of a time step.

Balances are linear in these. Where a step is done in stages (`solver.solve.stages`), what has gone
over from here to there by its end is its length times this mean, of charge, lithium and losses.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from solver.model.electro.diffusion import diffusion_of
from solver.model.electro.forms import along
from solver.model.electro.system import ElectrochemicalSystem, StressInPotential
from solver.model.oxides import at_nodes
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle

Floats = npt.NDArray[np.floating]


class Flows(NamedTuple):
    """Currents of one moment, or their mean.

    total, parasitic: through the collector, and the part of it that removes no lithium, pA, on all
    ranks alike. surfaces: through each surface, pA/um^2; aside: what passes the first three without
    lithium. inflow: from the collector into the oxide at the nodes of the outside, across: of
    electrons from '+' to '-', pA/um^2. network: what leaves each of its nodes along the boundaries
    and through their mouths, pA; bulk: lithium that leaves each node inside grains, fmol/s; both
    are what this rank's cells contribute.
    """

    total: float
    parasitic: float
    surfaces: tuple[Floats, ...]
    aside: tuple[Floats, ...]
    inflow: Floats
    across: Floats
    network: Floats
    bulk: Floats


class StagePart(NamedTuple):
    """What flowed in part of a step: `share` of its length."""

    flows: Flows
    share: float

    def with_rest(self, rest: Flows) -> Flows:
        """Return the mean over the step if the rest of it flows so."""
        a, b = self.flows, rest
        return Flows(
            self.mean(a.total, b.total),
            self.mean(a.parasitic, b.parasitic),
            tuple(map(self._of_both, a.surfaces, b.surfaces)),
            tuple(map(self._of_both, a.aside, b.aside)),
            *map(self._of_both, a[4:], b[4:]),
        )

    def mean(self, here: float, rest: float) -> float:
        """Return the mean of a number over both parts."""
        return self.share * here + (1.0 - self.share) * rest

    def _of_both(self, here: Floats, rest: Floats) -> Floats:
        return self.share * here + (1.0 - self.share) * rest


class FlowMeter:
    """Reads the flows of an electrochemical system."""

    def __init__(self, system: ElectrochemicalSystem, particle: Particle) -> None:
        self._system = system
        scalar, network = system.spaces.scalar, system.spaces.network.space
        self._bulk = dolfinx_api.compile_form(
            diffusion_of(system, particle, ufl.TestFunction(scalar))
        )
        self._into_bulk = fem.Function(scalar)
        self._along, self._into_network = None, fem.Function(network)
        if system.network is not None:
            phi = system.state.function("network_potential")
            self._along = dolfinx_api.compile_form(along(system, phi, ufl.TestFunction(network)))

    def read(self) -> Flows:
        """Return copies of all that flows at present. Collective."""
        system = self._system
        stress = system.state["stress_potential"]
        system.update_nodal_laws(StressInPotential(stress, np.zeros_like(stress)))
        currents = system.currents()
        boundaries, grain = system.spaces.boundaries, system.grain_potential_at_nodes()
        collector = system.state.ones("collector_potential")[0]
        return Flows(
            currents["outside"] + currents["wet"] + currents["filled"],
            currents["parasitic"],
            tuple(surface.current.copy() for surface in system.surfaces),
            tuple(np.where(p.open, p.parasitic, 0.0) for p in system.held.passages[:3]),
            self._conductance() * (collector - grain),
            system.electron_contact.x.array * boundaries.jump(grain),
            _assembled(self._along, self._into_network),
            _assembled(self._bulk, self._into_bulk),
        )

    def _conductance(self) -> Floats:
        """Of the contact of each node with the collector, pA/(V um^2)."""
        system = self._system
        contact = system.collector_contact.x.array[system.spaces.grain_dof_of_node]
        each = at_nodes(system.properties.collector_conductance, system.spaces.grain_of_node)
        return np.asarray(each * contact)


def _assembled(form: fem.Form | None, into: fem.Function) -> Floats:
    """What the cells of this rank contribute to a vector; zero without a form."""
    into.x.array[:] = 0.0
    if form is not None:
        fem.assemble_vector(into.x.array, form)
    return into.x.array.copy()

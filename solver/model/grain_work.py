"""Work on cracks inside grains in a time step, for the ledger."""

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from solver.model.mechanics import MechanicalSystem
from solver.model.phase_field import GrainFracture


class GrainWork:
    """What the stress in grains released in a step, and the surface energy of their cracks.

    change: from every field of the present to the one of the last moment.
    """

    def __init__(
        self,
        system: MechanicalSystem,
        fracture: GrainFracture,
        change: dict[fem.Function, fem.Function],
    ) -> None:
        self._comm, self._surface = system.spaces.boundaries.comm, fracture.surface_energy
        body = system.body
        strain = body.elastic_strain(system.unknowns, system.strain_a, system.strain_c)
        work = ufl.inner(*mean_and_change(system, change, strain)) * body.dx
        self._work = fem.form(work)

    def surface(self) -> float:
        """Energy of the cracks, pJ. Collective."""
        return float(self._comm.allreduce(fem.assemble_scalar(self._surface)))

    def released(self, stored: float) -> float:
        """Work of the mean stress on the elastic strain less what was stored of it. Collective."""
        return float(self._comm.allreduce(fem.assemble_scalar(self._work))) - stored


def mean_and_change(
    system: MechanicalSystem, change: dict[fem.Function, fem.Function], strain: Expr
) -> tuple[Expr, Expr]:
    """Mean stress of both ends of the step, and the change of a strain between them."""
    body = system.body
    stress = body.stress(body.elastic_strain(system.unknowns, system.strain_a, system.strain_c))
    return 0.5 * (stress + ufl.replace(stress, change)), strain - ufl.replace(strain, change)

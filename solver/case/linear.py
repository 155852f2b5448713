"""How the linear systems of a run are solved."""

from typing import Literal, TypeAlias

from pydantic import Field

from solver.units.section import Section

LinearChoice: TypeAlias = Literal["auto", "direct", "lagged"]
MechanicsChoice: TypeAlias = Literal["auto", "direct", "lagged", "multigrid"]


class LinearCase(Section):
    """Solvers of the linear systems inside Newton's method.

    auto: what the program holds best. direct: factors at every iteration. lagged: factors of an
    earlier iteration, for as long as they help. multigrid: cycles over grains, without factors of
    the whole; made for large particles in 3D.
    """

    mechanics: MechanicsChoice = Field("auto", description="Equilibrium of the grains")
    transport: LinearChoice = Field("auto", description="Occupancy and potentials")

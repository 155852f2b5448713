"""How the linear systems of a run are solved."""

from typing import Literal, TypeAlias

from pydantic import Field

from solver.units.section import Section

LinearChoice: TypeAlias = Literal["auto", "direct", "lagged"]
MechanicsChoice: TypeAlias = Literal["auto", "direct", "lagged", "multigrid"]
TransportChoice: TypeAlias = Literal["auto", "direct", "lagged", "blocks"]
# Unknowns of the displacement in 3D from which `auto` takes multigrid: it begins to cost less there
LEAST_FOR_LEVELS = 8_000


class LinearCase(Section):
    """Solvers of the linear systems inside Newton's method.

    auto: what the program holds best. direct: factors at every iteration. lagged: factors of an
    earlier iteration, for as long as they help. Made for large particles in 3D, without factors of
    the whole: multigrid, cycles over grains and the joined body; blocks, potentials and grains as a
    whole exactly, nodes roughly, in turn.
    """

    mechanics: MechanicsChoice = Field("auto", description="Equilibrium of the grains")
    transport: TransportChoice = Field("auto", description="Occupancy and potentials")

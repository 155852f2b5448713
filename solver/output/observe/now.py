"""The moment that is observed: a body, its clock and its books."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.model.build import Model
from solver.model.electrical_work import ElectricalLedger
from solver.model.energy import EnergyLedger
from solver.model.mechanics import MechanicalSystem
from solver.model.state import State
from solver.particle.interfaces import Boundaries
from solver.physics import cohesive
from solver.solve.clock import Clock
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import LoadPath

Floats = npt.NDArray[np.floating]


class Books(NamedTuple):
    """The books of the mechanical and of the electrical work."""

    mechanical: EnergyLedger
    electrical: ElectricalLedger


@dataclass
class Effort:
    """Iterations of the step just taken."""

    turns: int = 0
    newton: int = 0


@dataclass(frozen=True)
class Opened:
    """How the boundary points stand: normal opening and slip, um, and damage, 0 to 1.

    Opening and slip are without what bond and contact yield.
    """

    opening: Floats
    slip: Floats
    damage: Floats

    @classmethod
    def of(cls, system: MechanicalSystem, state: State) -> "Opened":
        """Look at the boundaries of a body."""
        boundaries = system.spaces.boundaries
        opening, slip = boundaries.across_and_along(system.gaps(state["damage"]))
        return cls(opening, slip, cohesive.broken_share(state["damage"], system.law))


@dataclass(frozen=True)
class BodyNow:
    """What there is to see of every model. newton: iterations of the step just taken.

    in_oxide: whether each node belongs to a grain, not to a filling or a coating.
    """

    model: Model
    in_oxide: npt.NDArray[np.bool_]
    opened: Opened
    ledger: EnergyLedger
    clock: Clock
    newton: int

    @property
    def boundaries(self) -> Boundaries:
        """Those between the grains."""
        return self.model.spaces.boundaries

    @property
    def state(self) -> State:
        """What the model remembers."""
        return self.model.state

    def mean(self, values: Floats) -> float:
        """Mean of point values over the area of all boundaries. Collective."""
        return self.boundaries.integral(values) / (self.boundaries.area() or 1.0)


@dataclass(frozen=True)
class ParticleNow(BodyNow):
    """A particle that is cycled. lithium_at_start: fmol. turns: of chemistry and mechanics."""

    electrical: ElectricalLedger
    lithium_at_start: float
    turns: int


@dataclass(frozen=True)
class LoadedNow(BodyNow):
    """A body under loads."""

    solver: LoadedSolver
    path: LoadPath


def traction_of(system: MechanicalSystem) -> Floats:
    """Traction on side '+' of the boundary points, MPa, (points, d)."""
    return system.traction.x.array.reshape(system.spaces.boundaries.normal.shape)

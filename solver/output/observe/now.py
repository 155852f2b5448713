"""The moment that is observed: a body, its clock and its books."""

from dataclasses import dataclass
from math import nan
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
    """The books of a run: of the mechanical work; with chemistry of the electrical work, and of the
    lithium that there was at the start, fmol."""

    mechanical: EnergyLedger
    electrical: ElectricalLedger | None = None
    lithium_at_start: float = nan


@dataclass(frozen=True)
class Effort:
    """Iterations of the step just taken."""

    turns: int = 0
    newton: int = 0


class Followed(NamedTuple):
    """What follows the loads: what finds equilibria, if there are any; and its increments, if the
    load is not followed in time."""

    solver: LoadedSolver | None = None
    path: LoadPath | None = None


@dataclass(frozen=True)
class Opened:
    """How the boundary points stand: normal opening and slip, um, and damage, 0 to 1.

    Opening and slip are without what bond and contact yield. receded: by how much the oxide's sides
    stand further apart than they have opened, um.
    """

    opening: Floats
    slip: Floats
    damage: Floats
    receded: Floats | float = 0.0

    @classmethod
    def of(cls, model: Model) -> "Opened":
        """Look at the boundaries of a body. Collective."""
        system, state = model.mechanics, model.state
        opening, slip = system.spaces.boundaries.across_and_along(system.gaps(state["damage"]))
        damage = cohesive.broken_share(state["damage"], system.law)
        if model.chemistry is None:
            return cls(opening, slip, damage)
        return cls(opening, slip, damage, model.slow.modify(model.present()).receded)

    @property
    def width(self) -> Floats:
        """How wide a crack is there, um."""
        return np.maximum(self.opening, 0.0) + self.receded


@dataclass(frozen=True)
class BodyNow:
    """What there is to see of a model. taken: effort of the step just taken. isolated: whether
    electrons have lost their way from each grain; of none without chemistry."""

    model: Model
    opened: Opened
    books: Books
    clock: Clock
    taken: Effort
    isolated: npt.NDArray[np.bool_]

    @property
    def ledger(self) -> EnergyLedger:
        """The books of the mechanical work."""
        return self.books.mechanical

    @property
    def in_oxide(self) -> npt.NDArray[np.bool_]:
        """Whether each node belongs to a grain, not to a filling or a coating."""
        model = self.model
        if model.chemistry is None and model.fracture is not None:
            return model.fracture.highest > 0
        return model.electro.in_oxide

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


def traction_of(system: MechanicalSystem) -> Floats:
    """Traction on side '+' of the boundary points, MPa, (points, d)."""
    return system.traction.x.array.reshape(system.spaces.boundaries.normal.shape)

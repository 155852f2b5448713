"""What a step imposes in time, and how far it is from its end.

Charging currents are positive. Currents in pA (2D: per um of depth), charges in pC, times in s.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from math import inf, nan
from typing import NamedTuple

VOLTAGE_PRECISION = 1e-6  # V
RELATIVE_PRECISION = 1e-6  # of a current or a charge


class Scale(NamedTuple):
    """What rates and charges per mass are for a particle.

    one_c: current of 1C, pA. per_mass: charge for each A s/kg, pC.
    """

    one_c: float
    per_mass: float


class Reading(NamedTuple):
    """What the instruments show: voltage, current, time and charge (signed) since they began.

    They begin anew with every phase of a step. load: factor of the loads. temperature: K.
    """

    voltage: float
    current: float
    time: float
    charge: float
    load: float = 0.0
    temperature: float = nan


class Imposed(NamedTuple):
    """What is imposed at a time: either the current, pA, or the voltage, V.

    load: factor of the loads, temperature: K; None if they stay as they are.
    """

    current: float | None = None
    voltage: float | None = None
    load: float | None = None
    temperature: float | None = None


class Gap(NamedTuple):
    """Distance past an end condition, in units of its precision; negative before it."""

    name: str
    excess: float


class Ended(NamedTuple):
    """How a phase ended: by which end, and the charge (signed) since its step began."""

    by: str
    charge: float


@dataclass(frozen=True)
class Phase(ABC):
    """A time in which one thing is imposed: a step, or one pulse or rest of a train.

    words: what is done, as a person would write it. pulse: number in a train, 0 elsewhere.
    longest_time_step: that follows what is imposed, s.
    """

    words: str
    pulse: int = 0
    longest_time_step: float = inf

    @abstractmethod
    def imposed(self, time: float) -> Imposed:
        """Return what is imposed at a time after the beginning, s."""

    @abstractmethod
    def time_left(self, reading: Reading) -> float:
        """Return the time to an end that is known beforehand, infinite if there is none."""

    def gaps(self, reading: Reading) -> list[Gap]:
        """Return the distances past the ends that only the solution tells."""
        return []

    def furthest(self, reading: Reading) -> Gap:
        """Return the end condition that is met first: the largest excess."""
        return max(self.gaps(reading), key=lambda gap: gap.excess, default=Gap("none", -1e300))


Phases = Generator[Phase, Ended, None]

"""An oxide at equilibrium, to tell beforehand where a protocol leads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Equilibrium:
    """How charge, occupancy and voltage of an oxide go together at a temperature, K.

    voltage: of an occupancy, V. occupancy: of a voltage, V. per_charge: change of occupancy per
    charge per mass, kg/(A s). speed: change of occupancy per second at 1C.
    """

    voltage: Callable[[float], float]
    occupancy: Callable[[float], float]
    per_charge: float
    speed: float
    temperature: float


class Moment(NamedTuple):
    """Occupancy at equilibrium. exact: only charge was counted since the beginning."""

    occupancy: float
    exact: bool = True


class Estimate(NamedTuple):
    """How long a step takes, s, None if that is unknown, and the moment at its end."""

    duration: float | None
    end: Moment

"""Wetting: electrolyte enters boundaries that are open and connected to the outside.

Filling a crack of some um takes milliseconds (Washburn), far less than a time step: liquid is
wherever a path that is open wider than its molecules leads to the outside. The short ramp only
keeps the charge transfer from jumping.
"""

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.mechanisms.base import Mechanism, MechanismCase
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.units import usual
from solver.units.constants import CRACKED, METRE, SECOND
from solver.units.measures import Length, SpecificArea, Time

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


class WettingCase(MechanismCase):
    """Electrolyte enters boundaries that are open and connected to the outside."""

    outer_area: Annotated[SpecificArea | None, usual.AREA] = Field(
        None,
        gt=0,
        description="True area of the outside, which is rough: default its geometric area",
    )
    molecular_size: Annotated[Length, usual.MOLECULE] = Field(
        0.5e-9,
        gt=0,
        description="Opening that lets the electrolyte in: the size of a solvent molecule",
    )
    ramp: Time = Field(5.0, gt=0, description="Time in which a point that is reached becomes wet")

    def mechanism(self, places: Places) -> "Wetting":
        """Return the wetting of the boundaries."""
        return Wetting(self, places)


def permeable(
    gap: Floats, damage: Floats, filled: Booleans, width: float, cracked: float
) -> Booleans:
    """Whether liquid can enter each point: open wider than `width` (um), no filling in the way.

    gap: normal, um. damage: 0 bonded, 1 broken. filled: with LPO, which keeps liquid out until
    it has cracked.
    """
    return (gap > width) & (~filled | (damage >= cracked))


def ramped(wetness: Floats, reached: Booleans, dt: float, ramp: float) -> Floats:
    """Wet share of each point after dt: grows by dt/ramp where liquid stands, never falls."""
    return np.where(reached, np.minimum(1.0, wetness + dt / ramp), wetness)


class Wetting(Mechanism):
    """Wets the boundary points that liquid reaches; what is wet stays so."""

    name = "wetting"

    def __init__(self, section: WettingCase, places: Places) -> None:
        """section: what the case says."""
        self._width, self._ramp = section.molecular_size * METRE, section.ramp * SECOND
        self._places = places

    def advance(self, now: Now, dt: float) -> float:
        """Let liquid go where it can within dt (s), from what is wet and from the outside."""
        state, points = now.state, self._places.points
        opened = permeable(now.gap, now.damage, points.filled, self._width, CRACKED)
        opened |= state["pervious"] >= 1.0
        entrances = self._places.open_mouths(state["max_opening"]) > 0
        reached = self._places.network.reached(opened | (state["wetness"] > 0), entrances)
        state["wetness"][:] = ramped(state["wetness"], reached & opened, dt, self._ramp)
        return 0.0

"""A layer that grows on wet oxide and hinders the reaction: a mechanism in 60 lines.

What it is made of has to get through it, so it grows the slower the thicker it is:

    L dL/dt = k  while wet,    L^2 = L_old^2 + 2 k dt  exactly, however long the step is.

It takes no lithium and resists the reaction by R = L / conductivity.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from solver.mechanisms.base import Mechanism, Shown
from solver.mechanisms.conditions import Conditions
from solver.mechanisms.now import Now
from solver.mechanisms.places import Floats
from solver.units.columns import Array, Column
from solver.units.constants import AMPERE, METRE, SECOND
from solver.units.fields import StateField
from solver.units.groups import FILMS


class Passivation(Mechanism):
    """A passive layer outside and on both sides of wet boundaries."""

    name = "passivation"
    fields: ClassVar = {"passive_layer": StateField("surface", "um", "layer", lower=0.0, slow=True)}
    columns = (Column("Mean Passive Layer", "m", FILMS, "Mean thickness over all wet oxide."),)
    shown = (Shown(Array("film", "nm", "grains", "Outside."), "passive_layer", 1e3, "outside"),)

    def __init__(self, growth: float, conductivity: float) -> None:
        """growth: k, m^2/s. conductivity: S/m."""
        self._growth = growth * METRE**2 / SECOND
        self._conductivity = conductivity * AMPERE / METRE

    def modify(self, now: Now, dt: float, conditions: Conditions) -> None:
        """Resist the reaction of the coming step."""
        for side, thickness in zip(conditions.sides, now.state.sides("passive_layer"), strict=True):
            side.resistance[:] += thickness / self._conductivity

    def advance(self, now: Now, dt: float) -> float:
        """Grow for dt (s); nothing is damaged."""
        for thickness, wet in zip(now.state.sides("passive_layer"), _wet(now), strict=True):
            thickness[:] = np.sqrt(thickness**2 + 2 * self._growth * dt * (wet > 0))
        return 0.0

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the mean over this and all other ranks, m."""
        areas = np.concatenate(now.places.bare_areas(now.state["wetness"]))
        volume = areas @ np.concatenate(now.state.sides("passive_layer"))
        area, volume = now.places.points.gathered(np.array([areas.sum(), volume]))
        return {"Mean Passive Layer": volume / area / METRE}


def _wet(now: Now) -> tuple[Floats, Floats, Floats]:
    outside, plus, minus = now.places.bare()
    return 1.0 * outside, now.state["wetness"] * plus, now.state["wetness"] * minus

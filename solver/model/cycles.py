"""Which way cycles take the points of the cohesive law, and how broken they are after it.

The law of cycles (`physics.fatigue`) asks for an opening l. In that of Roe and Siegmund a bonded
point does open, by delta_0 at its strength. Here it yields by what the penalty lets it, a number of
the method that must not count. So l is the gap, which has parted, plus the traction over
strength / delta_0: under its whole strength an intact point opens by delta_0, whatever the penalty
is.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.physics import cohesive, fatigue
from solver.physics.cohesive import Strength

Floats = npt.NDArray[np.floating]
LEAST = 1e-30  # of the strength: what a separated point still bears, for divisions


class Bond(NamedTuple):
    """A point in equilibrium: what it is open by (um) and bears (MPa), both effective."""

    opening: Floats
    traction: Floats


def reach(damage: Floats, strength: Strength) -> Floats:
    """Opening l at which a point of this damage bears most, um."""
    unit = fatigue.unit_of_length(strength.strength, strength.toughness)
    bears = cohesive.bearing(damage, strength)
    return strength.reach(damage) + (unit - strength.onset) * bears


def loads(old: Bond, opening: Floats, damage: Floats, strength: Strength) -> tuple[Floats, Floats]:
    """T / S at both ends of a step that began with this damage and led to an opening (um).

    It is 1 on the envelope.

    What weakens a point lets it open and unload, as the grains around it allow: between its old
    traction and its old opening. That is no cycle; the way begins where it lies nearest.
    """
    most = strength.strength * np.maximum(cohesive.bearing(damage, strength), LEAST)
    yields = fatigue.unit_of_length(strength.strength, strength.toughness) / strength.strength
    opened = old.opening + (yields - 1 / strength.penalty) * old.traction
    same = np.array([old.traction / most, opened / reach(damage, strength)])
    end = opening / strength.reach(damage)
    start = np.clip(end, same.min(axis=0), same.max(axis=0))
    return np.minimum(start, 1.0), np.minimum(end, 1.0)


def separated(
    ends: tuple[Floats, Floats],
    travelled: Floats,
    damaged: Floats,
    strength: Strength,
    law: fatigue.FatigueLaw,
) -> Floats:
    """Separation after a way between two loads T / S at this damage, by Heun's method.

    The traction is that of the path; what the point can bear falls as it is damaged.
    """
    unit = fatigue.unit_of_length(strength.strength, strength.toughness)
    before, bore = cohesive.broken_share(damaged, strength), cohesive.bearing(damaged, strength)
    slopes, now = list[Floats](), damaged
    for _ in range(2):
        most, bears = reach(now, strength), cohesive.bearing(now, strength)
        weaker = bore / np.maximum(bears, LEAST)
        start, end = (np.minimum(weaker * share, 1.0) * most for share in ends)
        slopes.append(fatigue.damage(fatigue.Path(start, end, travelled), most, unit, law))
        now = cohesive.damage_at(np.minimum(before + slopes[0], 1.0), strength)
    return np.minimum(before + 0.5 * (slopes[0] + slopes[1]), 1.0)

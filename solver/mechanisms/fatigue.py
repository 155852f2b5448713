"""Fatigue: cycles damage grain boundaries below their strength.

After Roe and Siegmund (Eng. Fract. Mech. 70, 2003), with the opening l:

    dD/dt = |dl/dt| / d_S  < T / S - C_f >  H(travel - d_0),     travel = integral of |dl/dt| dt

T is the traction, S = strength (1 - D) what the point can still bear: below the envelope, where
unloading goes to the origin, T / S is the opening over the reach. On the envelope the monotonic law
damages, not cycles. A separated or unloaded boundary is not driven. The lengths are multiples of
delta_0 = toughness / (e strength), the opening at which an exponential law of that strength and
toughness bears most: d_S = 4 of them and d_0 = 1, C_f = 0.25 are typical.

In that law a bonded point does open, by delta_0 at its strength. Here it yields by what the penalty
lets it, a number of the method that must not count. So l is the gap, which has parted, plus the
traction over strength / delta_0: under its whole strength an intact point opens by delta_0,
whatever the penalty is.
"""

import math
from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.entries import measures as q
from solver.entries.reader import Entries
from solver.mechanisms.base import Mechanism, Shown, Slow
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places, Points
from solver.physics import cohesive
from solver.physics.cohesive import Strength
from solver.units.columns import Array, Column
from solver.units.fields import StateField
from solver.units.groups import SPENT, WEAR

Floats = npt.NDArray[np.floating]
LEAST = 1e-30  # of the strength: what a separated point still bears, for divisions


class FatigueMaterial(NamedTuple):
    """Cyclic damage of a boundary; lengths as multiples of toughness / (e strength)."""

    length: float  # opening path that damages
    threshold: float  # opening path before damage begins
    endurance: float  # share of the strength below which cycles do nothing

    @classmethod
    def read(cls, entries: Entries) -> "FatigueMaterial":
        """Read the entry `fatigue`; what is wrong is noted with the entries."""
        return cls(
            length=entries.number("fatigue.length", q.CYCLIC_LENGTH),
            threshold=entries.number("fatigue.threshold", q.CYCLIC_LENGTH, zero=True),
            endurance=entries.fraction("fatigue.endurance", zero=True),
        )


class FatigueCase(Slow):
    """Cycles damage boundaries below their strength. What is not given is the material's.

    Lengths are multiples of toughness / (e strength).
    """

    in_solids: ClassVar[bool] = True
    references: ClassVar[tuple[str, ...]] = ("roe2003",)
    of_boundaries: ClassVar[Callable[[Entries], FatigueMaterial]] = FatigueMaterial.read

    length: float | None = Field(
        None, gt=0, description="Path of the opening that damages", examples=[4.0]
    )
    threshold: float | None = Field(
        None, ge=0, description="Path of the opening before damage begins", examples=[1.0]
    )
    endurance: float | None = Field(
        None,
        ge=0,
        le=1,
        description="Share of the strength below which cycles do nothing",
        examples=[0.25],
    )

    def mechanism(self, places: Places) -> "Fatigue":
        """Return the fatigue of the boundaries: as the case says, else as the material."""
        instead = self.own()
        rows = {
            state: material.entries["fatigue"]._replace(**instead)
            for state, material in places.boundaries.items()
        }
        points = places.points
        length, threshold, endurance = points.by_state(rows)
        return Fatigue(FatigueLaw(length, threshold, endurance, self.acceleration), points)


class FatigueLaw(NamedTuple):
    """How cycles damage each point; arrays (points,) or numbers.

    length, threshold: d_S and d_0 over the unit of length. endurance: C_f, share of the strength
    below which cycles do nothing. acceleration: every path counts as so many.
    """

    length: Floats
    threshold: Floats
    endurance: Floats
    acceleration: float


class Path(NamedTuple):
    """Opening l at both ends of a time step, and all travel before it, um."""

    start: Floats
    end: Floats
    travelled: Floats

    @property
    def length(self) -> Floats:
        """Way between the two ends, um."""
        return np.abs(self.end - self.start)


def unit_of_length(strength: Floats, toughness: Floats) -> Floats:
    """Opening at which an exponential law bears most, um; MPa and J/m^2."""
    return toughness / (math.e * strength)


def damage(path: Path, reach: Floats, unit: Floats, law: FatigueLaw) -> Floats:
    """Damage along a straight path at points that bear most at the opening `reach` (um).

    Exact while the reach does not change: < l / reach - C_f > integrated over l up to the reach.
    """
    ahead = (law.threshold * unit - path.travelled) / law.acceleration
    idle = np.clip(ahead, 0.0, path.length) * np.sign(path.end - path.start)
    begin = path.start + idle
    low = np.maximum(np.minimum(begin, path.end), law.endurance * reach)
    high = np.minimum(np.maximum(begin, path.end), reach)
    drive = 0.5 * (high**2 - low**2) / reach - law.endurance * (high - low)
    return law.acceleration * np.where(high > low, drive, 0.0) / (law.length * unit)


class Borne(NamedTuple):
    """A point in equilibrium: what it is open by (um) and bears (MPa), both effective."""

    opening: Floats
    traction: Floats


def reach(damage: Floats, strength: Strength) -> Floats:
    """Opening l at which a point of this damage bears most, um."""
    unit = unit_of_length(strength.strength, strength.toughness)
    bears = cohesive.bearing(damage, strength)
    return strength.reach(damage) + (unit - strength.onset) * bears


def loads(old: Borne, opening: Floats, damage: Floats, strength: Strength) -> tuple[Floats, Floats]:
    """T / S at both ends of a step that began with this damage and led to an opening (um).

    It is 1 on the envelope.

    What weakens a point lets it open and unload, as the grains around it allow: between its old
    traction and its old opening. That is no cycle; the way begins where it lies nearest.
    """
    most = strength.strength * np.maximum(cohesive.bearing(damage, strength), LEAST)
    yields = unit_of_length(strength.strength, strength.toughness) / strength.strength
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
    law: FatigueLaw,
) -> Floats:
    """Separation after a way between two loads T / S at this damage, by Heun's method.

    The traction is that of the path; what the point can bear falls as it is damaged.
    """
    unit = unit_of_length(strength.strength, strength.toughness)
    before, bore = cohesive.broken_share(damaged, strength), cohesive.bearing(damaged, strength)
    slopes, now = list[Floats](), damaged
    for _ in range(2):
        most, bears = reach(now, strength), cohesive.bearing(now, strength)
        weaker = bore / np.maximum(bears, LEAST)
        start, end = (np.minimum(weaker * share, 1.0) * most for share in ends)
        slopes.append(damage(Path(start, end, travelled), most, unit, law))
        now = cohesive.damage_at(np.minimum(before + slopes[0], 1.0), strength)
    return np.minimum(before + 0.5 * (slopes[0] + slopes[1]), 1.0)


class Fatigue(Mechanism):
    """Damages the boundary points by the loads and unloads of each step."""

    name = "fatigue"
    columns = (
        Column("Mean Fatigue", "1", WEAR, "Mean damage of the boundaries that is due to cycles."),
    )
    shown = (
        Shown(Array("fatigue", "1", "boundaries", "Damage that is due to cycles."), "fatigue"),
    )
    energy = Column(
        "Fatigue Energy", "J", SPENT, "Taken from bonds that cycles have weakened.", True
    )
    fields: ClassVar[Mapping[str, StateField]] = {
        "pull": StateField("point", "MPa", "effective traction of the bond in equilibrium"),
        "travel": StateField(
            "point", "um", "opening and closing since the beginning", lower=0.0, slow=True
        ),
        "fatigue": StateField(
            "point", "1", "damage due to cycles", lower=0.0, upper=1.0, slow=True
        ),
    }

    def __init__(self, law: FatigueLaw, points: Points) -> None:
        """points: of the boundaries."""
        self.law, self._points = law, points

    def begin(self, now: Now) -> None:
        """Remember what the bonds bear in the equilibrium that the run begins with."""
        now.state["pull"][:] = self._borne(now)

    def advance(self, now: Now, dt: float) -> float:
        """Damage by the loads and unloads since the accepted step before.

        The damage follows, unless the step's own opening has damaged more (Roe and Siegmund).
        """
        strength, state, old = now.strength, now.state, now.old
        jumps = [now.bonded_opening(moment) for moment in (old, state)]
        start, end = (
            cohesive.effective_opening(jump, self._points.normal, strength) for jump in jumps
        )
        mixed, before = cohesive.in_mix(jumps[1], self._points.normal, old["damage"], strength)
        ends = loads(Borne(start, old["pull"]), end, before, mixed)
        parted = separated(ends, state["travel"], before, mixed, self.law)
        way = reach(before, mixed) * np.abs(ends[1] - ends[0])
        state["travel"] += self.law.acceleration * way
        state["pull"][:] = self._borne(now)
        damage = state["damage"]
        reached = cohesive.same_loss(cohesive.damage_at(parted, mixed), mixed, strength)
        worse = (parted > cohesive.broken_share(before, mixed)) & (reached > damage)
        broken = cohesive.broken_share(damage, strength)
        damage[worse] = reached[worse]
        state["fatigue"] += cohesive.broken_share(damage, strength) - broken
        return 0.0

    def observe(self, now: Now) -> Mapping[str, float]:
        """Return the mean fatigue."""
        return {"Mean Fatigue": self._points.mean(now.state["fatigue"])}

    def _borne(self, now: Now) -> Floats:
        """Effective traction of the bonds in an equilibrium, MPa."""
        strength = now.strength
        opening = now.bonded_opening(now.state)
        left = cohesive.remaining_stiffness(strength.reach(now.state["damage"]), strength)
        effective = cohesive.effective_opening(opening, self._points.normal, strength)
        return strength.penalty * left * effective

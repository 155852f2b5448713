"""What the resolved rounds of a repeat tell of how fast everything slow goes, and how surely."""

from math import isfinite
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.drive.leap import Leap, Seen
from solver.protocol.base import Round
from solver.solve.extrapolation import (
    Extrapolation,
    Limits,
    ResolvedCycle,
    cycles_within,
    size_of,
)
from solver.units.memory import Memory, values_of

Floats = npt.NDArray[np.floating]
KEPT = 4  # rounds
SUMS = Limits(0.0)


class Told(NamedTuple):
    """A round that was resolved: its number, what was there at its end, and what grew in it."""

    number: int
    end: Seen
    growth: Seen


class SlowCourse:
    """Looks at a body behind every round. All methods are collective.

    settled: rounds that were resolved since the body was last disturbed: begun with, carried over
    others, or checked. The first of these tells nothing.
    """

    def __init__(self, leap: Leap) -> None:
        self._leap, self._repeat = leap, list[int | str]()
        self.settled = 0
        self.last: Seen | None = None
        self.past = list[Told]()

    def look(self, now: Round) -> None:
        """Take note of the body behind a round; a check after it is a disturbance."""
        if list(now.repeat) != self._repeat:
            self._repeat, self.settled, self.last, self.past = list(now.repeat), 0, None, []
        last, self.last = self.last, self._leap.seen()
        if last is not None and self.settled and not now.check:
            told = Told(now.number, self.last, self.last.since(last))
            self.past = [*self.past, told][-KEPT:]
        self.settled = 0 if now.check else self.settled + 1

    def save(self) -> Memory:
        """Return all that it has seen."""
        kept = self._leap.memory_of
        past = [
            {"number": told.number, "end": kept(told.end), "growth": kept(told.growth)}
            for told in self.past
        ]
        last = self.last and kept(self.last)
        return {"repeat": self._repeat, "settled": self.settled, "last": last, "past": past}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        self._repeat, self.settled = list(memory["repeat"]), memory["settled"]
        self.last = memory["last"] and Seen(**values_of(memory["last"]))
        self.past = [
            Told(told["number"], *(Seen(**values_of(told[which])) for which in ("end", "growth")))
            for told in memory["past"]
        ]

    def carried(self) -> None:
        """Take note of the body after rounds that were not resolved."""
        self.last, self.settled = self._leap.seen(), 0

    def damage(self) -> float:
        """Return the mean damage of the boundaries at present."""
        return self._leap.mean("damage", self._leap.seen().fields["damage"])

    def breaking(self) -> float:
        """Return by how much it grew in the last round that tells."""
        return self._leap.mean("damage", self.past[-1].growth.fields["damage"])

    def rounds_within(self, tolerance: float) -> float:
        """Return how many rounds ahead the means of all slow fields are known, to that share."""
        return min(self._within(tolerance, name) for name in self._leap.limits)

    def growth(self, rounds: int) -> Seen:
        """Return by how much everything will have grown so many rounds ahead.

        The books of energy go on as in the last round, so that they close as in that.
        """
        last = self.past[-1].growth
        return Seen(
            {name: self._ahead(name).growth(rounds) for name in self._leap.limits},
            Extrapolation(
                [ResolvedCycle(t.number, t.end.sums, t.growth.sums) for t in self.past], SUMS
            ).growth(rounds),
            {name: amount * rounds for name, amount in last.mechanical.items()},
            {name: amount * rounds for name, amount in last.electrical.items()},
        )

    def _ahead(self, name: str) -> Extrapolation:
        past = [
            ResolvedCycle(t.number, t.end.fields[name], t.growth.fields[name]) for t in self.past
        ]
        return Extrapolation(past, self._leap.limits[name])

    def _within(self, tolerance: float, name: str) -> float:
        limits, values = self._leap.limits[name], self.past[-1].end.fields[name]
        above = values - limits.lower if isfinite(limits.lower) else np.abs(values)
        size = size_of(self._leap.mean(name, above), limits)
        return cycles_within(tolerance, self._leap.mean(name, self._ahead(name).drift), size)

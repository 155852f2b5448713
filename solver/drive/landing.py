"""Ends a time step just where an end of the protocol is met."""

from collections.abc import Callable
from typing import NamedTuple

from solver.protocol.phases import Gap
from solver.solve.staggered import StepWork

TRIALS = 10
SHORTEST = 1e-7  # s, within which nothing is looked for


class Trial(NamedTuple):
    """A time step that was solved: its length (s), its work, and how far past an end it is."""

    dt: float
    work: StepWork
    gap: Gap


class Landing(NamedTuple):
    """The step that is taken, the length (s) of the next if that matters, whether it jumped at 0.

    at_once: however short the step, it is past the end.
    """

    step: Trial
    following: float | None = None
    at_once: bool = False


class Bracket(NamedTuple):
    """Lengths of a step before and past an end (s), and by how much in units of its precision."""

    low: float
    high: float
    lacking: float
    excess: float


def land(
    attempt: Callable[[float], Trial],
    dt: float,
    excess: float,
    lacking: float | None,
    shortest: float,
) -> Landing:
    """Return the step that ends where one of length dt was past an end by `excess`. Collective.

    attempt: solves a step of some length; the last one it solves is the one that is returned.
    lacking: excess at zero, below zero; None if it is not known. shortest: that a step may be, s.

    Where the excess jumps (a boundary snaps), the step ends before the jump and the next one is
    short enough to resolve it: boundaries have a relaxation time. It jumps at zero where something
    was done between the steps (sites that dissolved). The step is the shortest then, for in a much
    shorter one what changes by rounding would do so at any rate.
    """
    high = dt
    while True:
        known = -excess if lacking is None else lacking
        bracket, met = _narrowed(attempt, Bracket(0.0, high, known, excess))
        high, excess = bracket.high, bracket.excess
        if met is not None:
            return Landing(met)
        if bracket.low > 0.0:
            return Landing(attempt(bracket.low), following=(high - bracket.low) / 2)
        if high <= SHORTEST:
            return Landing(attempt(min(shortest, dt)), at_once=True)


def _narrowed(attempt: Callable[[float], Trial], bracket: Bracket) -> tuple[Bracket, Trial | None]:
    """Narrow a bracket by some trials (Illinois method), until one of them is at the end."""
    low, high, lacking, excess = bracket
    side = 0
    for _ in range(TRIALS):
        trial = attempt(high - excess * (high - low) / (excess - lacking))
        now = trial.gap.excess
        if abs(now) <= 1.0:
            return bracket, trial
        if now > 0:
            high, excess = trial.dt, now
            lacking, side = (lacking / 2 if side > 0 else lacking), 1
        else:
            low, lacking = trial.dt, now
            excess, side = (excess / 2 if side < 0 else excess), -1
    return Bracket(low, high, lacking, excess), None

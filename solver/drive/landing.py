"""Ends a time step just where an end of the protocol is met."""

from collections.abc import Callable
from typing import NamedTuple

from solver.protocol.phases import Gap
from solver.solve.staggered import StepWork

TRIALS = 10
SHORTEST = 1e-7  # s, within which nothing is looked for
NARROWEST = 1e-9  # of a bracket: how near its ends a trial may be


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


class Tried(NamedTuple):
    """A length (s) that was tried, and how far past the end the step was."""

    dt: float
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
        low, (high, excess), met = _narrowed(attempt, Tried(0.0, known), Tried(high, excess))
        if met is not None:
            return Landing(met)
        if low.dt > 0.0:
            return Landing(attempt(low.dt), following=(high - low.dt) / 2)
        if high <= SHORTEST:
            return Landing(attempt(min(shortest, dt)), at_once=True)


def _narrowed(
    attempt: Callable[[float], Trial], low: Tried, high: Tried
) -> tuple[Tried, Tried, Trial | None]:
    """Narrow a bracket by some trials, until one of them is at the end: that is the third.

    By a parabola through three of them where that can be trusted, else by halves (Chandrupatla,
    Advances in Engineering Software 28, 1997, 145): far past its end a voltage may be absurd.
    """
    newest, other = high, low
    share = high.excess / (high.excess - low.excess)
    for _ in range(TRIALS):
        trial = attempt(newest.dt + share * (other.dt - newest.dt))
        if abs(trial.gap.excess) <= 1.0:
            return low, high, trial
        here = Tried(trial.dt, trial.gap.excess)
        if (here.excess > 0) == (newest.excess > 0):
            left = newest
        else:
            left, other = other, newest
        newest = here
        share = _share(newest, other, left)
    low, high = sorted((newest, other))
    return low, high, None


def _share(newest: Tried, other: Tried, left: Tried) -> float:
    """Way from the newest trial to that on the other side of the end: where to try next.

    left: the trial that is no longer an end of the bracket.
    """
    place = (newest.dt - other.dt) / (left.dt - other.dt)
    height = (newest.excess - other.excess) / (left.excess - other.excess)
    if not (height**2 < place and (1.0 - height) ** 2 < 1.0 - place):
        return 0.5
    a, b, c = newest.excess, other.excess, left.excess
    share = a / (b - a) * c / (b - c)
    share += (left.dt - newest.dt) / (other.dt - newest.dt) * a / (c - a) * b / (c - b)
    return min(max(share, NARROWEST), 1.0 - NARROWEST)

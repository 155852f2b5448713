"""Slow values some cycles ahead, point by point, from what they did in cycles that were resolved.

A law says how a value y goes on that grew by r in its last cycle, over d more of them:

    still       0                                    what broke at once stays as it is
    steady      r d
    root        sqrt(y^2 + d (y^2 - (y - r)^2)) - y  y^2 grows evenly, as a film by diffusion does
    decaying    u (1 - (u / (u + r))^d)              of u = upper - y each cycle takes a share
    power       r sum_k ((n + k) / n)^p  for k = 1 to d, n: the number of the cycle

y counts from the lower limit; laws that need a limit are not asked where there is none. The power
p is that by which the growth changed between the last two cycles, from -2 to 1: it may fade or
rise, and never turns. Each point takes the law that would have predicted best how much it grew in
the last cycles, across jumps too; of those that are nearly as good, the first. What the law taken
missed, over the cycles by which it looked ahead, is the drift e of the growth: over d cycles the
value comes out wrong by e d^2 / 2. What comes at once in a single cycle, as a crack does or a
first film, drifts nowhere.
"""

from collections.abc import Callable, Sequence
from math import inf, isfinite, log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
NEARLY = 1.1  # times the least error: a simpler law is then as good
TESTED = 2  # of the last cycles that the laws are held against
AT_ONCE = 0.1  # of the range between two limits, that a value takes in one cycle
MOST_OF_IT = 0.5  # of a value without an upper limit, that came in one cycle
LEAST_SHARE = 0.1  # of the range between two limits: beside less than that nothing is measured
POWERS = -2.0, 1.0  # least and greatest of the number of the cycle that a growth goes with
LEAST = 1e-300  # for divisions


class Limits(NamedTuple):
    """What a value cannot leave. passes_on: what is beyond the upper one goes to other points."""

    lower: float = -inf
    upper: float = inf
    passes_on: bool = False


class ResolvedCycle(NamedTuple):
    """A cycle that was resolved: its number, the values at its end, and their growth in it."""

    number: int
    value: Floats
    growth: Floats


Past = Sequence[ResolvedCycle]
Law = Callable[[Past, float, Limits], Floats]


def still(past: Past, ahead: float, limits: Limits) -> Floats:
    """Return no growth."""
    return np.zeros_like(past[-1].value)


def steady(past: Past, ahead: float, limits: Limits) -> Floats:
    """Return the growth over some cycles if it stays what it was in the last one."""
    return past[-1].growth * ahead


def root(past: Past, ahead: float, limits: Limits) -> Floats:
    """Return the growth if the square of the value grows evenly."""
    y, r = past[-1].value - limits.lower, past[-1].growth
    return np.sqrt(np.maximum(y**2 + ahead * r * (2 * y - r), 0.0)) - y


def decaying(past: Past, ahead: float, limits: Limits) -> Floats:
    """Return the growth if each cycle takes the same share of what is left to the upper limit."""
    left = np.maximum(limits.upper - past[-1].value, 0.0)
    r = np.maximum(past[-1].growth, 0.0)
    kept = left / np.maximum(left + r, LEAST)
    return left * (1.0 - kept**ahead)


def power(past: Past, ahead: float, limits: Limits) -> Floats:
    """Return the growth if it goes with a power of the number of the cycle, as it did lately.

    The sum over the cycles is taken for the integral from half a cycle to half a cycle.
    """
    now, before = past[-1], past[-2]
    alike = now.growth * before.growth > 0
    ratio = np.where(alike, now.growth, 1.0) / np.where(alike, before.growth, 1.0)
    p = np.clip(np.log(ratio) / log(now.number / before.number), *POWERS)
    first, q = now.number + 0.5, p + 1
    span = log((first + ahead) / first)
    whole = np.where(q == 0, span, np.expm1(q * span) / np.where(q == 0, 1.0, q))
    return now.growth * first**q / now.number**p * whole


def laws_within(limits: Limits, cycles: int) -> tuple[Law, ...]:
    """Return the laws for values of these limits, after so many cycles; the simplest first."""
    laws: list[Law] = [still, steady]
    laws += [root] if isfinite(limits.lower) else []
    laws += [decaying] if isfinite(limits.upper) and not limits.passes_on else []
    return (*laws, power) if cycles > 1 else tuple(laws)


class Extrapolation:
    """Values at hand for any number of cycles ahead.

    law: which one each point has taken. drift: by how much the growth of each goes off it in every
    cycle ahead.
    """

    def __init__(self, past: Past, limits: Limits) -> None:
        """past: cycles of rising number, at least two. limits: of the values."""
        self._past, self._limits = past, limits
        tests = range(max(2 if len(past) > 2 else 1, len(past) - TESTED), len(past))
        self._laws = laws_within(limits, tests.start)
        missed = np.array([[_missed(law, past, limits, k) for k in tests] for law in self._laws])
        off = np.abs(missed).sum(axis=1)
        self.law = np.argmax(off <= NEARLY * off.min(axis=0), axis=0)
        looked = sum(past[k].number - past[k - 1].number for k in tests)
        slowly = np.array([~_at_once(past[k], limits) for k in tests])
        self.drift = self._of_law((missed * slowly).sum(axis=1)) / looked

    def growth(self, ahead: float) -> Floats:
        """Return the growth of every point over so many cycles, within the limits.

        Growth beyond an upper limit is kept where it is passed on.
        """
        value, limits = self._past[-1].value, self._limits
        every = np.array([law(self._past, ahead, limits) for law in self._laws])
        most = inf if limits.passes_on else limits.upper
        return np.clip(value + self._of_law(every), limits.lower, most) - value

    def _of_law(self, every: Floats) -> Floats:
        """Of values by every law (laws, points) those by the law that each point has taken."""
        return np.asarray(np.take_along_axis(every, self.law[None], axis=0)[0])

    def names(self) -> list[str]:
        """Return the name of the law that each point has taken."""
        return [self._laws[k].__name__ for k in self.law]


def _missed(law: Law, past: Past, limits: Limits, k: int) -> Floats:
    """What a law would have missed of the growth in cycle k, from what there was before it."""
    ahead = past[k].number - past[k - 1].number
    before = past[:k]
    predicted = law(before, ahead, limits) - law(before, ahead - 1, limits)
    return past[k].growth - predicted


def _at_once(cycle: ResolvedCycle, limits: Limits) -> npt.NDArray[np.bool_]:
    """Whether each value came in one cycle."""
    if isfinite(limits.upper - limits.lower):
        return np.abs(cycle.growth) > AT_ONCE * (limits.upper - limits.lower)
    above = cycle.value - limits.lower if isfinite(limits.lower) else np.abs(cycle.value)
    return np.abs(cycle.growth) > MOST_OF_IT * above


def size_of(mean: float, limits: Limits) -> float:
    """Return what errors of a field are measured by. mean: of its values above the lower limit."""
    if not (isfinite(limits.upper) and isfinite(limits.lower)):
        return mean
    return max(mean, LEAST_SHARE * (limits.upper - limits.lower))


def cycles_within(tolerance: float, drift: float, size: float) -> float:
    """Return how many cycles ahead a value is wrong by `tolerance` times its size."""
    return float(np.sqrt(2 * tolerance * size / abs(drift))) if drift else inf

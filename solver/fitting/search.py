"""Least squares in a unit cube whose residuals are dear: scipy's trust region, Jacobian in a batch.

Steps and trials that fail are survived where that is possible: a trial makes the region smaller, a
step of the Jacobian is taken the other way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares

from solver.fitting.places import Floats

ENOUGH = 1e-2  # of the cost: residuals are far below their precision
LESS, NEAR = 1e-3, 1e-4  # change of the cost over it, of the places: the search ends
START, TRIAL, STEP, PROFILE = "start", "trial", "step", "profile"
Evaluate = Callable[[Sequence[Floats], str], Sequence[Floats | None]]


class SearchError(Exception):
    """A search that cannot begin or go on, and why."""


class OutOfRunsError(Exception):
    """No more places may be evaluated."""


class Searched(NamedTuple):
    """Where a search ended: places (unknowns,), residuals (n,) and Jacobian (n, unknowns) there.

    exact: whether the Jacobian is that of these places, or else of an earlier ones. why: it ended.
    converged: whether it ended as it should.
    """

    places: Floats
    residuals: Floats
    jacobian: Floats | None
    exact: bool
    why: str
    converged: bool

    @property
    def cost(self) -> float:
        """Half of the sum of squares."""
        return float(0.5 * self.residuals @ self.residuals)


class _EnoughError(Exception):
    """The residuals cannot be told from nothing."""


class _Search:
    """Evaluations of a search, each once, and the best of them."""

    def __init__(self, evaluate: Evaluate, step: float, kind: str) -> None:
        self._evaluate, self._step, self._kind = evaluate, step, kind
        self._known: dict[bytes, Floats | None] = {}
        self.best: tuple[Floats, Floats] | None = None
        self.jacobian: tuple[Floats, Floats] | None = None  # places, matrix

    def residuals(self, places: Floats) -> Floats:
        """Return the residuals; inf where there are none, from which scipy goes back."""
        found = self._of([places], self._kind or (TRIAL if self.best else START))[0]
        if found is None:
            if self.best is None:
                raise SearchError("the first run gives nothing to compare")
            return np.full(len(self.best[1]), np.inf)
        if self.best is None or found @ found < self.best[1] @ self.best[1]:
            self.best = places.copy(), found
        if 0.5 * found @ found < ENOUGH:
            raise _EnoughError
        return found

    def slopes(self, places: Floats) -> Floats:
        """Return dr/dx by differences to one side, all in one batch, (n, unknowns)."""
        (base,) = self._of([places], self._kind or TRIAL)
        assert base is not None
        ways = np.where(places + self._step <= 1.0, self._step, -self._step)
        moved = [places + way * unit for way, unit in zip(ways, np.eye(len(places)), strict=True)]
        found = list(self._of(moved, self._kind or STEP))
        for number, each in enumerate(found):
            if each is None:
                ways[number] *= -1
                found[number] = self._other_way(places, number, ways[number])
        columns = [(each - base) / way for each, way in zip(found, ways, strict=True)]  # type: ignore[operator]
        self.jacobian = places.copy(), np.column_stack(columns)
        return self.jacobian[1]

    def _other_way(self, places: Floats, number: int, way: float) -> Floats:
        moved = places.copy()
        moved[number] += way
        found = self._of([moved], self._kind or STEP)[0] if 0 <= moved[number] <= 1 else None
        if found is None:
            raise SearchError(f"runs beside the best one give nothing: parameter {number + 1}")
        return found

    def _of(self, every: Sequence[Floats], why: str) -> list[Floats | None]:
        missing = [each for each in every if each.tobytes() not in self._known]
        if missing:
            for place, found in zip(missing, self._evaluate(missing, why), strict=True):
                self._known[place.tobytes()] = found
        return [self._known[each.tobytes()] for each in every]


def search(evaluate: Evaluate, starts: Floats, step: float, kind: str = "") -> Searched:
    """Return where half the sum of squares of residuals is least, from places (unknowns,).

    evaluate: residuals (n,) at several places, None where there are none; may raise OutOfRunsError.
    step: of the differences. kind: what evaluations are called, default by what they are for; then
    a Jacobian of the last place is added if there is none.
    Raises SearchError.
    """
    known = _Search(evaluate, step, kind)
    why, converged = "", True
    try:
        found = least_squares(
            known.residuals, np.clip(starts, 1e-6, 1 - 1e-6), known.slopes, (0.0, 1.0),
            ftol=LESS, xtol=NEAR, gtol=None, max_nfev=10_000,
        )  # fmt: skip
        why = "the sum of squares falls no further" if found.status != 3 else "steps have shrunk"
    except _EnoughError:
        why = "computed and measured agree far better than the precision"
    except OutOfRunsError:
        why, converged = "no more runs are allowed (max_runs)", False
    if known.best is None:
        raise SearchError("no run was allowed (max_runs)")
    places, residuals = known.best
    if not kind and (known.jacobian is None or not np.array_equal(known.jacobian[0], places)):
        with suppress(OutOfRunsError):  # then the one of earlier places stands
            known.slopes(places)
    jacobian = None if known.jacobian is None else known.jacobian[1]
    exact = known.jacobian is not None and np.array_equal(known.jacobian[0], places)
    return Searched(places, residuals, jacobian, exact, why, converged)

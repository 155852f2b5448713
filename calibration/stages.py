"""Stages of a fit: what is unknown, which published points it is held against, what came of it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from calibration.evaluations import CASES, EvaluationError, Found, Log, Wanted
from calibration.fit import Evaluation, Fit, Floats, Unknown, fitted, overrides, slopes
from intergrain import Case

TOLERANCE = 0.003  # of a retention that is met


class Stage(NamedTuple):
    """A fit: what is unknown, what it is held against, what earlier fits have fixed."""

    name: str
    unknowns: tuple[Unknown, ...]
    cases: tuple[str, ...]
    fixed: tuple[str, ...] = ()


class Fitted(NamedTuple):
    """A stage that was carried out: values as of --set, with each case what was met."""

    stage: Stage
    values: tuple[str, ...]
    retentions: tuple[float, ...]
    measured: tuple[float, ...]
    converged: bool

    @property
    def overrides(self) -> tuple[str, ...]:
        """What its runs were told, with what earlier fits have fixed, as of --set."""
        return (*self.stage.fixed, *self.values)


def measured(case: str) -> float:
    """Return the retention that was published, after the last round of the case; nan without."""
    loaded = Case.load(CASES / case)
    if loaded.measured is None:
        return float("nan")
    rounds = max(step.round.of for step in loaded.steps() if step.round is not None)
    return next(float(p.share) for p in loaded.measured.retention if p.round == rounds)


def fit_of(stage: Stage, log: Log, tolerance: float = TOLERANCE) -> Fitted:
    """Carry out a fit. Raises EvaluationError."""
    wanted = np.array([measured(case) for case in stage.cases])

    def evaluate(y: Floats) -> Evaluation:
        said = (*stage.fixed, *overrides(stage.unknowns, y))
        found = log.found([Wanted(case, said) for case in stage.cases])
        kept = np.array([each.retention for each in found])
        by_cause = np.array([slopes(stage.unknowns, each.lost()) for each in found])
        if not np.isfinite(by_cause).all():
            raise EvaluationError(f"{', '.join(stage.cases)}: no losses by cause to set out from")
        return kept - wanted, by_cause

    fit: Fit = fitted(evaluate, len(stage.unknowns), tolerance)
    return Fitted(
        stage,
        overrides(stage.unknowns, fit.y),
        tuple(float(kept) for kept in fit.miss + wanted),
        tuple(float(share) for share in wanted),
        fit.converged,
    )


Predicted = dict[str, tuple[float, list[Found]]]


def predictions(log: Log, runs: Mapping[str, Sequence[Wanted]]) -> Predicted:
    """Return what was measured and what each run gives, by case. Raises EvaluationError."""
    log.found([wanted for some in runs.values() for wanted in some])  # all at a time
    return {case: (measured(case), log.found(some)) for case, some in runs.items()}


def told(fits: Sequence[Fitted]) -> list[dict[str, Any]]:
    """Return the fits as plain values."""
    return [
        {
            "fit": fit.stage.name,
            "converged": fit.converged,
            "values": list(fit.values),
            "cases": dict(zip(fit.stage.cases, fit.retentions, strict=True)),
            "measured": dict(zip(fit.stage.cases, fit.measured, strict=True)),
        }
        for fit in fits
    ]

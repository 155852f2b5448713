"""What is fitted to which published point, in which order, and what is predicted then.

At 25 degC the retentions of pristine and infused particles differ by what open boundaries do; so
both together fix the rate of what follows the wet area (rock salt) and of what does not (ageing of
the oxide). At 60 degC the retention of pristine particles fixes one activation energy, that of the
ageing; that of rock salt stays as in the material. If no energy of the ageing meets that point, the
miss is told, and both energies are fitted to both points at 60 degC, beside it. All else is
predicted with what the first two fits gave.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from calibration.evaluations import CASES, Found, Log, Wanted
from calibration.fit import Energy, Fit, Floats, Rate, Unknown, fitted, overrides
from intergrain import Case

PARTICLES = ("pristine", "as_coated", "infused")
COLD, WARM = 298.15, 333.15  # K
TOLERANCE = 0.003  # of a retention that is met
PARABOLIC = 2.0  # power of the rate of what grows with its root


class Guess(NamedTuple):
    """What the material says: rates at 25 degC with their units, energies in kJ/mol."""

    rock_salt: tuple[float, str]
    rock_salt_energy: float
    ageing: tuple[float, str]
    ageing_energy: float


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


def case_of(particle: str, celsius: int) -> str:
    """Return the path of a case in `cases/`."""
    return f"yan2018/{particle}_{celsius}C.yaml"


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

    def misses(places: list[Floats]) -> list[Floats]:
        runs = [
            Wanted(case, (*stage.fixed, *overrides(stage.unknowns, y)))
            for y in places
            for case in stage.cases
        ]
        kept = np.array([found.retention for found in log.found(runs)])
        return list(kept.reshape(len(places), -1) - wanted)

    fit: Fit = fitted(misses, len(stage.unknowns), tolerance)
    return Fitted(
        stage,
        overrides(stage.unknowns, fit.y),
        tuple(float(kept) for kept in fit.miss + wanted),
        tuple(float(share) for share in wanted),
        fit.converged,
    )


def calibrated(log: Log, guess: Guess, tolerance: float = TOLERANCE) -> list[Fitted]:
    """Return the fits carried out: rates, one energy, and both where that is not enough."""
    rates = fit_of(_rates(guess), log, tolerance)
    energy = fit_of(_energy(guess, rates.values), log, tolerance)
    if energy.converged:
        return [rates, energy]
    return [rates, energy, fit_of(_both_energies(guess, rates.values), log, tolerance)]


def predicted(
    log: Log, values: Sequence[str], seeds: Sequence[int]
) -> dict[str, tuple[float, list[Found]]]:
    """Return what was measured and what each seed gives, by case."""
    cases = [case_of(particle, celsius) for celsius in (25, 60) for particle in PARTICLES]
    runs = {
        case: [Wanted(case, (*values, *_seeded(case, seed))) for seed in seeds] for case in cases
    }
    log.found([wanted for some in runs.values() for wanted in some])  # all at a time
    return {case: (measured(case), log.found(some)) for case, some in runs.items()}


def _seeded(case: str, seed: int) -> tuple[str, ...]:
    """Another particle; none where the case has that seed anyway, so that fits count."""
    return () if Case.load(CASES / case).particle.seed == seed else (f"particle.seed={seed}",)


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


def _rates(guess: Guess) -> Stage:
    unknowns = (
        Rate("physics.rock_salt.rate", *guess.rock_salt, PARABOLIC),
        Rate("physics.oxide_ageing.rate", *guess.ageing),
    )
    return Stage("rates at 25 °C", unknowns, (case_of("pristine", 25), case_of("infused", 25)))


def _energy(guess: Guess, rates: tuple[str, ...]) -> Stage:
    ageing = Energy("physics.oxide_ageing.activation_energy", guess.ageing_energy, COLD, WARM)
    return Stage("energy of the ageing", (ageing,), (case_of("pristine", 60),), rates)


def _both_energies(guess: Guess, rates: tuple[str, ...]) -> Stage:
    key = "physics.rock_salt.activation_energy"
    salt = Energy(key, guess.rock_salt_energy, COLD, WARM, PARABOLIC)
    ageing = _energy(guess, rates).unknowns[0]
    cases = (case_of("pristine", 60), case_of("infused", 60))
    return Stage("both energies", (salt, ageing), cases, rates)

"""What is fitted to which published point, in which order, and what is predicted then.

At 25 degC the retentions of pristine and infused particles differ by what open boundaries do; so
both together fix the speed of what follows the wet area (dissolution; rock salt is as thick as in
images, by the rate of the material) and of what does not (ageing of the oxide). At 60 degC the
retention of pristine particles fixes one activation energy, that of dissolution, which takes most
there; all others stay as in the material. If no such energy meets that point, or what it foretells
of infused particles at 60 degC is not what was measured, the miss is told, and beside it the
energies of ageing and dissolution are fitted to both points at 60 degC. All else is predicted with
the rates and the last of these fits. What the usual energy of side reactions gives is shown beside
it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from calibration.evaluations import CASES, Log, Wanted
from calibration.fit import Energy, Rate, overrides
from calibration.stages import TOLERANCE, Fitted, Stage, fit_of, measured
from intergrain import Case
from solver.units.measures import CELSIUS as ZERO_CELSIUS

PARTICLES = ("pristine", "as_coated", "infused")
CELSIUS = (25, 60)
COLD, WARM = (ZERO_CELSIUS + celsius for celsius in CELSIUS)  # K
PREDICTED = 0.05  # miss of a retention that counts as foretold


class Guess(NamedTuple):
    """What materials say: rates at 25 degC with their units, energies in kJ/mol.

    usual_energy: of side reactions, that of dissolution before anything was fitted.
    """

    dissolution: tuple[float, str]
    dissolution_energy: float
    ageing: tuple[float, str]
    ageing_energy: float
    usual_energy: float


def case_of(particle: str, celsius: int) -> str:
    """Return the path of a case in `cases/`."""
    return f"yan2018/{particle}_{celsius}C.yaml"


WARM_CASES = case_of("pristine", 60), case_of("infused", 60)


def calibrated(log: Log, guess: Guess, tolerance: float = TOLERANCE) -> list[Fitted]:
    """Return the fits carried out: rates, one energy, and both where that is not enough."""
    rates = fit_of(_rates(guess), log, tolerance)
    energy = fit_of(_energy(guess, rates.values), log, tolerance)
    if energy.converged and _foretells(log, energy):
        return [rates, energy]
    return [rates, energy, fit_of(_both_energies(guess, rates.values), log, tolerance)]


def runs_of(fits: Sequence[Fitted], seeds: Sequence[int]) -> dict[str, list[Wanted]]:
    """Return the runs that predict every case, of all seeds, with the rates and the last fit."""
    told = zip(CELSIUS, (fits[0].overrides, fits[-1].overrides), strict=True)
    cases = {case_of(name, celsius): values for celsius, values in told for name in PARTICLES}
    return {
        case: [Wanted(case, (*values, *_seeded(case, seed))) for seed in seeds]
        for case, values in cases.items()
    }


def unfitted(fits: Sequence[Fitted], guess: Guess) -> dict[str, list[Wanted]]:
    """Return the runs at 60 degC in which no energy is fitted: that of dissolution as usual."""
    energies = _energies(guess._replace(dissolution_energy=guess.usual_energy))
    values = (*fits[0].values, *overrides(energies, np.ones(2)))
    return {case: [Wanted(case, values)] for case in WARM_CASES}


def _foretells(log: Log, energy: Fitted) -> bool:
    """Whether infused particles at 60 degC are as measured, with what pristine ones asked for."""
    case = case_of("infused", 60)
    (found,) = log.found([Wanted(case, energy.overrides)])
    return abs(found.retention - measured(case)) <= PREDICTED


def _seeded(case: str, seed: int) -> tuple[str, ...]:
    """Another particle; none where the case has that seed anyway, so that fits count."""
    return () if Case.load(CASES / case).particle.seed == seed else (f"particle.seed={seed}",)


def _rates(guess: Guess) -> Stage:
    on_wet_area = Rate("physics.dissolution.rate", *guess.dissolution, "dissolved")
    everywhere = Rate("physics.oxide_ageing.rate", *guess.ageing, "aged")
    cases = case_of("pristine", 25), case_of("infused", 25)
    return Stage("rates at 25 °C", (on_wet_area, everywhere), cases)


def _energy(guess: Guess, rates: tuple[str, ...]) -> Stage:
    everywhere, on_wet_area = _energies(guess)
    fixed = (*rates, everywhere.override(1.0))
    return Stage("energy of dissolution", (on_wet_area,), WARM_CASES[:1], fixed)


def _both_energies(guess: Guess, rates: tuple[str, ...]) -> Stage:
    return Stage("energies of ageing and dissolution", _energies(guess), WARM_CASES, rates)


def _energies(guess: Guess) -> tuple[Energy, Energy]:
    """Of what does not follow the wet area, and of what does."""

    def energy(law: str, start: float, cause: str) -> Energy:
        return Energy(f"physics.{law}.activation_energy", start, COLD, WARM, cause)

    return (
        energy("oxide_ageing", guess.ageing_energy, "aged"),
        energy("dissolution", guess.dissolution_energy, "dissolved"),
    )

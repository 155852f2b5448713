"""What is fitted to which published point, in which order, and what is predicted then.

At 25 degC the retentions of pristine and infused particles differ by what open boundaries do; so
both together fix the speed of what follows the wet area (dissolution; rock salt is as thick as in
images, by the rate of the material) and of what does not (ageing of the oxide). At 60 degC the
retention of pristine particles fixes one activation energy, that of the ageing; those of rock salt
and dissolution stay as in the material. If no energy of the ageing meets that point, or what it
foretells of infused particles at 60 degC is not what was measured, the miss is told, and beside it
the energies of ageing and dissolution are fitted to both points at 60 degC. All else is predicted
with the rates and the last of these fits.
"""

from collections.abc import Sequence
from typing import NamedTuple

from calibration.evaluations import CASES, Log, Wanted
from calibration.fit import Energy, Rate
from calibration.stages import TOLERANCE, Fitted, Stage, fit_of, measured
from intergrain import Case

PARTICLES = ("pristine", "as_coated", "infused")
CELSIUS = (25, 60)
COLD, WARM = 298.15, 333.15  # K
PREDICTED = 0.05  # miss of a retention that counts as foretold


class Guess(NamedTuple):
    """What the material says: rates at 25 degC with their units, energies in kJ/mol."""

    dissolution: tuple[float, str]
    dissolution_energy: float
    ageing: tuple[float, str]
    ageing_energy: float


def case_of(particle: str, celsius: int) -> str:
    """Return the path of a case in `cases/`."""
    return f"yan2018/{particle}_{celsius}C.yaml"


def calibrated(log: Log, guess: Guess, tolerance: float = TOLERANCE) -> list[Fitted]:
    """Return the fits carried out: rates, one energy, and both where that is not enough."""
    rates = fit_of(_rates(guess), log, tolerance)
    energy = fit_of(_energy(guess, rates.values), log, tolerance)
    if energy.converged and _foretells(log, energy):
        return [rates, energy]
    return [rates, energy, fit_of(_both_energies(guess, rates.values), log, tolerance)]


def _foretells(log: Log, energy: Fitted) -> bool:
    """Whether infused particles at 60 degC are as measured, with what pristine ones asked for."""
    case = case_of("infused", 60)
    (found,) = log.found(foretold(energy)[case])
    return abs(found.retention - measured(case)) <= PREDICTED


def runs_of(fits: Sequence[Fitted], seeds: Sequence[int]) -> dict[str, list[Wanted]]:
    """Return the runs that predict every case, of all seeds, with the rates and the last fit."""
    said = {25: fits[0].values, 60: (*fits[-1].stage.fixed, *fits[-1].values)}
    cases = [(case_of(particle, celsius), celsius) for celsius in said for particle in PARTICLES]
    return {
        case: [Wanted(case, (*said[celsius], *_seeded(case, seed))) for seed in seeds]
        for case, celsius in cases
    }


def foretold(energy: Fitted) -> dict[str, list[Wanted]]:
    """Return the runs at 60 degC with one fitted energy."""
    cases = case_of("pristine", 60), case_of("infused", 60)
    return {case: [Wanted(case, (*energy.stage.fixed, *energy.values))] for case in cases}


def _seeded(case: str, seed: int) -> tuple[str, ...]:
    """Another particle; none where the case has that seed anyway, so that fits count."""
    return () if Case.load(CASES / case).particle.seed == seed else (f"particle.seed={seed}",)


def _rates(guess: Guess) -> Stage:
    on_wet_area = Rate("physics.dissolution.rate", *guess.dissolution, "dissolved")
    everywhere = Rate("physics.oxide_ageing.rate", *guess.ageing, "aged")
    cases = case_of("pristine", 25), case_of("infused", 25)
    return Stage("rates at 25 °C", (on_wet_area, everywhere), cases)


def _energy(guess: Guess, rates: tuple[str, ...]) -> Stage:
    on_wet_area = _energy_of("dissolution", guess.dissolution_energy, "dissolved").override(1.0)
    everywhere = _energy_of("oxide_ageing", guess.ageing_energy, "aged")
    case = case_of("pristine", 60)
    return Stage("energy of the ageing", (everywhere,), (case,), (*rates, on_wet_area))


def _both_energies(guess: Guess, rates: tuple[str, ...]) -> Stage:
    on_wet_area = _energy_of("dissolution", guess.dissolution_energy, "dissolved")
    everywhere = _energy_of("oxide_ageing", guess.ageing_energy, "aged")
    cases = case_of("pristine", 60), case_of("infused", 60)
    return Stage("energies of dissolution and ageing", (on_wet_area, everywhere), cases, rates)


def _energy_of(law: str, start: float, cause: str) -> Energy:
    return Energy(f"physics.{law}.activation_energy", start, COLD, WARM, cause)

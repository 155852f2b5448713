"""What is fitted to which published point, in which order, and what is predicted then.

At 25 degC the retentions of pristine and infused particles differ by what open boundaries do; so
both together fix the speed of what follows the wet area (rock salt, and dissolution by the same
factor) and of what does not (ageing of the oxide). At 60 degC the retention of pristine particles
fixes one activation energy, that of the ageing; those of rock salt and dissolution stay as in the
material. If no energy of the ageing meets that point, or what it foretells of infused particles at
60 degC is not what was measured, the miss is told, and beside it all energies are fitted to both
points at 60 degC, those of rock salt and dissolution by one factor again. All else is predicted
with the rates and the last of these fits.
"""

from collections.abc import Sequence
from typing import NamedTuple

from calibration.evaluations import CASES, Log, Wanted
from calibration.fit import Energy, Rate
from calibration.stages import TOLERANCE, Fitted, Predicted, Stage, fit_of, measured, predictions
from intergrain import Case

PARTICLES = ("pristine", "as_coated", "infused")
COLD, WARM = 298.15, 333.15  # K
PARABOLIC = 2.0  # power of the rate of what grows with its root
PREDICTED = 0.05  # miss of a retention that counts as foretold


class Guess(NamedTuple):
    """What the material says: rates at 25 degC with their units, energies in kJ/mol."""

    rock_salt: tuple[float, str]
    rock_salt_energy: float
    dissolution: tuple[float, str]
    dissolution_energy: float
    ageing: tuple[float, str]
    ageing_energy: float


def case_of(particle: str, celsius: int) -> str:
    """Return the path of a case in `cases/`."""
    return f"yan2018/{particle}_{celsius}C.yaml"


def calibrated(log: Log, guess: Guess, tolerance: float = TOLERANCE) -> list[Fitted]:
    """Return the fits carried out: rates, one energy, and all where that is not enough."""
    rates = fit_of(_rates(guess), log, tolerance)
    energy = fit_of(_energy(guess, rates.values), log, tolerance)
    if energy.converged and _foretells(log, energy):
        return [rates, energy]
    return [rates, energy, fit_of(_all_energies(guess, rates.values), log, tolerance)]


def _foretells(log: Log, energy: Fitted) -> bool:
    """Whether infused particles at 60 degC are as measured, with what pristine ones asked for."""
    case = case_of("infused", 60)
    (found,) = log.found([Wanted(case, (*energy.stage.fixed, *energy.values))])
    return abs(found.retention - measured(case)) <= PREDICTED


def predicted(log: Log, values: Sequence[str], seeds: Sequence[int]) -> Predicted:
    """Return what was measured and what each seed gives, by case."""
    cases = [case_of(particle, celsius) for celsius in (25, 60) for particle in PARTICLES]
    runs = {
        case: [Wanted(case, (*values, *_seeded(case, seed))) for seed in seeds] for case in cases
    }
    return predictions(log, runs)


def _seeded(case: str, seed: int) -> tuple[str, ...]:
    """Another particle; none where the case has that seed anyway, so that fits count."""
    return () if Case.load(CASES / case).particle.seed == seed else (f"particle.seed={seed}",)


def _rates(guess: Guess) -> Stage:
    on_wet_area = (
        Rate("physics.rock_salt.rate", *guess.rock_salt, "transformed", PARABOLIC),
        Rate("physics.dissolution.rate", *guess.dissolution, "dissolved"),
    )
    everywhere = (Rate("physics.oxide_ageing.rate", *guess.ageing, "aged"),)
    cases = case_of("pristine", 25), case_of("infused", 25)
    return Stage("rates at 25 °C", (on_wet_area, everywhere), cases)


def _energy(guess: Guess, rates: tuple[str, ...]) -> Stage:
    key = "physics.oxide_ageing.activation_energy"
    ageing = Energy(key, guess.ageing_energy, COLD, WARM, "aged")
    return Stage("energy of the ageing", ((ageing,),), (case_of("pristine", 60),), rates)


def _all_energies(guess: Guess, rates: tuple[str, ...]) -> Stage:
    def energy(law: str, start: float, cause: str, power: float = 1.0) -> Energy:
        key = f"physics.{law}.activation_energy"
        return Energy(key, start, COLD, WARM, cause, power)

    on_wet_area = (
        energy("rock_salt", guess.rock_salt_energy, "transformed", PARABOLIC),
        energy("dissolution", guess.dissolution_energy, "dissolved"),
    )
    (ageing,) = _energy(guess, rates).unknowns
    cases = (case_of("pristine", 60), case_of("infused", 60))
    return Stage("all energies", (on_wet_area, ageing), cases, rates)

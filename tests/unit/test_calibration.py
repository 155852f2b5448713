"""The fit of the fade finds what a quick stand-in was made with, and can be cut off."""

import csv
import json
import re
import sys
from subprocess import PIPE, Popen

import numpy as np
import pytest

from calibration.evaluations import CASES, FILE, EvaluationError, Found, Log, Wanted, read
from calibration.fit import Energy, Rate, fitted, slopes
from calibration.stages import measured, predictions, told
from calibration.telling import as_values, in_words, line
from calibration.yan2018.__main__ import guess
from calibration.yan2018.stages import Guess, calibrated, case_of, runs_of, unfitted
from intergrain import Case
from solver.materials import load_grain_material
from tests.unit.evaluation_example import StandIn
from tests.unit.record_example import columns

GUESS = Guess((2e-15, "m/s"), 30.0, (1e-9, "1/s"), 45.0, 50.0)
ROCK_SALT = 3.0  # nm
AREA = {"pristine": 1.3, "as_coated": 0.6, "infused": 0.3}
SECONDS = {25: 4e6, 60: 2.8e6}
GAS, PER_KJ = 8.314462618e-3, 1 / 298.15 - 1 / 333.15


class Fade(StandIn):
    """Loss by rock salt, dissolution and ageing of the oxide in closed form."""

    def __init__(self, fails=()):
        super().__init__()
        self.fails = fails

    def found(self, wanted):
        particle, celsius = re.fullmatch(r"yan2018/(\w+)_(\d+)C.yaml", wanted.case).groups()
        if particle in self.fails:
            return Found(reason="the solver gave up")
        said = dict(override.split("=") for override in wanted.overrides)
        warm = PER_KJ / GAS if celsius == "60" else 0.0

        def rate(law, energy):
            told = said.get(f"physics.{law}.activation_energy", f"{energy} kJ/mol")
            return float(said[f"physics.{law}.rate"].split()[0]) * np.exp(
                warm * float(told.split()[0])
            )

        aged = 1 - np.exp(-rate("oxide_ageing", GUESS.ageing_energy) * SECONDS[int(celsius)])
        shift = 0.001 * int(said.get("particle.seed", 1))
        worn = rate("dissolution", GUESS.dissolution_energy) * SECONDS[int(celsius)]
        turned, gone = (4.7e6 * AREA[particle] * depth for depth in (1e-9 * ROCK_SALT, worn))
        lost = 1 - (1 - aged) * (1 - turned - gone)
        by_cause = turned, gone, aged
        return Found(1 - lost + shift, 0.5 * lost, 0.1, AREA[particle], ROCK_SALT, *by_cause, 3.0)


def test_the_fit_meets_what_was_published_with_few_runs(tmp_path):
    fade = Fade()
    rates, energy = calibrated(Log(tmp_path / FILE, fade), GUESS)
    assert rates.converged
    assert energy.converged
    assert rates.measured == (0.79, 0.916)
    assert rates.retentions == pytest.approx(rates.measured, abs=0.003)
    assert energy.retentions == pytest.approx([0.583], abs=0.003)
    assert [value.split("=")[0] for value in (*rates.values, *energy.values)] == [
        "physics.dissolution.rate",
        "physics.oxide_ageing.rate",
        "physics.dissolution.activation_energy",
    ]
    assert len(fade.asked) == len(set(fade.asked)) <= 16
    warm = [wanted for wanted in fade.asked if "60C" in wanted.case]
    assert all(set(rates.values) <= set(wanted.overrides) for wanted in warm)


def test_the_rates_are_those_behind_the_fade(tmp_path):
    """From other starts the same: 0.79 and 0.916 have one answer."""
    answers = []
    for factor in (1.0, 8.0):
        guess = GUESS._replace(ageing=(1e-9 / factor, "1/s"))
        rates = calibrated(Log(tmp_path / f"{factor}.csv", Fade()), guess, 1e-5)[0]
        answers.append([float(value.split("=")[1].split()[0]) for value in rates.values])
    assert answers[0] == pytest.approx(answers[1], rel=1e-3)


def test_runs_end_with_the_process_that_asked_for_them():
    """The pipe is closed only once the process that sleeps has gone as well."""
    code = (
        "import time; from calibration.evaluations import processes\n"
        "with processes(1) as pool:\n"
        "    print(pool.submit(abs, -5).result(), flush=True)\n"
        "    pool.submit(time.sleep, 300).result()\n"
    )
    with Popen([sys.executable, "-c", code], cwd=CASES.parent, stdout=PIPE) as asking:
        assert asking.stdout.readline() == b"5\n"
        asking.kill()
        assert asking.communicate(timeout=60) == (b"", None)


def test_where_one_energy_is_not_enough_both_are_fitted_beside_it(tmp_path):
    """Ageing of this energy takes more at 60 degC than was lost, whatever dissolves."""
    _, energy, both = calibrated(Log(tmp_path / FILE, Fade()), GUESS._replace(ageing_energy=120.0))
    assert not energy.converged
    assert energy.retentions[0] < 0.58
    assert both.converged
    assert both.retentions == pytest.approx((0.583, 0.732), abs=0.003)
    assert [fit["converged"] for fit in told([energy, both])] == [False, True]


def test_an_energy_that_foretells_infused_particles_wrongly_is_no_answer(tmp_path):
    """Pristine particles are met by more dissolution; infused ones, which age less, keep more."""
    _, energy, both = calibrated(Log(tmp_path / FILE, Fade()), GUESS._replace(ageing_energy=20.0))
    assert energy.converged
    assert energy.retentions == pytest.approx([0.583], abs=0.003)
    assert both.retentions == pytest.approx((0.583, 0.732), abs=0.003)


def test_what_comes_without_a_fitted_energy_is_run_beside_it(tmp_path):
    """Dissolution then has the usual energy, ageing that of the material."""
    fits = calibrated(Log(tmp_path / FILE, Fade()), GUESS)
    (plain,), (_,) = unfitted(fits, GUESS).values()
    assert plain.case == case_of("pristine", 60)
    assert plain.overrides[:2] == fits[0].values
    assert plain.overrides[2:] == (
        "physics.oxide_ageing.activation_energy=45 kJ/mol",
        "physics.dissolution.activation_energy=50 kJ/mol",
    )


def test_a_fit_goes_on_from_its_log(tmp_path):
    first, again = Fade(), Fade()
    answer = calibrated(Log(tmp_path / FILE, first), GUESS)
    with (tmp_path / FILE).open("a") as file:
        file.write('yan2018/pristine_25C.yaml,"[""physics')  # cut off
    assert calibrated(Log(tmp_path / FILE, again), GUESS) == answer
    assert again.asked == []


def test_the_log_has_every_run_with_what_it_gave(tmp_path):
    log = Log(tmp_path / FILE, Fade())
    still = ("physics.dissolution.rate=0 m/s", "physics.oxide_ageing.rate=0 1/s")
    wanted = Wanted(case_of("infused", 25), still)
    turned = 4.7e6 * 0.3 * 3e-9
    found = Found(1.001 - turned, 0.5 * turned, 0.1, 0.3, 3.0, turned, 0.0, 0.0, 3.0)
    first, again = log.found([wanted, wanted])
    assert first == again
    assert [*first[:-1]] == pytest.approx([*found[:-1]])
    (row,) = csv.DictReader((tmp_path / FILE).read_text().splitlines())
    assert row["case"] == "yan2018/infused_25C.yaml"
    assert json.loads(row["overrides"]) == list(wanted.overrides)
    assert (row["rock_salt"], row["seconds"], row["reason"]) == ("3.0", "3.0", "")
    assert float(row["retention"]) == first.retention


def test_a_run_that_fails_ends_the_fit_with_its_reason_and_is_kept(tmp_path):
    log = Log(tmp_path / FILE, Fade(fails=("infused",)))
    with pytest.raises(EvaluationError, match=r"infused_25C.*dissolution.rate=2e-15.*gave up"):
        calibrated(log, GUESS)
    assert "the solver gave up" in (tmp_path / FILE).read_text()


def test_a_fit_says_what_it_needs_of_a_run_that_tells_no_losses(tmp_path):
    class Silent(Fade):
        def found(self, wanted):
            return super().found(wanted)._replace(aged=float("nan"))

    with pytest.raises(EvaluationError, match=r"infused_25C.yaml: no losses by cause"):
        calibrated(Log(tmp_path / FILE, Silent()), GUESS)


def test_every_case_is_predicted_with_every_seed(tmp_path):
    fade = Fade()
    log = Log(tmp_path / FILE, fade)
    rates, energy = calibrated(log, GUESS)
    before = len(fade.asked)
    found = predictions(log, runs_of([rates, energy], [1, 2, 3]))
    assert len(found) == 6
    assert len(fade.asked) - before == 14  # pristine and infused were there
    share, seeds = found[case_of("infused", 60)]
    assert share == 0.732
    assert seeds[1].retention - seeds[0].retention == pytest.approx(0.001)
    assert np.isnan(found[case_of("as_coated", 25)][0])


def test_a_prediction_is_told_with_its_spread_beside_what_was_measured():
    seeds = [Found(0.73, 0.8, 0.25, 1.0), Found(0.75, 0.9, 0.27, 1.0)]
    told = "x.yaml: 74.0 % +- 1.4 %, measured 73.2 %, at C/20 85.0 %, cracked 26.0 %"
    assert line("x.yaml", 0.732, seeds) == told
    assert line("y.yaml", np.nan, seeds[:1]) == "y.yaml: 73.0 %, at C/20 80.0 %, cracked 25.0 %"
    assert as_values({"y.yaml": (np.nan, seeds[:1])})["y.yaml"]["measured"] is None


def test_a_fit_is_told_with_its_points(tmp_path):
    rates, _ = calibrated(Log(tmp_path / FILE, Fade()), GUESS)
    first, pristine, infused = in_words(rates)
    assert first.startswith("rates at 25 °C: physics.dissolution.rate=")
    assert re.search(r"pristine_25C.yaml: (78|79)\.\d %, measured 79.0 %$", pristine)
    assert re.search(r"infused_25C.yaml: 91\.\d %, measured 91.6 %$", infused)
    assert in_words(rates._replace(converged=False))[1].endswith("measured 79.0 %, not met")


def test_what_is_held_against_stands_in_the_cases():
    shares = [measured(case_of(name, c)) for c in (25, 60) for name in ("pristine", "infused")]
    assert shares == [0.79, 0.916, 0.583, 0.732]


def test_an_energy_turns_a_factor_between_two_temperatures_into_kj_per_mol():
    energy = Energy("key", 50.0, 298.15, 333.15, "aged")
    assert energy.per_e_fold == pytest.approx(23.6, abs=0.1)
    assert energy.override(np.e) == f"key={50 + energy.per_e_fold:.5g} kJ/mol"
    assert energy.override(1e-3) == "key=0 kJ/mol"
    assert Rate("key", 2e-9, "1/s", "aged").override(3.0) == "key=6e-09 1/s"
    assert Rate("key", 2.0, "", "aged").override(3.0) == "key=6"


def test_slopes_go_by_what_was_lost_to_the_cause_of_each_unknown():
    pits, ageing = Rate("a", 1.0, "", "dissolved"), Energy("b", 50.0, 298.15, 333.15, "aged")
    lost = {"transformed": 0.05, "dissolved": 0.02, "aged": 0.04}
    assert slopes((pits, ageing), lost) == [-0.02, -0.04]


def test_the_best_of_what_was_tried_is_told_where_nothing_is_met():
    fit = fitted(lambda y: (1 + (y - 2) ** 2, np.diag(2 * (y - 2))), 1, 1e-3)
    assert not fit.converged
    assert fit.miss[0] >= 1.0


CYCLES = {
    "Cycle Index / 1": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    "Round / 1": [1.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0],
    "Check Cycle / 1": [0, 0, 1, 0, 0, 1, 1],  # the last one is a sweep
    "Discharge Rate / 1": [0.1, 0.5, 0.05, 0.5, 0.5, 0.05, np.nan],
    "Discharge Capacity / mA.h.g-1": [230.0, 200.0, 220.0, 190.0, 150.0, 198.0, 140.0],
    "Cracked Fraction / 1": [0.0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.4],
    "Wet Area / m2.g-1": [1.0, 1.1, 1.1, 1.2, 1.3, 1.4, 1.4],
    "Mean Rock Salt / m": [1e-9, 2e-9, 3e-9, 4e-9, 5e-9, 6e-9, 7e-9],
}


LOSSES = {
    "Cycle Index / 1": [4.0, 5.0, 6.0],
    "Reference Cycle / 1": [2.0, 2.0, 3.0],
    "Check Cycle / 1": [0, 0, 1],
    "Discharge Rate / 1": [0.5, 0.5, 0.05],
    "Discharge Capacity / mA.h.g-1": [190.0, 150.0, 198.0],
    "Capacity Loss / mA.h.g-1": [10.0, 50.0, 22.0],
    "Transformed Loss / mA.h.g-1": [5.0, 24.0, 11.0],
    "Dissolved Loss / mA.h.g-1": [0.0, 0.0, 0.0],
    "Aged Loss / mA.h.g-1": [3.0, 18.0, 9.0],
}


def test_a_run_is_read_by_its_rounds_and_its_checks():
    found = read(columns(CYCLES), columns(LOSSES))
    assert found.retention == pytest.approx(0.75)
    assert found.slow_retention == pytest.approx(0.9)
    assert (found.cracked, found.wet_area) == (0.4, 1.4)
    assert found.rock_salt == pytest.approx(7.0)
    assert found.lost() == pytest.approx({"transformed": 0.12, "dissolved": 0.0, "aged": 0.09})
    without = {key: values for key, values in CYCLES.items() if key != "Mean Rock Salt / m"}
    assert read(columns(without), columns(LOSSES)).rock_salt == 0.0
    short = columns({key: values[:1] for key, values in CYCLES.items()})
    assert read(short, columns(LOSSES)).reason


def test_the_fit_sets_out_from_what_the_material_says():
    oxide = load_grain_material("NMC76").entries
    start = guess()
    assert start.ageing == (oxide["oxide_ageing"].rate, "1/s")
    assert start.dissolution == (oxide["dissolution"].rate, "m/s")
    assert start.dissolution_energy == oxide["dissolution"].activation_energy / 1000
    assert start.ageing_energy == oxide["oxide_ageing"].activation_energy / 1000
    assert start.usual_energy == 50.0


def test_what_is_fitted_acts_in_the_cases():
    for name in ("pristine", "as_coated", "infused"):
        for celsius in (25, 60):
            physics = Case.load(CASES / case_of(name, celsius)).physics
            assert physics.rock_salt.enabled
            assert physics.oxide_ageing.enabled
            assert physics.acceleration == 1.0

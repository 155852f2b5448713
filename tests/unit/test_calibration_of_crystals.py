"""One number is fitted to the coated crystal; what the bare one keeps is a prediction."""

import re

import numpy as np
import pytest

from calibration.evaluations import CASES, FILE, Found, Log
from calibration.guo2022.__main__ import guess
from calibration.guo2022.stages import BARE, COATED, calibrated, predicted
from calibration.stages import measured
from intergrain import Case
from tests.unit.evaluation_example import StandIn

SECONDS = 3.6e6
ON_BARE_OXIDE = 0.98  # left of what ageing leaves


class Fade(StandIn):
    """Sites go at a rate, in closed form; of the bare crystal some more."""

    def found(self, wanted):
        said = re.fullmatch(r"physics.oxide_ageing.rate=(\S+) 1/s", wanted.overrides[0])
        sites = np.exp(-float(said[1]) * SECONDS)
        kept = sites * (ON_BARE_OXIDE if wanted.case == BARE else 1)
        return Found(kept, kept, aged=1 - sites)


def test_the_coated_crystal_fixes_the_ageing(tmp_path):
    fade = Fade()
    fit = calibrated(Log(tmp_path / FILE, fade), (1e-8, "1/s"), 1e-4)
    assert fit.converged
    assert fit.retentions == pytest.approx([0.823], abs=1e-4)
    (value,) = fit.values
    assert float(value.split("=")[1].split()[0]) == pytest.approx(-np.log(0.823) / SECONDS, 1e-3)
    assert {wanted.case for wanted in fade.asked} == {COATED}
    assert len(fade.asked) <= 6


def test_the_bare_crystal_is_predicted_with_what_the_coated_one_fixed(tmp_path):
    log = Log(tmp_path / FILE, Fade())
    fit = calibrated(log, (4e-8, "1/s"))
    found = predicted(log, fit.values)
    share, (bare,) = found[BARE]
    assert share == 0.678
    assert bare.retention == pytest.approx(ON_BARE_OXIDE * found[COATED][1][0].retention)


def test_what_is_held_against_stands_in_the_cases():
    assert [measured(case) for case in (BARE, COATED)] == [0.678, 0.823]


def test_the_fit_sets_out_from_the_crystals_own_material():
    rate, unit = guess()
    assert unit == "1/s"
    assert 0 < rate < 1e-6


def test_what_is_fitted_and_what_is_predicted_acts_in_both_cases():
    for case in (BARE, COATED):
        physics = Case.load(CASES / case).physics
        acting = (physics.interphase, physics.rock_salt, physics.dissolution, physics.oxide_ageing)
        assert all(mechanism.enabled for mechanism in acting)

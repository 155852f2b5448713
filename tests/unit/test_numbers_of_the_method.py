"""Each number of the method is changed alone, and what that does is told."""

import csv

import pytest

from calibration import telling
from calibration.evaluations import CASES, FILE, Found, Log
from calibration.yan2018 import method
from calibration.yan2018.screening import USUAL_CASES, shortened
from intergrain import Case
from tests.unit.evaluation_example import StandIn

FINER, NO_JUMPS = "cells of 0.1 um along boundaries", "no jumps"


class Runs(StandIn):
    """Finer cells keep 0.4 points less and crack 1 more; without jumps it fails."""

    def found(self, wanted):
        if method.CHANGES[NO_JUMPS][0] in wanted.overrides:
            return Found(reason="the solver gave up")
        finer = method.CHANGES[FINER][0] in wanted.overrides
        kept = (0.79 if "pristine" in wanted.case else 0.916) - 0.004 * finer
        return Found(kept, kept + 0.01, 0.3 + 0.01 * finer, 1.3, seconds=9.0)


def table(tmp_path, settings=()):
    log = Log(tmp_path / FILE, Runs())
    changes = (method.AS_IT_STANDS, FINER, NO_JUMPS)
    return list(method.rows(log, USUAL_CASES, changes, settings))


@pytest.mark.parametrize("case", USUAL_CASES)
@pytest.mark.parametrize("change", [name for name in method.CHANGES if method.CHANGES[name]])
def test_every_change_is_one_of_the_method_alone(case, change):
    usual = Case.load(CASES / case, shortened(60))
    loaded = Case.load(CASES / case, method.wanted(case, change, shortened(60)).overrides)
    assert loaded.materials == usual.materials
    assert loaded.protocol == usual.protocol
    same = [
        name for name in type(usual).model_fields if getattr(loaded, name) == getattr(usual, name)
    ]
    (changed,) = set(type(usual).model_fields) - set(same)
    assert changed in ("particle", "numerics", "physics")
    if changed == "particle":
        assert loaded.particle.model_copy(update={"mesh": None}) == usual.particle.model_copy(
            update={"mesh": None}
        )
    if changed == "physics":
        names = {"penalty": None, "relaxation_time": 1.0}
        here, there = (c.physics.cohesive.model_copy(update=names) for c in (loaded, usual))
        assert here == there


def test_what_a_change_does_is_told_beside_what_stands(tmp_path):
    rows = {(row["case"], row["change"]): row for row in table(tmp_path)}
    pristine = rows[USUAL_CASES[0], FINER]
    assert pristine["retention"] == pytest.approx(0.786)
    assert pristine["retention_off"] == pytest.approx(-0.004)
    assert pristine["cracked_off"] == pytest.approx(0.01)
    assert rows[USUAL_CASES[1], method.AS_IT_STANDS]["retention_off"] == 0.0
    assert "off by -0.40 and +1.00 points" in method.in_words(pristine)


def test_a_run_that_fails_is_told_with_its_reason(tmp_path):
    (failed,) = [row for row in table(tmp_path) if row["change"] == NO_JUMPS][:1]
    assert method.in_words(failed).endswith("no jumps: the solver gave up")


def test_the_command_keeps_a_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(telling, "in_processes", lambda folder, jobs: Runs())
    said = ["-o", str(tmp_path), "--changes", FINER, "--rounds", "60"]
    assert method.main(said) == 0
    with (tmp_path / method.TABLE).open() as file:
        rows = list(csv.DictReader(file))
    assert [row["change"] for row in rows] == [method.AS_IT_STANDS, FINER] * 2
    assert float(rows[3]["retention_off"]) == pytest.approx(-0.004)
    assert "91.20 % kept" in capsys.readouterr().out


def test_the_command_fails_where_a_run_does(tmp_path, monkeypatch):
    monkeypatch.setattr(telling, "in_processes", lambda folder, jobs: Runs())
    assert method.main(["-o", str(tmp_path), "--changes", NO_JUMPS]) == 3


def test_an_unknown_case_is_refused(tmp_path, capsys):
    assert method.main(["-o", str(tmp_path / "new"), "--cases", "yan2018/pristin_25C.yaml"]) == 2
    assert "pristin_25C.yaml" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()

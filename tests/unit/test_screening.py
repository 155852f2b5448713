"""The screening changes what it says in the materials, and tells what a quick stand-in does."""

import csv
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from calibration import telling
from calibration.evaluations import CASES, FILE, EvaluationError, Found, Log, Wanted
from calibration.yan2018 import screening as command
from calibration.yan2018.effects import in_words, labelled, panels, rows
from calibration.yan2018.inputs import INPUTS, ScreeningError, held
from calibration.yan2018.screened import carried_out, screening
from intergrain import Case
from solver.materials import load_boundary_material, load_grain_material
from solver.materials.altered import entries_at, on_files
from tests.unit.evaluation_example import StandIn

PRISTINE, INFUSED = command.USUAL_CASES
AGEING, CORROSION = "oxide_ageing.rate", "corrosion.rate"
OXIDE = load_grain_material("NMC76").entries
RATE = {"rock_salt": OXIDE["rock_salt"].rate, "ageing": OXIDE["oxide_ageing"].rate}


class Cells(StandIn):
    """Loss in closed form: 6 points of the ageing, 10 of rock salt where it is pristine."""

    def __init__(self, fails=""):
        super().__init__()
        self.fails = fails

    def found(self, wanted):
        said = dict(text.split("=") for text in wanted.overrides)
        if self.fails and any(self.fails in text for text in wanted.overrides):
            return Found(reason="the solver gave up")
        off = [
            float(said.get(f"materials.grain.{key}", f"{usual}").split()[0]) / usual
            for key, usual in (("rock_salt.rate", RATE["rock_salt"]), (AGEING, RATE["ageing"]))
        ]
        area = 1.0 if "pristine" in wanted.case else 0.2
        lost = 0.06 * off[1] + 0.10 * area * sqrt(off[0])
        return Found(1 - lost, 1 - 0.5 * lost, 0.3 * area, area, 0.0, 0.0, 0.0, 0.0, 2.0)


def screenings(*keys, cases=(PRISTINE, INFUSED), points=0):
    return [screening(case, command.chosen(keys), (), points, 1) for case in cases]


def evaluated(some, tmp_path, cells=None):
    return carried_out(Log(tmp_path / FILE, cells or Cells()), some)


def of(table, **known):
    (row,) = [row for row in table if all(row[key] == value for key, value in known.items())]
    return row


@pytest.mark.parametrize("case", command.USUAL_CASES)
def test_every_input_is_changed_to_both_its_ends_in_the_material(case, tmp_path):
    """Each end is a case that can be read, in which that entry alone is another."""
    one = screening(case, INPUTS, (), 0, 1)
    usual = Case.load(CASES / case)
    for move in one.moves:
        known = one.inputs[move.number]
        overrides = on_files(CASES / case, one.wanted(move.end).overrides, tmp_path)
        loaded = Case.load(CASES / case, overrides)
        before, after = (entries_at(each, known.place) for each in (usual, loaded))
        factor = known.input.high if move.way > 0 else known.input.low
        for entry in known.input.entries:
            expected = factor * before.entry(entry)["value"]
            assert after.entry(entry)["value"] == pytest.approx(expected, rel=1e-4), entry
        same = {key for key in before.data if before.data[key] == after.data[key]}
        changed = {entry.split(".")[0] for entry in known.input.entries}
        assert set(before.data) - same == changed


def test_a_changed_material_is_read_with_its_value_in_si_and_counts_as_assumed(tmp_path):
    overrides = [
        "particle.seed=4",
        "materials.grain.rock_salt.rate=4e-22 m^2/s",
        "materials.boundary.dry.toughness=5 J/m^2",
        "materials.boundary.dry.strength=1 GPa",
    ]
    case = Case.load(CASES / PRISTINE, on_files(CASES / PRISTINE, overrides, tmp_path))
    assert case.particle.seed == 4
    salt = load_grain_material(case.materials.grain).entries["rock_salt"]
    usual = load_grain_material("NMC76").entries["rock_salt"]
    assert salt.rate == pytest.approx(usual.rate * 4e-22 / 3.2e-22)
    assert salt._replace(rate=usual.rate, conductivity=usual.conductivity) == usual
    boundary = load_boundary_material(case.materials.boundary.dry)
    assert (boundary.strength, boundary.toughness) == (1e9, 5.0)
    entry = entries_at(case, "materials.grain").entry("rock_salt.rate")
    assert entry["assumed"] is True
    assert entry["note"] == "3.2e-22 in NMC76, changed to see what that does"


def test_without_changes_in_materials_a_case_keeps_those_it_has(tmp_path):
    assert on_files(CASES / PRISTINE, ["particle.seed=4"], tmp_path) == ["particle.seed=4"]
    assert list(tmp_path.iterdir()) == []


def test_there_are_ten_inputs_and_few_runs():
    some = screenings(*(each.key for each in INPUTS))
    assert len(INPUTS) == 10
    assert [len(one.inputs) for one in some] == [10, 9]  # no liquid corrodes filled boundaries
    runs = [run for one in some for run in one.runs().values()]
    assert len(set(runs)) == len(runs) == 38
    assert len({run.folder for run in runs}) == 38
    assert [one.rounds for one in some] == [200, 200]


def test_the_nominal_run_is_the_case_as_it_stands():
    (one,) = screenings("rock_salt.misfit_a", "strength", cases=[INFUSED])
    assert one.wanted(one.nominal) == Wanted(INFUSED)
    assert one.nominal == pytest.approx((1.0, 0.5))  # a misfit as in the source is the most
    assert [each.values for each in one.inputs] == [(0.029, 0.019), (4.0, 20.0)]


def test_what_the_case_itself_says_hides_the_material():
    said = ["physics.cohesive.toughness=3 J/m^2"]
    with pytest.raises(ScreeningError, match=r"physics.cohesive.toughness.*leave strength out"):
        screening(PRISTINE, INPUTS, said, 0, 1)
    case = Case.load(CASES / PRISTINE, said)
    assert held(case, command.chosen([AGEING])[0]).values == (RATE["ageing"],)


@pytest.mark.parametrize("case", command.USUAL_CASES)
def test_fewer_rounds_are_checked_at_both_ends(case):
    one = screening(case, INPUTS[:1], command.shortened(60), 0, 1)
    assert one.rounds == 60
    planned = [step.round for step in Case.load(CASES / case, one.settings).steps()]
    after = {each.number for each in planned if each is not None and each.check}
    assert after == {1, 60}
    assert command.shortened(None) == ()


def test_effects_are_those_of_the_stand_in(tmp_path):
    some = screenings("rock_salt.rate", AGEING, CORROSION)
    found = evaluated(some, tmp_path)
    table = list(rows(some, found))
    assert len(table) == (3 + 2) * 4  # quantities
    salt = of(table, case=PRISTINE, input="rock_salt.rate", quantity="retention")
    assert [salt[key] for key in ("nominal", "low", "high")] == pytest.approx([0.84, 0.89, 0.74])
    assert (salt["low_value"], salt["value"], salt["high_value"]) == pytest.approx(
        np.array([0.25, 1.0, 4.0]) * RATE["rock_salt"]
    )
    assert (salt["unit"], salt["origin"], salt["effects"]) == ("m^2/s", "fitted", 2)
    assert salt["mu_star"] == pytest.approx(0.15)  # slopes of -0.1 and -0.2
    assert salt["sigma"] == pytest.approx(0.1 / sqrt(2))
    ageing = of(table, case=INFUSED, input=AGEING, quantity="slow_retention")
    assert ageing["high"] - ageing["nominal"] == pytest.approx(-0.015, rel=1e-3)
    none = of(table, case=PRISTINE, input=CORROSION, quantity="retention")
    assert (none["mu_star"], none["low"]) == (0, pytest.approx(0.84))


def test_drawn_points_add_effects_that_depend_on_the_others(tmp_path):
    some = screenings("rock_salt.rate", AGEING, cases=[PRISTINE], points=3)
    assert len(some[0].runs()) == 1 + 4 + 3 * 3
    (salt, *_) = rows(some, evaluated(some, tmp_path))
    assert salt["effects"] == 5
    assert salt["low"] == pytest.approx(0.89)  # still from the nominal point


def test_a_screening_goes_on_from_its_log(tmp_path):
    some, first, again = screenings("rock_salt.rate", AGEING), Cells(), Cells()
    found = evaluated(some, tmp_path, first)
    assert len(first.asked) == 10
    log = tmp_path / FILE
    log.write_text("\n".join(log.read_text().splitlines()[:-2]) + "\nyan2018/infu")  # cut off
    assert evaluated(some, tmp_path, again) == found
    assert again.asked == first.asked[-2:]


def test_a_run_that_fails_is_told_and_the_others_count(tmp_path):
    (one,) = some = screenings("rock_salt.rate", AGEING, cases=[PRISTINE])
    (found,) = every = evaluated(some, tmp_path, Cells(fails="rock_salt.rate=1.28e-21"))
    salt = next(rows(some, every))
    assert np.isnan(salt["high"])
    assert (salt["mu_star"], salt["effects"]) == (pytest.approx(0.1), 1)
    assert list(in_words(one, found)) == [
        f"{PRISTINE}: retention 84.0 %",
        "  rock salt: rate: 10.00 points over its range; +5.00 at its low end, no result at "
        "its high end",
        "  ageing of the oxide: rate: 5.00 points over its range; +2.00 at its low end, -3.00 at "
        "its high end",
        "  no result with materials.grain.rock_salt.rate=1.28e-21 m^2/s: the solver gave up",
    ]


def test_a_case_that_fails_as_it_stands_ends_the_screening(tmp_path):
    class Broken(Cells):
        def found(self, wanted):
            return Found(reason="the mesh is no good")

    with pytest.raises(EvaluationError, match=r"pristine_25C.*the mesh is no good"):
        evaluated(screenings(AGEING), tmp_path, Broken())


def test_inputs_are_told_with_their_values_range_and_origin():
    labels = labelled(screenings("strength", "rock_salt.misfit_a", "fatigue.endurance"))
    times = "\N{MULTIPLICATION SIGN}"
    assert list(labels.values()) == [
        f"boundary: strength and toughness\n2 or 4 GPa, {times}0.5 to 2, assumed",
        f"rock salt: misfit\n0.029, {times}0 to 1, cited",
        f"boundary: endurance in cycles\n0.8, {times}0.625 to 1.2, assumed",
    ]


def test_panels_hold_changes_in_points_by_case(tmp_path):
    some = screenings("rock_salt.rate", CORROSION, "rock_salt.misfit_a")
    drawn = panels(some, evaluated(some, tmp_path), "retention")
    assert list(drawn) == ["pristine_25C, 200 rounds: 84.0 %", "infused_25C, 200 rounds: 92.0 %"]
    pristine, infused = drawn.values()
    salt, corrosion, misfit = pristine
    assert pristine[salt] == pytest.approx({"low": 5.0, "high": -10.0})
    assert infused[salt] == pytest.approx({"low": 1.0, "high": -2.0})
    assert list(pristine[misfit]) == ["low"]  # the other end is where it is
    assert corrosion not in infused


def test_the_command_keeps_table_and_figures(tmp_path, monkeypatch, capsys):
    cells = Cells()
    monkeypatch.setattr(telling, "in_processes", lambda folder, jobs: cells)
    said = ["-o", str(tmp_path / "new"), "--inputs", AGEING, CORROSION, "--rounds", "60"]
    assert command.main([*said, "--set", "particle.seed=2"]) == 0
    text = capsys.readouterr().out
    assert "8 runs" in text
    assert "ageing of the oxide: rate: 5.00 points over its range; +2.00 at its low end" in text
    common = {"particle.seed=2", *command.shortened(60)}
    assert all(common <= set(run.overrides) for run in cells.asked)
    table = list(csv.DictReader((tmp_path / "new" / "effects.csv").read_text().splitlines()))
    row = of(table, case=INFUSED, input=AGEING, quantity="retention")
    assert float(row["high"]) == pytest.approx(0.89)
    files = {path.name for path in Path(tmp_path, "new").iterdir()}
    assert files == {FILE, "effects.csv", "retention.png", "cracked.png"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["--inputs", "rock_salt.rat"], "'rock_salt.rat' (did you mean 'rock_salt.rate'?)"),
        (["--set", "particle.sed=1"], "unknown key 'particle.sed'"),
        (["--set", "physics.corrosion.rate=1e-6 1/s"], "leave corrosion.rate out of --inputs"),
        (["--inputs", CORROSION], "infused_25C.yaml: none of these inputs acts there"),
        (["--cases", "yan2018/pristin.yaml"], "pristin.yaml"),
        (["--rounds", "1"], "expected a number from 2 on, got '1'"),
        (["--jobs", "none"], "expected a number from 1 on, got 'none'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_before_anything_runs(said, told, tmp_path, capsys):
    try:
        code = command.main(["-o", str(tmp_path / "new"), *said])
    except SystemExit as leaving:  # argparse
        code = leaving.code
    assert code == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_one_is_told(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert command.main(["-o", str(tmp_path / "file")]) == 2
    assert "file" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"

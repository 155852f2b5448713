"""A fit finds what its runs were made of, logs every one, and runs none twice."""

import csv
import json

import numpy as np
import pytest

from intergrain import Case, RunError
from solver.case import CaseError
from solver.fitting import course, page
from solver.fitting.checked import check_text, checked_fit
from solver.fitting.gathered import FitResult
from solver.materials import load_grain_material
from solver.materials.altered import entries_at, on_files
from tests.particles import THIRTY_GRAINS
from tests.unit.fit_example import CONSTANT, FIT, SLOPES, Linear, fit_file, small_fit


def found(folder, programs, text=FIT, **options):
    fit = small_fit(folder, text)
    return course.fitted(fit, folder / "out", programs, False, lambda said: None, **options)


def test_the_parameters_of_a_linear_model_are_found_with_their_errors(tmp_path):
    """Nothing is curved, so that the errors are those of the closed form."""
    text = FIT.replace("value: 0.35", "value: 0.32").replace("value: 0.30", "value: 0.23")
    wanted = np.linalg.solve(SLOPES, np.array([0.32, 0.23]) - CONSTANT)
    result = found(tmp_path, Linear(), text)
    values = [
        each.value(x) for each, x in zip(result.fit.parameters, result.found.places, strict=True)
    ]
    scaled = SLOPES / np.array([[0.02], [0.01]])
    errors = np.sqrt(np.diag(np.linalg.inv(scaled.T @ scaled)))
    assert [result.error(0), result.error(1)] == pytest.approx(errors, rel=1e-5)
    assert np.all(np.abs(values - wanted) < 0.15 * errors)  # where it stops: a cost of 0.01


def test_every_evaluation_is_logged_with_units_misfit_and_key(tmp_path):
    result = found(tmp_path, Linear())
    rows = list(csv.DictReader((tmp_path / "out/fit.csv").read_text().splitlines()))
    assert len(rows) == len(result.runs.all)
    first = rows[0]
    assert (first["strength / GPa"], first["rate / C"], first["For"]) == ("2", "0.55", "start")
    off = np.array([0.35, 0.30]) - CONSTANT - SLOPES @ [2, 0.55]
    assert float(first["RMS of Mean Damage / 1"]) == pytest.approx(abs(off[1]))
    cost = 0.5 * np.sum((off / [0.02, 0.01]) ** 2)
    assert float(first["Cost / 1"]) == pytest.approx(cost)
    assert all(row["Key"].startswith(row["Directory"].removeprefix("runs/")) for row in rows)


def test_a_second_call_replays_the_first_and_runs_nothing(tmp_path):
    programs = Linear()
    first = found(tmp_path, programs)
    runs, log = programs.runs, (tmp_path / "out/fit.csv").read_text()
    second = found(tmp_path, programs)
    assert programs.runs == runs == first.runs.done > 0
    assert second.runs.done == 0
    assert np.array_equal(first.found.places, second.found.places)
    assert (tmp_path / "out/fit.csv").read_text() == log


def test_a_fit_that_was_broken_off_goes_on_where_it_was(tmp_path):
    whole = Linear()
    (tmp_path / "one").mkdir()
    found(tmp_path / "one", whole)
    first, second = Linear(stops_after=4), Linear()
    with pytest.raises(KeyboardInterrupt):
        found(tmp_path, first)
    assert (tmp_path / "out/fit.csv").is_file()
    found(tmp_path, second)
    assert first.runs + second.runs == whole.runs


def test_the_columns_of_a_jacobian_are_handed_over_together(tmp_path):
    programs = Linear()
    found(tmp_path, programs)
    assert programs.batches[:2] == [1, 2]


def test_runs_that_fail_are_told_and_survived(tmp_path):
    result = found(tmp_path, Linear(fails=lambda strength, rate: strength > 2.02 and rate > 0.5))
    assert any("gave nothing: the solver gave up" in note for note in result.notes)
    assert result.best.misfit is not None
    with pytest.raises(RunError, match=r"run 1 at strength 2 GPa.*the solver gave up"):
        found(tmp_path / "out", Linear(fails=lambda strength, rate: True))


def test_what_cannot_be_told_apart_is_told(tmp_path):
    alike = np.array([[0.1, 0.2], [0.05, 0.1]])
    result = found(tmp_path, Linear(alike), FIT.replace("to: 1C", "to: 1C, log: true"))
    assert any("rate and strength can hardly be told apart" in note for note in result.notes)
    assert "not identifiable" in page.write_page(result).read_text()


def test_the_result_is_written_and_read_back(tmp_path):
    result = found(tmp_path, Linear(), FIT.replace("value: 0.35", "value: 0.32"))
    page.write_page(result)
    told = json.loads((tmp_path / "out/fit.json").read_text())
    assert [each["origin"] for each in told["parameters"]] == ["fitted", "fitted"]
    read = FitResult(tmp_path / "out")
    assert read["strength"] == pytest.approx(told["parameters"][0]["value"])
    assert read.error("rate") == pytest.approx(result.error(1))
    assert read.correlation.shape == (2, 2)
    assert len(read.log()) == told["evaluations"]
    with pytest.raises(KeyError, match="did you mean 'strength'"):
        read["strenght"]


def test_a_profile_refits_the_others_by_runs_and_meets_the_straight_line(tmp_path):
    text = FIT.replace("value: 0.35", "value: 0.32").replace("value: 0.30", "value: 0.23")
    result = found(tmp_path, Linear(), text, profile=True)
    assert result.known is not None
    for number, profile in enumerate(result.profiles):
        ways = profile.places - result.found.places[number]
        assert len(ways) > 1
        assert profile.apart == pytest.approx(result.known.apart(number, ways), abs=0.6)


def test_a_fit_without_enough_runs_says_so(tmp_path):
    result = found(tmp_path, Linear(), f"{FIT}max_runs: 2\n")
    assert course.exit_code(result) == 75
    assert any("max_runs" in note for note in result.notes)
    page.write_page(result)


def test_a_value_in_a_material_makes_a_file_that_says_where_it_is_from(tmp_path):
    origin = {"fitted": "to something"}
    overrides = ["materials.boundary.dry.strength=1.5 GPa", "materials.grain.diffusivity=*2"]
    told = on_files(THIRTY_GRAINS, overrides, tmp_path, origin)
    again = on_files(THIRTY_GRAINS, overrides, tmp_path, origin)
    assert told == again
    assert len(list(tmp_path.iterdir())) == 2
    case = Case.load(THIRTY_GRAINS, told)
    usual, doubled = (
        entries_at(each, "materials.grain").entry("diffusivity")["value"]
        for each in (Case.load(THIRTY_GRAINS), case)
    )
    assert doubled == pytest.approx([2 * each for each in usual])
    load_grain_material(case.materials.grain)
    text = "".join(file.read_text() for file in tmp_path.iterdir())
    assert text.count("fitted: to something") == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cohesive.strength", "cohesive.strenght", ":4: .*did you mean 'strength'"),
        ("from: 1 GPa", "from: 1 V", ":4: .*"),
        ("cracked", "craked", ":7: .*did you mean 'cracked'"),
        ("name: rate, from: C/10", "name: strength, from: C/10", "twice"),
        ("physics.cohesive.strength", "materials.boundary.dry.strenght", ":4: .*has no entry"),
        ("physics.cohesive.strength", "materials.grain.diffusivity", ":4: .*scale: true"),
        (
            "physics.cohesive.strength",
            "materials.grain.exchange_current",
            ":4: .*from: 'GPa' is no",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, said):
    with pytest.raises(CaseError, match=f"small.yaml{said}" if said[0] == ":" else said):
        checked_fit(fit_file(tmp_path, FIT.replace(old, new)))


def test_a_check_tells_parameters_and_what_is_compared(tmp_path):
    told = check_text(small_fit(tmp_path))
    assert "strength: 1 to 3 GPa from 2  (physics.cohesive.strength)" in told
    assert "Cracked Fraction: 0.35 +- 0.02" in told
    assert "60 runs at most, 3 at the least" in told

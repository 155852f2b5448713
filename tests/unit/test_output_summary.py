"""The summary says what the rows said, and is valid JSON whatever they said."""

import json
from dataclasses import replace
from math import nan
from types import SimpleNamespace

import numpy as np
import pytest

from solver.output.metadata import Metadata, commit
from solver.output.snapshot import Outcome
from solver.output.summary import Summary
from tests.unit.output_example import COLUMNS, make_row, make_run, make_snapshot

DONE = Outcome("finished", "all steps were done", {"rejected_steps": 2, "newton_iterations": 30})
ROWS = [
    make_row(0.0, Voltage=3.5),
    make_row(3600.0, Voltage=4.1, Net=100.0, Elastic=2e-9, Cracked=0.1, Largest=3e-9),
    make_row(7200.0, Voltage=4.3, Net=200.0, Elastic=1e-9, Cracked=0.2, Largest=2e-9),
    make_row(9999.0, Step_Index=1, Voltage=3.3, Net=50.0, Cracked=0.3, Energy=-0.004),
]


def summary_of(run, rows, outcome=DONE):
    summary = Summary()
    summary.start(run)
    for number, row in enumerate(rows):
        summary.record(make_snapshot(run, row, step_ended=number in (0, 2, 3)))
    summary.finish(outcome)
    text = (run.directory / "summary.json").read_text()
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))


def test_figures_of_merit_come_from_the_rows_and_totals(tmp_path):
    summary = summary_of(make_run(tmp_path), ROWS)
    assert (summary["status"], summary["steps"], summary["cycles"]) == ("finished", 3, 1)
    assert (summary["rejected_steps"], summary["newton_iterations"]) == (2, 30)
    assert (summary["ranks"], summary["dofs"]) == (1, 100)
    assert summary["charge_capacity_mAh_per_g"] == [200.0]
    assert summary["discharge_capacity_mAh_per_g"] == [150.0]
    assert summary["energy_error"] == 0.004
    assert summary["lithium_error"] == 1e-12
    voltage, boundary = summary["voltage"], summary["boundary"]
    assert (voltage["lowest_V"], voltage["highest_V"]) == (3.3, 4.3)
    assert voltage["mean_charge_V"] == pytest.approx((3.8 + 4.2) / 2)
    assert voltage["mean_discharge_V"] == pytest.approx(3.8)
    assert boundary["cracked_fraction"] == 0.3
    assert boundary["first_charge_cracked_fraction"] == 0.2
    assert boundary["largest_opening_m"] == 3e-9
    assert summary["energy"]["largest_elastic_J_per_m"] == 2e-9


def test_a_summary_names_what_was_accelerated(tmp_path):
    fast = ("physics.acceleration=50", "physics.fatigue.enabled=true")
    told = summary_of(make_run(tmp_path, overrides=fast), ROWS)["accelerations"]
    assert told == "accelerated: fatigue x50"
    assert summary_of(make_run(tmp_path), ROWS)["accelerations"] is None


@pytest.mark.parametrize(("dimension", "ratio"), [(2, 1.2732395), (3, 1.0)])
def test_a_summary_tells_how_much_more_boundary_a_ball_has(tmp_path, dimension, ratio):
    run = replace(make_run(tmp_path), particle=SimpleNamespace(dimension=dimension))
    assert summary_of(run, ROWS)["ball_area_ratio"] == pytest.approx(ratio)


def test_each_cycle_has_its_capacities(tmp_path):
    second = make_row(2e4, Cycle=2, Voltage=3.9, Net=80.0)
    summary = summary_of(make_run(tmp_path), [*ROWS, second])
    assert summary["charge_capacity_mAh_per_g"] == [200.0, 30.0]
    assert summary["discharge_capacity_mAh_per_g"] == [150.0, 0.0]


def test_each_cycle_has_its_mean_voltages_and_efficiency(tmp_path):
    summary = summary_of(make_run(tmp_path), ROWS)
    assert summary["mean_charge_voltage_V"] == pytest.approx([4.0])
    assert summary["mean_discharge_voltage_V"] == pytest.approx([3.8])
    assert summary["coulombic_efficiency"] == [0.75]
    assert summary["sweeps"] == summary["impedance"] == []


def test_what_mechanisms_tell_of_themselves_is_told_at_the_end(tmp_path):
    acting = [f"physics.{name}.enabled=true" for name in ("fatigue", "interphase")]
    run = make_run(tmp_path, overrides=acting)
    told = {"Mean Fatigue / 1": 0.03, "Mean Film / m": 4e-9}
    summary = summary_of(run, [ROWS[0], ROWS[-1] | told])
    assert summary["mechanisms"] == {"mean_fatigue": 0.03, "mean_film_m": 4e-9}


def numbered(time, first):
    """A row in which every column has a number of its own."""
    row = {header: first + 0.001 * k for k, header in enumerate(COLUMNS)}
    return row | {"Test Time / s": time, "Cycle Index / 1": 1, "Step Index / 1": 0, "Cracks / 1": 0}


def test_every_figure_of_merit_comes_from_its_own_column(tmp_path):
    """Largest and lowest of all rows, and what else there is of the last."""
    rows = [numbered(0.0, 3.0), numbered(10.0, 5.0), numbered(20.0, 4.0)]
    rows[1]["Cracks / 1"], rows[2]["Cracks / 1"] = 7, 9
    summary, last, top = summary_of(make_run(tmp_path), rows), rows[2], rows[1]
    assert summary["boundary"] == {
        "cracked_fraction": last["Cracked Fraction / 1"],
        "softened_fraction": last["Softened Fraction / 1"],
        "half_softened_fraction": last["Half Softened Fraction / 1"],
        "first_charge_cracked_fraction": last["Cracked Fraction / 1"],
        "mean_damage": last["Mean Damage / 1"],
        "largest_opening_m": top["Largest Opening / m"],
    }
    assert summary["cracks"] == {
        "number": 9,
        "area_m2_per_g": last["Crack Area / m2.g-1"],
        "mean_width_m": last["Mean Crack Width / m"],
        "connected_fraction": last["Connected Crack Fraction / 1"],
        "radial_alignment": last["Radial Alignment / 1"],
        "first_time_s": 10.0,
        "largest_mean_width_m": top["Mean Crack Width / m"],
        "largest_width_m": top["Largest Crack Width / m"],
    }
    assert summary["occupancy"] == {
        "lowest": rows[0]["Lowest Occupancy / 1"],
        "highest": top["Highest Occupancy / 1"],
    }
    energy = {
        "elastic": "Elastic Energy", "bond": "Bond Energy", "contact": "Contact Energy",
        "fracture": "Fracture Energy", "viscous_dissipation": "Viscous Dissipation",
        "algorithmic_dissipation": "Algorithmic Dissipation", "swelling_work": "Swelling Work",
        "sudden_release": "Sudden Release", "electrical_work": "Electrical Work",
        "chemical": "Chemical Energy", "reaction_loss": "Reaction Loss",
    }  # fmt: skip
    known = {f"{key}_J_per_m": last[f"{name} / J.m-1"] for key, name in energy.items()}
    largest = {"largest_elastic_J_per_m": top["Elastic Energy / J.m-1"]}
    assert summary["energy"] == known | largest
    assert summary["lithium_error"] == top["Lithium Error / 1"]
    assert summary["energy_error"] == last["Energy Error / 1"]
    assert summary["electrical_error"] == last["Electrical Error / 1"]
    assert summary["algorithmic_share"] == last["Algorithmic Share / 1"]
    assert summary["lowest_dissipation"] == last["Lowest Dissipation / 1"]


def test_what_is_not_a_number_becomes_null(tmp_path):
    row = make_row(Cracked=nan, Fracture=np.float64("inf"))
    summary = summary_of(make_run(tmp_path), [row], Outcome("failed", "no", {"x": [nan, 1]}))
    assert summary["boundary"]["cracked_fraction"] is None
    assert summary["energy"]["fracture_J_per_m"] is None
    assert summary["x"] == [None, 1]


def test_a_run_that_never_began_has_a_summary(tmp_path):
    summary = summary_of(make_run(tmp_path), [], Outcome("failed", "no start", {}))
    assert (summary["status"], summary["steps"]) == ("failed", 0)
    assert summary["cracks"]["number"] is summary["cracks"]["first_time_s"] is None


def test_cracks_are_those_at_the_end_and_widths_those_at_their_widest(tmp_path):
    first = make_row(5.0, Cracks=2.0, Mean_Crack_Width=4e-9, Radial=0.5)
    last = make_row(9.0, Cracks=3.0, Mean_Crack_Width=1e-9, Largest_Crack_Width=2e-9, Radial=0.7)
    cracks = summary_of(make_run(tmp_path), [make_row(0.0), first, last])["cracks"]
    assert (cracks["number"], cracks["first_time_s"]) == (3.0, 5.0)
    assert (cracks["mean_width_m"], cracks["largest_mean_width_m"]) == (1e-9, 4e-9)
    assert (cracks["largest_width_m"], cracks["radial_alignment"]) == (2e-9, 0.7)


def test_metadata_is_there_from_the_start_and_complete_at_the_end(tmp_path):
    (tmp_path / "particle.json").write_text('{"key": "abc"}')
    metadata, path = Metadata(), tmp_path / "metadata.json"
    metadata.start(make_run(tmp_path))
    begun = json.loads(path.read_text())
    assert (begun["mesh_key"], begun["seed"], begun["status"]) == ("abc", 1, "running")
    assert (begun["case"], begun["ranks"], begun["dofs"]) == ("quickstart", 1, 100)
    assert begun["versions"]["dolfinx"].startswith("0.")
    assert begun["versions"]["intergrain"]
    metadata.finish(DONE)
    ended = json.loads(path.read_text())
    assert ended["status"] == "finished"
    assert ended["wall_time_s"] >= 0
    assert ended["versions"] == begun["versions"]


@pytest.mark.parametrize("packed", [False, True])
def test_commit_is_found_without_git(tmp_path, packed):
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    file = git / ("packed-refs" if packed else "refs/heads/main")
    file.write_text("# pack\nc0ffee refs/heads/main\n" if packed else "c0ffee\n")
    assert commit(tmp_path) == "c0ffee"
    assert commit(tmp_path / "elsewhere") is None


def test_the_first_charge_is_told_whatever_a_later_one_does(tmp_path):
    once = "'Charge at 1C until 4.3 V', 'Discharge at 1C until 3 V'"
    run = make_run(tmp_path, overrides=[f"protocol=[{once}, {once}]"])
    rows = [
        make_row(100.0 * number, Step_Index=max(number - 1, 0), Cracked=0.1 * number)
        for number in range(5)
    ]
    summary = Summary()
    summary.start(run)
    for row in rows:
        summary.record(make_snapshot(run, row, step_ended=True))
    summary.finish(DONE)
    boundary = json.loads((tmp_path / "summary.json").read_text())["boundary"]
    assert boundary["first_charge_cracked_fraction"] == pytest.approx(0.1)
    assert boundary["cracked_fraction"] == pytest.approx(0.4)


def test_the_first_charge_is_no_other_step_before_it(tmp_path):
    steps = "'Discharge at 1C until 3 V', 'Rest for 1 min', 'Charge at 1C until 4.3 V'"
    run = make_run(tmp_path, overrides=[f"protocol=[{steps}]"])
    summary = Summary()
    summary.start(run)
    for number in range(4):
        row = make_row(100.0 * number, Step_Index=max(number - 1, 0), Cracked=0.1 * number)
        summary.record(make_snapshot(run, row, step_ended=True))
    summary.finish(DONE)
    boundary = json.loads((tmp_path / "summary.json").read_text())["boundary"]
    assert boundary["first_charge_cracked_fraction"] == pytest.approx(0.3)

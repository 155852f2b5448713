"""What a person sees of a body under loads, and its summary."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from types import SimpleNamespace

import pytest
from mpi4py import MPI

from solver.case import Case
from solver.output.fields import FieldTracker
from solver.output.progress import described
from solver.output.snapshot import Outcome
from solver.output.summary import Summary
from tests.particles import CASES
from tests.unit.output_example import make_row, make_run, make_snapshot

BEAM = Case.load(CASES / "benchmarks" / "dcb.yaml")
DONE = Outcome("finished", "all loads were applied", {"jumps": 3, "cut_increments": 5})


def row_of(factor, top, seat, moved, **others):
    """A row with two forces, N/m, and displacements, m."""
    return {
        "Cycle Index / 1": 3.0,
        "Step Index / 1": 0.0,
        "Load Factor / 1": factor,
        "Displacement top x / m": moved,
        "Force top x / N.m-1": top,
        "Displacement seat y / m": 10 * moved,
        "Force seat y / N.m-1": seat,
        "Cracked Fraction / 1": 0.125 * factor,
        "Softened Fraction / 1": 0.5 * factor,
        "Half Softened Fraction / 1": 0.25 * factor,
        "Elastic Energy / J.m-1": 2.0 * factor,
        "Grain Fracture Energy / J.m-1": 3.0 * factor,
        "Friction Dissipation / J.m-1": 5.0 * factor,
        "External Work / J.m-1": 7.0 * factor,
        "Energy Error / 1": 1e-9,
        "Lowest Dissipation / 1": -3e-13,
        "Algorithmic Share / 1": 0.04,
        "Newton Iterations / 1": 11.0,
        "Driven Increments / 1": 13.0,
        **others,
    }


ROWS = [
    row_of(0.0, 0.0, 0.0, 0.0),
    row_of(0.5, -4.0, 1.0, 1e-9),
    row_of(0.75, -6.0, 2.0, 2e-9),
    row_of(0.8, 3.0, 2.5, 3e-9),
]


def summary_of(directory, rows):
    run = SimpleNamespace(
        directory=directory,
        comm=MPI.COMM_SELF,
        dofs=321,
        accelerations={"fatigue": 7.0},
        case=BEAM,
        mechanisms=(),
    )
    summary = Summary()
    summary.start(run)
    for row in rows:
        summary.record(SimpleNamespace(row=row, step_ended=False))
    summary.finish(DONE)
    return json.loads((directory / "summary.json").read_text())


def test_the_summary_has_peaks_with_their_displacements_and_the_rest_of_the_end(tmp_path):
    summary = summary_of(tmp_path, ROWS)
    assert summary.pop("wall_time_s") >= 0
    assert summary == {
        "status": "finished",
        "reason": "all loads were applied",
        "ranks": 1,
        "dofs": 321,
        "accelerations": "accelerated: fatigue x7",
        "load_factor": 0.8,
        "peaks": {
            "top_x": {"force_N_per_m": -6.0, "displacement_m": 2e-9},
            "seat_y": {"force_N_per_m": 2.5, "displacement_m": 3e-8},
        },
        "boundary": {
            "cracked_fraction": pytest.approx(0.1),
            "softened_fraction": pytest.approx(0.4),
            "half_softened_fraction": pytest.approx(0.2),
        },
        "energy": {
            "elastic_J_per_m": pytest.approx(1.6),
            "grain_fracture_J_per_m": pytest.approx(2.4),
            "friction_dissipation_J_per_m": pytest.approx(4.0),
            "external_work_J_per_m": pytest.approx(5.6),
        },
        "energy_error": 1e-9,
        "lowest_dissipation": -3e-13,
        "algorithmic_share": 0.04,
        "mechanisms": {},
        "jumps": 3,
        "cut_increments": 5,
    }


def test_the_summary_of_a_loaded_particle_tells_of_loads_and_of_chemistry(tmp_path):
    case = Case.load(CASES / "calendered" / "pressed.yaml")
    run, summary = make_run(tmp_path), Summary()
    summary.start(replace(run, case=case))
    loads = {"Load Factor / 1": 0.25, "Force top y / N": -3.0, "Displacement top y / m": -1e-9}
    summary.record(make_snapshot(run, make_row(0.0) | loads))
    summary.finish(DONE)
    told = json.loads((tmp_path / "summary.json").read_text())
    assert told["load_factor"] == 0.25
    assert told["peaks"] == {"top_y": {"force_N": -3.0, "displacement_m": -1e-9}}
    assert told["voltage"]["highest_V"] > 3.0


def test_a_thickness_shows_in_the_keys_of_the_summary(tmp_path):
    thick = {header.removesuffix(".m-1"): value for header, value in ROWS[2].items()}
    summary = summary_of(tmp_path, [thick])
    assert summary["peaks"]["top_x"] == {"force_N": -6.0, "displacement_m": 2e-9}
    assert summary["energy"]["external_work_J"] == pytest.approx(5.25)


def test_the_frame_of_the_largest_force_is_written_once_it_has_fallen_by_a_tenth(tmp_path):
    run, fields = make_run(tmp_path, overrides=["output.fields.interval=1000"]), FieldTracker()
    fields.start(run)
    forces = (0.0, 5.0, -8.0, 7.3, 7.1, 2.0)
    for time, force in enumerate(forces):
        row = make_row(float(time)) | {"Force top x / N": 0.1, "Force top y / N": force}
        fields.record(make_snapshot(run, row, step_ended=time == 0))
        written = ET.parse(tmp_path / "fields/particle.pvd").iter("DataSet")
        times = [float(entry.get("timestep")) for entry in written]
        assert times == ([0.0] if time < 4 else [0.0, 2.0])  # 7.1 is the first below 7.2
    fields.finish(DONE)


def test_a_line_tells_where_the_load_is():
    told = described(BEAM.steps(), ROWS[2])
    assert told == "cycle 3  load       load factor 0.75  cracked  9.4 %  it 11  driven 13"


def test_a_line_of_a_loaded_particle_tells_of_its_chemistry_too():
    cycled = {"Voltage / V": 3.81234, "Test Time / s": 3723.0, "Time Step / s": 12.5}
    cycled["Temperature / K"] = 298.15
    row = ROWS[1] | cycled | {"Coupling Iterations / 1": 4.0}
    assert described(BEAM.steps(), row) == (
        "cycle 3  load       1:02:03  3.8123 V  load factor 0.5  cracked  6.2 %  dt 12.5 s  it 4/11"
    )

"""Every boundary has a row of its own, with means over its area."""

import csv
import tempfile
from pathlib import Path

import pytest
from mpi4py import MPI

from solver.output.boundary_table import BoundaryTable
from solver.output.snapshot import Outcome
from tests.ranks import on_ranks
from tests.unit.output_example import make_row, make_run, make_snapshot

HERE = "tests.unit.test_output_boundary_table"


AT_POINTS = {  # um; every column of its own size, on 0-1 and on 2-3
    "wetness": (0.5, 0.25),
    "film plus": (0.02, 0.04),
    "film minus": (0.06, 0.0),
    "current plus": (3.0, 0.0),
    "current minus": (-1.0, 5.0),
    "travel": (0.8, 0.05),
    "fatigue": (0.3, 0.1),
    "corrosion": (0.7, 0.2),
}
ROW = {
    "Test Time / s": 90.0,
    "Step Index / 1": 4.0,
    "Area / m2.m-1": 0.5e-6,
    "Wet Fraction / 1": 0.5,
    "Film / m": 0.04e-6,
    "Current / A.m-1": 0.5 * 2.0e-6,
    "Opening / m": 0.05e-6,
    "Damage / 1": 0.6,
    "Travel / m": 0.8e-6,
    "Fatigue / 1": 0.3,
    "Corrosion / 1": 0.7,
    "Cracked Fraction / 1": 0.0,
    "Softened Fraction / 1": 1.0,
    "Half Softened Fraction / 1": 1.0,
}
OTHER = ROW | {
    "Wet Fraction / 1": 0.25,
    "Film / m": 0.02e-6,
    "Current / A.m-1": 0.5 * 5.0e-6,
    "Opening / m": -0.01e-6,
    "Damage / 1": 0.3,
    "Travel / m": 0.05e-6,
    "Fatigue / 1": 0.1,
    "Corrosion / 1": 0.2,
    "Half Softened Fraction / 1": 0.0,
}


def local(state, name):
    """Values of a field; on surfaces, of the side that stands behind its name."""
    field, _, side = name.partition(" ")
    return getattr(state.sides(field), side) if side else state[field]


def every_column(directory, comm=MPI.COMM_SELF):
    """Rows of the table, by grains, of a state in which no two columns are alike."""
    ages = [f"physics.{name}.enabled=true" for name in ("fatigue", "corrosion", "interphase")]
    run = make_run(directory, comm, overrides=ages)
    snapshot = make_snapshot(run, make_row(90.0, Step_Index=4), step_ended=True)
    boundaries = run.spaces.boundaries
    for place, pair in enumerate([(0, 1), (2, 3)]):
        there = (boundaries.pair == pair).all(axis=1)
        for name, values in AT_POINTS.items():
            local(snapshot.state, name)[there] = values[place]
        snapshot.opening[there] = (0.05, -0.01)[place]
        snapshot.damage[there] = (0.6, 0.3)[place]
    left = (boundaries.pair == (0, 2)).all(axis=1) & (boundaries.position[:, 0] < -0.3)
    snapshot.damage[left] = 0.995  # facets of 1/8: one of four, and a corner of the next
    table = BoundaryTable()
    table.start(run)
    table.record(make_snapshot(run, make_row(80.0), step_ended=False))
    table.record(snapshot)
    table.finish(Outcome("finished", "", {}))
    comm.barrier()
    with (run.directory / "boundaries.csv").open(newline="") as file:
        return {(row.pop("Grain"), row.pop("Other Grain")): row for row in csv.DictReader(file)}


def numbers(row):
    return {header: float(value) for header, value in row.items()}


def test_every_column_has_its_own_value(tmp_path):
    rows = every_column(tmp_path)
    assert numbers(rows["grain_0", "grain_1"]) == pytest.approx(ROW, rel=1e-12, abs=0)
    assert numbers(rows["grain_2", "grain_3"]) == pytest.approx(OTHER, rel=1e-12, abs=0)
    assert set(rows["grain_0", "grain_1"]) == set(ROW)
    assert len((tmp_path / "boundaries.csv").read_text().splitlines()) == 1 + 4, "the end of a step"
    cracked = numbers(rows["grain_0", "grain_2"])
    assert cracked["Cracked Fraction / 1"] == pytest.approx(1.5 / 4)
    assert cracked["Damage / 1"] == pytest.approx(0.995 * 1.5 / 4)
    assert cracked["Film / m"] == cracked["Wet Fraction / 1"] == 0.0


def rows_on(comm):
    """The figures of the table that these ranks write together."""
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(comm.bcast(folder))
        rows = every_column(shared, comm)
        comm.barrier()
    return {" ".join(grains): numbers(row) for grains, row in rows.items()}


@pytest.mark.slow
def test_ranks_write_the_same_table():
    one, two = (on_ranks(n, f"{HERE}:rows_on") for n in (1, 2))
    assert list(one) == list(two)
    for grains, row in one.items():
        assert two[grains] == pytest.approx(row, rel=1e-12, abs=0)
    assert one["grain_0 grain_1"] == pytest.approx(ROW, rel=1e-12, abs=0)

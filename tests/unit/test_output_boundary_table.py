"""Every boundary has a row of its own, with means over its area."""

import csv
import tempfile
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from solver.output.boundary_table import BoundaryTable
from solver.output.snapshot import Outcome
from tests.ranks import on_ranks
from tests.unit.output_example import make_row, make_run, make_snapshot

HERE = "tests.unit.test_output_boundary_table"


def written(directory, comm=MPI.COMM_SELF):
    """Rows of four square grains of which one side of one boundary is wet and bears a film."""
    run = make_run(directory, comm)
    snapshot = make_snapshot(run, make_row(), step_ended=True)
    boundaries = run.spaces.boundaries
    between = (boundaries.pair == [0, 1]).all(axis=1)
    snapshot.state.wetness.x.array[between] = 0.5
    snapshot.state.film_plus.x.array[between] = 0.02
    table = BoundaryTable()
    table.start(run)
    table.record(make_snapshot(run, make_row(), step_ended=False))
    table.record(snapshot)
    table.finish(Outcome("finished", "", {}))
    with (run.directory / "boundaries.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_boundaries_are_named_and_measured_at_the_end_of_a_step(tmp_path):
    rows = {(row["Grain"], row["Other Grain"]): row for row in written(tmp_path)}
    assert len(rows) == 4
    first = rows["grain_0", "grain_1"]
    assert float(first["Area / m2.m-1"]) == pytest.approx(0.5e-6)
    assert float(first["Wet Share / 1"]) == pytest.approx(0.5e-6)
    assert float(first["Film / m"]) == pytest.approx(0.01e-6)  # mean of both sides
    assert float(rows["grain_0", "grain_2"]["Wet Share / 1"]) == 0.0


def rows_on(comm):
    """The figures of the table that these ranks write together."""
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(comm.bcast(folder))
        rows = written(shared, comm)
        comm.barrier()
    return {"rows": [[float(row["Area / m2.m-1"]), float(row["Wet Share / 1"])] for row in rows]}


@pytest.mark.slow
def test_ranks_write_the_same_table():
    one, two = (np.array(on_ranks(n, f"{HERE}:rows_on")["rows"]) for n in (1, 2))
    assert one == pytest.approx(two, rel=1e-12)

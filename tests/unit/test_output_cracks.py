"""Where cracks lie is on the disk at the end of every step, and where the first one was."""

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from solver.output.crack_file import CrackFile
from solver.output.snapshot import Outcome
from tests.ranks import on_ranks
from tests.unit.output_example import make_row, make_run, make_snapshot

HERE = "tests.unit.test_output_cracks"
DONE = Outcome("finished", "", {})


def written(directory, comm=MPI.COMM_SELF, **shape):
    """Four square grains; boundaries at x = 0 are cracked in the second row."""
    run = make_run(directory, comm, **shape)
    tracker = CrackFile()
    tracker.start(run)
    whole = make_snapshot(run, make_row(0.0), step_ended=True)
    whole.separation[:] = 0.0
    tracker.record(whole)
    tracker.record(make_snapshot(run, make_row(7.0, Cracked=0.5)))
    tracker.record(make_snapshot(run, make_row(9.0, Cracked=0.5), step_ended=True))
    tracker.finish(DONE)
    comm.barrier()
    file = run.directory / "cracks.json"
    return json.loads(file.read_text()) if file.exists() else None


def test_bins_share_out_what_is_cracked(tmp_path):
    found = written(tmp_path)
    start, end = found["ends"]
    assert (start["Test Time / s"], end["Test Time / s"]) == (0.0, 9.0)
    for name in ("depth", "angle", "direction", "width"):
        assert sum(start[f"by_{name}"]) == 0.0
        assert sum(end[f"by_{name}"]) == pytest.approx(0.5)  # one of two lines of equal length
    assert sum(found["boundaries"]["by_depth"]) == pytest.approx(1.0)
    assert found["boundaries"]["radial_alignment"] == pytest.approx(
        1.0
    )  # both run through the centre
    assert found["bins"]["depth_m"][-1] == pytest.approx(0.5e-6)
    upright = int(np.argmax(end["by_direction"]))
    assert found["bins"]["trace_deg"][upright] == pytest.approx(90.0)


def test_the_first_crack_has_its_time_place_and_grains(tmp_path):
    first = written(tmp_path)["first_crack"]
    assert first["Test Time / s"] == 7.0
    assert first["position_m"] == pytest.approx(
        [0.0, -0.5e-6]
    )  # all open alike: the first by place
    assert first["grains"] == ["grain_0", "grain_1"]
    assert first["depth_m"] == pytest.approx(0.0)


def test_a_single_grain_has_no_such_file(tmp_path):
    assert written(tmp_path, columns=1, rows=1) is None


def on_these(comm):
    """What these ranks write together."""
    with tempfile.TemporaryDirectory() as folder:
        found = written(Path(comm.bcast(folder)), comm)
        comm.barrier()
    return found


@pytest.mark.slow
def test_ranks_write_the_same_file():
    one, two = (on_ranks(n, f"{HERE}:on_these") for n in (1, 2))
    assert one["first_crack"] == two["first_crack"]
    for name, values in one["ends"][-1].items():
        assert two["ends"][-1][name] == pytest.approx(values, rel=1e-12, abs=1e-15)

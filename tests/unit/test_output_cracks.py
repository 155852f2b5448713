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
    whole.damage[:] = 0.0
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


def test_a_first_crack_within_a_step_that_never_ended_is_written_at_the_end(tmp_path):
    run, tracker = make_run(tmp_path), CrackFile()
    tracker.start(run)
    tracker.record(make_snapshot(run, make_row(0.0), step_ended=True))
    later = make_row(7.0, Cracked=0.5, Voltage=4.125, Cycle=2, Step_Index=3)
    tracker.record(make_snapshot(run, later))
    assert json.loads((tmp_path / "cracks.json").read_text())["first_crack"] is None
    tracker.finish(DONE)
    found = json.loads((tmp_path / "cracks.json").read_text())
    moment = {"Test Time / s": 7.0, "Cycle Index / 1": 2, "Step Index / 1": 3}
    assert found["first_crack"].items() >= (moment | {"Voltage / V": 4.125}).items()
    assert len(found["ends"]) == 1


def test_bins_are_in_metres_and_degrees_and_tell_widths_and_moments(tmp_path):
    run, tracker = make_run(tmp_path), CrackFile()
    tracker.start(run)
    end = make_row(9.0, Cracked=0.5, Voltage=4.125, Cycle=2, Step_Index=3)
    tracker.record(make_snapshot(run, end, step_ended=True))
    found = json.loads((tmp_path / "cracks.json").read_text())
    assert found["ends"][0]["Voltage / V"] == 4.125
    assert (found["ends"][0]["Cycle Index / 1"], found["ends"][0]["Step Index / 1"]) == (2, 3)
    bins, (moment,) = found["bins"], found["ends"]
    assert set(bins) == {"depth_m", "width_m", "angle_deg", "trace_deg"}
    assert bins["angle_deg"][-1] == pytest.approx(90.0)
    assert bins["trace_deg"][-1] - bins["trace_deg"][0] == pytest.approx(180.0)
    assert (bins["width_m"][0], bins["width_m"][-1]) == pytest.approx(
        (1e-10, 1e-6), rel=1e-9, abs=0
    )
    place = 1 + int(np.searchsorted(bins["width_m"], 50e-9) - 1)  # the first bin is what is closed
    assert moment["by_width"][place] == pytest.approx(0.5)
    assert moment["by_angle"][0] == pytest.approx(0.5)  # along the radius
    extents = found["boundaries"]
    assert sum(extents["by_direction"]) == sum(extents["by_angle"]) == pytest.approx(1.0)


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

"""When checkpoints are due: by the clock on the wall, by cycles, and where a run ends."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from mpi4py import MPI

from solver.case.models import CheckpointsCase
from solver.drive import checkpoints
from solver.drive.checkpoints import Checkpoints


@pytest.fixture
def clock(monkeypatch):
    """A clock on the wall that is set by hand."""
    wall = SimpleNamespace(seconds=1000.0)
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: wall.seconds)
    monkeypatch.setattr(checkpoints, "write", lambda *about, keep: None)
    monkeypatch.setattr(checkpoints, "Numbering", lambda particle, spaces: None)
    return wall


def keeper(**settings):
    model = SimpleNamespace(comm=MPI.COMM_SELF, particle=None, spaces=None)
    return Checkpoints(CheckpointsCase(**settings), Path(), model)


def kept(writes, cycle):
    writes.keep({"clock": {"cycle": cycle}})


def test_the_clock_on_the_wall_decides(clock):
    writes = keeper(wall_time=60.0)
    clock.seconds += 59.0
    assert not writes.due(1, stops=False)
    clock.seconds += 1.0
    assert writes.due(1, stops=False)
    kept(writes, 1)
    clock.seconds += 59.0
    assert not writes.due(1, stops=False)


def test_at_the_end_of_a_cycle_a_sixth_of_the_time_suffices(clock):
    writes = keeper(wall_time=60.0)
    clock.seconds += 9.0
    assert not writes.due(2, stops=False)
    clock.seconds += 2.0
    assert not writes.due(2, stops=False)
    assert writes.due(3, stops=False)


def test_cycles_are_counted_from_the_last_one(clock):
    writes = keeper(every=2)
    assert [writes.due(cycle, stops=False) for cycle in (1, 2, 3)] == [False, False, True]
    kept(writes, 3)
    assert [writes.due(cycle, stops=False) for cycle in (3, 4, 5)] == [False, False, True]


def test_a_run_that_goes_on_counts_cycles_from_its_checkpoint(clock):
    writes = keeper(every=2)
    writes.follow(7, 4)
    assert [writes.due(cycle, stops=False) for cycle in (4, 5, 6)] == [False, False, True]


@pytest.mark.parametrize("enabled", [True, False])
def test_where_a_run_ends_there_is_one_unless_they_are_switched_off(clock, enabled):
    assert keeper(enabled=enabled).due(1, stops=True) == enabled

"""Trackers are closed whatever goes wrong, and what tells how a run ended knows it."""

import errno
import json

import pytest

from solver.output.collective import OutputError, on_rank_zero
from solver.output.figures import Afterwards
from solver.output.metadata import Metadata
from solver.output.snapshot import Outcome
from solver.output.summary import Summary
from solver.output.trackers import close
from solver.run_files import RunLock
from solver.run_files.lock import RESERVE
from tests.unit.output_example import make_run

DONE = Outcome("finished", "the whole protocol was done", {})


class Full:
    """A tracker whose disk is full at its end."""

    def __init__(self, comm, seen):
        self._comm, self._seen = comm, seen

    def finish(self, outcome):
        self._seen.append(outcome)
        on_rank_zero(self._comm, self._fail)

    def _fail(self):
        raise OSError(errno.ENOSPC, "No space left on device", "fields/000007.vtu")


def test_what_cannot_be_written_at_the_end_makes_a_failure_that_the_books_tell(tmp_path):
    run, seen = make_run(tmp_path), []
    metadata, summary, figures = Metadata(), Summary(), Afterwards("no.such.module", "figures")
    for tracker in (metadata, summary, figures):
        tracker.start(run)
    outcome = close([metadata, summary, Full(run.comm, seen), figures], DONE, run)
    assert outcome.status == "failed" and outcome.unwritable
    assert outcome.reason == "at the end: cannot write fields/000007.vtu: No space left on device"
    for name in ("summary.json", "metadata.json"):
        told = json.loads((tmp_path / name).read_text())
        assert (told["status"], told["reason"]) == ("failed", outcome.reason)
    assert seen == [DONE]


def test_what_cannot_be_written_does_not_hide_why_the_solver_gave_up(tmp_path):
    run = make_run(tmp_path)
    outcome = close([Full(run.comm, [])], Outcome("failed", "at 3 s: no way on", {}), run)
    assert outcome.reason.startswith("at 3 s: no way on; at the end: cannot write fields/000007")
    assert outcome.unwritable


def test_figures_are_not_drawn_of_what_could_not_be_written(tmp_path, capsys):
    run, figures = make_run(tmp_path), Afterwards("no.such.module", "figures could")
    figures.start(run)
    figures.finish(DONE)
    assert "figures could not be made" in capsys.readouterr().err
    close([figures], Outcome("failed", "full", {}, unwritable=True), run)
    assert capsys.readouterr().err == ""


def test_the_space_in_reserve_is_given_back_when_the_disk_is_full(tmp_path):
    lock = RunLock(tmp_path)
    file = tmp_path / "run.lock"
    assert file.stat().st_size == RESERVE
    run = make_run(tmp_path)
    close([], DONE, run)
    assert file.stat().st_size == RESERVE
    close([Full(run.comm, [])], DONE, run)
    assert json.loads(file.read_text())["pid"] > 0
    assert file.stat().st_size < 200
    lock.release()


def test_every_rank_hears_of_what_one_could_not_write(tmp_path):
    run = make_run(tmp_path)
    with pytest.raises(OutputError, match=r"cannot write fields/000007\.vtu"):
        Full(run.comm, []).finish(DONE)

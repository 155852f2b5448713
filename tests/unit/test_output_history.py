"""Every step is in `history.csv` as soon as it is done, to the last digit."""

import csv
import resource

import pytest

from solver.output.history import HistoryTracker
from solver.output.snapshot import Outcome
from tests.unit.output_example import COLUMNS, make_row, make_run, make_snapshot

DONE = Outcome("finished", "all steps were done", {})


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path)


def test_rows_are_on_the_disk_before_the_next_step(run):
    history, path = HistoryTracker(), run.directory / "history.csv"
    history.start(run)
    for number in range(3):
        history.record(make_snapshot(run, make_row(float(number))))
        assert len(path.read_text().splitlines()) == number + 2
    history.finish(DONE)


def test_numbers_come_back_exactly(run):
    third = 1.0 / 3.0
    history = HistoryTracker()
    history.start(run)
    history.record(make_snapshot(run, make_row(third, Cycle=2, Current=float("nan"))))
    history.finish(DONE)
    with (run.directory / "history.csv").open(newline="") as file:
        header, row = csv.reader(file)
    assert tuple(header) == COLUMNS
    assert float(row[0]) == third
    assert row[1] == "2"
    assert row[header.index("Current / A.m-1")] == "nan"


def test_a_full_disk_is_an_error(run, monkeypatch):
    history = HistoryTracker()
    history.start(run)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, before[1]))
    try:
        with pytest.raises(OSError, match="cannot write"):
            for number in range(3):
                history.record(make_snapshot(run, make_row(float(number))))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_directory_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(OSError, match=r"cannot write .*nowhere.*No such file"):
        HistoryTracker().start(make_run(tmp_path / "nowhere"))


def test_a_table_goes_on_behind_the_rows_that_were_there_when_it_was_saved(run):
    first, second = HistoryTracker(), HistoryTracker()
    first.start(run)
    for number in range(4):
        first.record(make_snapshot(run, make_row(float(number))))
        if number == 1:
            memory = first.save()
    second.start(run)
    second.load(memory)
    second.record(make_snapshot(run, make_row(9.0)))
    lines = (run.directory / "history.csv").read_text().splitlines()
    assert lines[0].startswith("Test Time / s,")
    assert [line.split(",")[0] for line in lines[1:]] == ["0.0", "1.0", "9.0"]


def test_a_table_does_not_go_on_where_rows_are_gone(run):
    first, second = HistoryTracker(), HistoryTracker()
    first.start(run)
    first.record(make_snapshot(run, make_row(0.0)))
    memory = first.save()
    (run.directory / "history.csv").write_text("Test Time / s\n")
    second.start(run)
    with pytest.raises(OSError, match=r"history\.csv: rows are gone that it had"):
        second.load(memory)
    assert (run.directory / "history.csv").read_text() == "Test Time / s\n"

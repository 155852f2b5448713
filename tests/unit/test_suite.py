"""`intergrain test` takes the processes that pay, foretells its time, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solver.checks import suite
from tests.forecast import forecast, processor_time

ROOT = Path(__file__).parents[2]


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Three test files of 90 s, 4 s and 6 s: 10, 8 and 2 tests."""
    path = tmp_path / "seconds.txt"
    path.write_text(
        "# a comment\n 90.0 10 tests/verification/test_a.py\n"
        "  4.0  8 tests/unit/test_b.py\n  6.0  2 tests/unit/test_c.py\n"
    )
    monkeypatch.setattr(suite, "SECONDS", path)
    monkeypatch.setattr(suite, "most_workers", lambda: 3)
    (tmp_path / "tests/unit").mkdir(parents=True)
    (tmp_path / "tests/verification").mkdir()
    for name in ("verification/test_a.py", "unit/test_b.py"):
        (tmp_path / "tests" / name).touch()
    monkeypatch.setattr(suite, "ROOT", tmp_path)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], 3),
        (["-q", "-k", "name"], 3),
        (["tests/unit/test_b.py"], 0),
        (["tests/unit/"], 0),
        (["tests"], 3),
        (["tests/verification/test_a.py::test_x", "-x"], 3),
    ],
)
def test_more_processes_only_where_they_pay(recorded, words, expected):
    assert suite.workers(words) == expected


def test_the_time_is_that_of_the_chosen_tests(recorded):
    chosen = [f"tests/verification/test_a.py::test_{k}" for k in range(4)]
    assert suite.seconds_of(chosen) == 4 * 9.0
    assert suite.seconds_of(["tests/unit/test_c.py::test_x"]) == 3.0


def test_a_file_not_recorded_counts_like_the_mean_of_its_folder_or_of_all(recorded):
    assert suite.seconds_of(["tests/unit/test_new.py::test_x"]) == 10.0 / 10
    assert suite.seconds_of(["tests/new/test_new.py::test_x"]) == 100.0 / 20


def test_the_forecast_names_count_processes_and_time(recorded):
    chosen = ["tests/verification/test_a.py::test_x"] * 40
    assert forecast(chosen, 2) == "40 tests in 2 processes: about 3 minutes"
    assert forecast(chosen[:5], 1) == "5 tests: about 45 s"
    assert forecast(["tests/unit/test_b.py::test_x"], 1) == "1 test: about 1 s"


BUSY = "print(sum(range(10_000_000)), flush=True); input()"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no Linux")
def test_the_time_of_processes_that_go_on_is_counted_as_well():
    before = processor_time()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        working = processor_time() - before
        process.communicate(b"\n")
    assert working > 0.05
    one_tick = 1 / os.sysconf("SC_CLK_TCK")  # the times of the ended are rounded down anew
    assert processor_time() - before > working - 1.5 * one_tick


def test_what_is_recorded_are_the_tests_that_there_are():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    gone = set(suite.read_seconds()) - files
    assert not gone, "renew the list: ./intergrain test -n 0 --record-seconds"


def test_processes_are_bounded_by_cores_and_memory(monkeypatch):
    monkeypatch.setattr(suite.os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1_000_000}  # 4.096e9 B
    monkeypatch.setattr(suite.os, "sysconf", sizes.__getitem__)
    assert suite.most_workers() == 2
    sizes["SC_PHYS_PAGES"] = 10_000_000
    assert suite.most_workers() == 16
    sizes["SC_PHYS_PAGES"] = 100_000
    assert suite.most_workers() == 1


SMALL_TEST = """
import os, pathlib, tempfile
def test_writes():
    pathlib.Path(os.environ["INTERGRAIN_CACHE"]).mkdir()
    pathlib.Path(tempfile.gettempdir(), "left").touch()
    print(tempfile.gettempdir())
"""


def test_nothing_is_left_behind(tmp_path):
    project, temporary = tmp_path / "project", tmp_path / "tmp"
    (project / "tests").mkdir(parents=True)
    (project / "solver/checks").mkdir(parents=True)
    temporary.mkdir()
    for name in ("solver/checks/suite.py", "tests/forecast.py", "tests/proofs.py"):
        (project / name).write_text((ROOT / name).read_text())
    (project / "solver/__init__.py").touch()
    (project / "solver/checks/__init__.py").touch()
    (project / "tests/__init__.py").touch()
    (project / "tests/seconds.txt").write_text("1.0 2 tests/test_x.py\n")
    (project / "tests/test_x.py").write_text(SMALL_TEST)
    before = set(project.rglob("*"))
    run = "from solver.checks.suite import run_tests; sys.exit(run_tests(['-s', '-n', '2']))"
    code = f"import sys; {run}"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        env={"PYTHONPATH": str(project), "TMPDIR": str(temporary), "PATH": "/usr/bin"},
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 test in 2 processes: about 1 s" in done.stdout
    assert set(project.rglob("*")) == before
    assert list(temporary.iterdir()) == []

"""`run` prepares the directory, hands over to the simulation, and passes its exit code on.

The simulation itself is replaced here: what it computes is proved elsewhere.
"""

import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from solver.case import Case
from solver.cli import main
from solver.drive.interrupt import EARLY
from solver.output.snapshot import Outcome
from solver.run_files import manifest

ROOT = Path(__file__).parents[2]
QUICKSTART = str(ROOT / "cases/quickstart.yaml")
SMALL = ["--set", "particle.grains.count=3", "--set", "particle.radius=1 um"]

FINISHED = Outcome("finished", "the whole protocol was done", {})


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERGRAIN_CACHE", str(tmp_path / "cache"))
    before = {number: signal.getsignal(number) for number in EARLY}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def simulate_with(monkeypatch):
    def replace(function):
        module = types.SimpleNamespace(run=function)
        monkeypatch.setitem(sys.modules, "solver.drive.simulation", module)

    return replace


@pytest.mark.parametrize(("status", "code"), [("finished", 0), ("failed", 3), ("interrupted", 130)])
def test_run_prepares_a_directory_and_tells_its_end_by_the_exit_code(
    tmp_path, simulate_with, status, code
):
    seen = []

    def simulate(case, directory, comm, *others):
        files = {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()}
        seen.append((case, files == set(manifest(directory)), comm.size))
        return Outcome(status, "so it was", {})

    simulate_with(simulate)
    assert main(["run", QUICKSTART, "-o", str(tmp_path / "run"), *SMALL]) == code
    case = Case.load(tmp_path / "run/resolved.yaml")
    assert seen == [(case, True, 1)]
    assert "are tails, not measured" in (tmp_path / "run/cautions.txt").read_text()
    assert case.particle.grains.count == 3


def test_a_run_goes_to_runs_unless_told_otherwise(tmp_path, simulate_with, monkeypatch):
    monkeypatch.chdir(tmp_path)
    simulate_with(lambda *given: FINISHED)
    assert main(["run", QUICKSTART, *SMALL]) == 0
    assert (tmp_path / "runs/quickstart/resolved.yaml").exists()
    assert main(["run", QUICKSTART, *SMALL]) == 2
    assert main(["run", QUICKSTART, *SMALL, "--overwrite"]) == 0


def test_a_signal_from_the_launcher_ends_with_130(tmp_path, simulate_with):
    def simulate(*given):
        os.kill(os.getpid(), signal.SIGUSR2)
        signal.pause()

    simulate_with(simulate)
    assert main(["run", QUICKSTART, "-o", str(tmp_path / "run"), *SMALL]) == 130


def test_several_ranks_are_handed_to_mpirun_after_all_checks(tmp_path, monkeypatch):
    handed = []

    def become(program, words):
        handed.append(words)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execvp", become)
    run = ["run", QUICKSTART, "-n", "2", "-o", str(tmp_path / "run"), *SMALL]
    assert main([*run, "--set", "particle.radius=-1"]) == 2
    with pytest.raises(SystemExit):
        main(run)
    (words,) = handed
    assert words == ["mpirun", "-n", "2", sys.executable, "-m", "solver", "worker", words[-1]]
    assert Path(words[-1]) == tmp_path / "run"
    assert Case.load(tmp_path / "run/resolved.yaml").particle.grains.count == 3


ONE_RANK_FAILS = """
import sys, types
from mpi4py import MPI
from solver.cli import main

def simulate(case, directory, comm, *others):
    if comm.rank == 1:
        raise RuntimeError("rank 1 cannot go on")
    comm.barrier()

sys.modules["solver.drive.simulation"] = types.SimpleNamespace(run=simulate)
sys.exit(main(["worker", sys.argv[1]]))
"""


def test_a_rank_that_fails_does_not_leave_the_others_waiting(tmp_path, simulate_with):
    simulate_with(lambda *given: FINISHED)
    main(["run", QUICKSTART, "-o", str(tmp_path / "run"), *SMALL])
    script = tmp_path / "one_rank_fails.py"
    script.write_text(ONE_RANK_FAILS)
    ended = subprocess.run(
        ["mpirun", "-n", "2", sys.executable, str(script), str(tmp_path / "run")],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode != 0
    assert "rank 1 cannot go on" in ended.stderr

"""What a run leaves behind when it is interrupted, killed, or cannot go on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from solver.results.history import read_history

ROOT = Path(__file__).parents[2]
LONG = """
name: long enough to be interrupted
particle:
  radius: 2 um
  grains: {count: 6}
  mesh: {size: 0.5 um, boundary_size: 0.4 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol:
  - charge: {rate: C/20, until: {voltage: 4.4 V}}
numerics: {time_step: {fixed: 5 s}}
output: {figures: {enabled: false}}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path, cache):
    """Start a run in a process group of its own, and wait until it has taken some steps."""
    started = []

    def run(ranks, *options):
        case = tmp_path / "case.yaml"
        case.write_text(LONG)
        command = [sys.executable, "-m", "solver", "run", str(case), "-o", str(tmp_path / "run")]
        process = subprocess.Popen(
            [*command, "-n", str(ranks), *options],
            cwd=ROOT,
            env={"OMPI_MCA_mpi_yield_when_idle": "1"}
            | os.environ
            | {"INTERGRAIN_CACHE": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process, tmp_path / "run"

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for_steps(process, directory, steps=5, patience=120.0):
    history, deadline = directory / "history.csv", time.monotonic() + patience
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0]
        if history.exists() and history.read_text().count("\n") > steps:
            return
        time.sleep(0.05)
    raise AssertionError("the run took no steps")


@pytest.mark.parametrize("ranks", [1, 2])
def test_an_interrupt_keeps_all_that_was_done(start, ranks):
    process, directory = start(ranks)
    wait_for_steps(process, directory)
    process.send_signal(signal.SIGUSR2)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    summary = json.loads((directory / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert "interrupted" in said
    history = read_history(directory / "history.csv")
    assert len(history["Test Time / s"]) == summary["steps"] + 1
    frames = (directory / "fields" / "particle.pvd").read_text()
    assert frames.count("<DataSet") >= 2


def test_a_killed_run_leaves_a_history_up_to_its_last_step(start):
    process, directory = start(1)
    wait_for_steps(process, directory)
    before = len(read_history(directory / "history.csv")["Test Time / s"])
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    times = read_history(directory / "history.csv")["Test Time / s"]
    assert len(times) >= before >= 5
    assert times[1] == 5.0 and times[-1] == 5.0 * (len(times) - 1)


def test_a_solver_that_gives_up_exits_with_3_and_names_the_grain(start):
    process, directory = start(1, "--set", "numerics.newton_iterations=1")
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 3, said
    summary = json.loads((directory / "summary.json").read_text())
    assert summary["status"] == "failed"
    assert "occupancy of grain_" in summary["reason"] and " s: " in summary["reason"]
    assert summary["reason"] in " ".join(said.split())


@pytest.mark.parametrize("ranks", [1, 2])
def test_an_unreadable_mesh_is_one_clear_error(start, tmp_path, ranks):
    process, directory = start(1)
    wait_for_steps(process, directory, steps=1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    (directory / "particle.msh").write_text("not a mesh\n")
    worker = [sys.executable, "-m", "solver", "worker", str(directory)]
    command = worker if ranks == 1 else ["mpirun", "-n", str(ranks), *worker]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("cannot read the mesh") == 1
    assert "Traceback" not in done.stderr
    shutil.rmtree(directory)

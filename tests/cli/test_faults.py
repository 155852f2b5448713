"""What a run leaves behind when it is interrupted, killed, or cannot go on."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from solver.results.history import read_history
from solver.results.records import declaration, read_record
from solver.run_files import alive, manifest
from tests.ranks import BUSY_MACHINE

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


LARGEST = 60_000  # bytes of a file, in place of a full disk


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def start(tmp_path, cache):
    """Start a run in a process group of its own, and wait until it has taken some steps."""
    started = []

    def run(ranks, *options, largest=resource.RLIM_INFINITY):
        case = tmp_path / "case.yaml"
        case.write_text(LONG)
        command = [sys.executable, "-m", "solver", "run", str(case), "-o", str(tmp_path / "run")]
        process = subprocess.Popen(
            [*command, "-n", str(ranks), *options],
            cwd=ROOT,
            env=BUSY_MACHINE | os.environ | {"INTERGRAIN_CACHE": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest)),
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


def wait_until_nothing_goes_on(directory, patience=20.0):
    """No process has the directory among its words."""
    deadline, at_work = time.monotonic() + patience, [directory]
    while at_work and time.monotonic() < deadline:
        time.sleep(0.1)
        at_work = []
        for words in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # it has just ended
                if os.fsencode(directory) in words.read_bytes():
                    at_work.append(words)
    assert not at_work, "ranks go on without mpirun"


@pytest.mark.parametrize("ranks", [1, 2])
def test_an_interrupt_keeps_all_that_was_done(start, ranks):
    process, directory = start(ranks)
    wait_for_steps(process, directory)
    assert alive(directory)
    assert read_record(directory).summary["status"] == "running"
    process.send_signal(signal.SIGUSR2)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert not alive(directory)
    summary = json.loads((directory / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert "interrupted" in said
    history = read_history(directory / "history.csv")
    assert len(history["Test Time / s"]) == summary["steps"] + 1
    frames = (directory / "fields" / "particle.pvd").read_text()
    assert frames.count("<DataSet") >= 2
    written = {p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file()}
    assert written == set(manifest(directory)), "all that a run writes is in its manifest"


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_killed_run_leaves_a_history_up_to_its_last_step_and_is_shown_as_killed(start, ranks):
    process, directory = start(ranks)
    wait_for_steps(process, directory)
    before = len(read_history(directory / "history.csv")["Test Time / s"])
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_until_nothing_goes_on(directory)
    times = read_history(directory / "history.csv")["Test Time / s"]
    assert len(times) >= before >= 5
    assert times[1] == 5.0 and times[-1] == 5.0 * (len(times) - 1)
    assert read_record(directory).summary["status"] == "killed"
    assert declaration(directory) == "killed before its end"
    said = subprocess.run(
        [sys.executable, "-m", "solver", "report", str(directory)],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    page = (directory / "report.html").read_text()
    assert "killed" in page and "running" not in page


def test_a_full_disk_ends_a_run_with_3_and_a_summary(start):
    process, directory = start(1, "--set", "output.fields.enabled=false", largest=LARGEST)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 3, said
    assert "Traceback" not in said
    assert "history.csv: File too large" in said.splitlines()[-1]
    summary = json.loads((directory / "summary.json").read_text())
    assert summary["status"] == json.loads((directory / "metadata.json").read_text())["status"]
    assert summary["status"] == "failed" and "File too large" in summary["reason"]
    history = directory / "history.csv"
    assert LARGEST - 2000 < history.stat().st_size <= LARGEST
    assert history.read_bytes().endswith(b"\n")
    rows = len(read_history(history)["Test Time / s"])
    assert rows == summary["steps"], "all but the last of the steps and the start"


def test_a_vanished_directory_ends_a_run_with_3_in_one_sentence(start):
    process, directory = start(1)
    wait_for_steps(process, directory)
    while directory.exists():
        shutil.rmtree(directory, ignore_errors=True)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 3, said
    assert "Traceback" not in said
    assert "cannot write" in said.splitlines()[-1]
    assert not directory.exists()


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.3, 0.6, 1.0, 1.5, 2.0])
def test_an_interrupt_in_the_first_moments_exits_with_130(start, cache, delay):
    process, directory = start(1)
    while not catches(process.pid, signal.SIGUSR2):  # before, the launcher answers for it
        assert process.poll() is None
        time.sleep(0.002)
    time.sleep(delay)
    process.send_signal(signal.SIGUSR2)
    said, _ = process.communicate(timeout=60)
    # Python ends itself with SIGINT after some interrupts: for a shell and the launcher that is 130
    assert process.returncode in (130, -signal.SIGINT), said
    assert "Traceback" not in said and "interrupted" in said
    assert not meshing(cache), "Gmsh goes on"
    if (directory / "metadata.json").exists():
        assert read_record(directory).summary["status"] == "interrupted"
    else:
        assert not directory.exists() or not list(directory.iterdir())


def meshing(cache):
    """Processes that work in the cache of meshes."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            found += [words for word in words if word.startswith(str(cache).encode())]
    return found


def catches(pid, number):
    """Whether a process has a handler for a signal."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (number - 1) & 1)


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

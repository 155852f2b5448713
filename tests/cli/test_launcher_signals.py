"""The launcher hands signals on so that a run may finish writing, and none is lost at its start;
killed outright it takes its program along."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stand_ins import ROOT, Place, finish, wait_for

LONG = """
name: long enough to be killed
particle:
  radius: 1 um
  grains: {count: 2}
  mesh: {size: 0.5 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol:
  - charge: {rate: C/20, until: {voltage: 4.4 V}}
numerics: {time_step: {fixed: 5 s}}
output: {figures: {enabled: false}}
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stand-ins are for Linux tools")


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_may_finish_writing(place, number):
    place.with_debian_tools().call("shell", "-c", "true")
    run = place.start("run", "case.yaml")
    assert run.stdout is not None
    assert run.stdout.readline() == "command run case.yaml\n"
    assert run.stdout.readline() == "running\n"
    run.send_signal(number)
    assert finish(run).returncode == 130


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_the_environment_is_looked_for_ends_with_130(place, number):
    place.with_debian_tools().add("python3", 'touch "$0.asked"; sleep 3; echo no DOLFINx')
    run = place.start("run", "case.yaml")
    wait_for(lambda: (place.bin / "python3.asked").exists())
    started = time.monotonic()
    run.send_signal(number)
    assert run.wait(10) == 130
    assert time.monotonic() - started < 2
    assert not place.calls_of("mmdebstrap")


def takes(pid: int, number: int) -> bool:
    """Whether the process has begun to handle the signal; bash itself needs some milliseconds."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(mask, 16) >> (number - 1) & 1)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGUSR1, 75)]
)
def test_an_interrupt_is_lost_at_no_moment_of_the_start(place, number, code):
    place.with_debian_tools().call("shell", "-c", "true")
    for delay in (0, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.25):
        run = place.start("run", "case.yaml")
        wait_for(lambda pid=run.pid: takes(pid, number))
        time.sleep(delay)
        run.send_signal(number)
        assert run.wait(10) == code, delay


SIGNALLED_BEFORE = """
set -Teuo pipefail
trap 'exit 130' INT
trap 'exit 75' USR1
here=$1 place=$2 name=$3
source "$here/environment/common.sh"
source "$here/environment/supervise.sh"
program() { exec sleep 20; }
count=0
before() {
    count=$((count + 1))
    ((count != place)) || { echo "$BASH_COMMAND"; kill -"$name" $$; }
}
trap '[[ $BASHPID != $$ || ${FUNCNAME-} != supervise ]] || before' DEBUG
supervise USR2 USR2 program
"""


@pytest.mark.parametrize(("name", "code"), [("INT", 130), ("USR1", 75)])
def test_a_signal_before_any_command_of_the_launcher_s_waiting_keeps_its_meaning(name, code):
    runs = [
        subprocess.Popen(
            ["bash", "-c", SIGNALLED_BEFORE, "bash", str(ROOT), str(place), name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        for place in range(1, 14)
    ]
    done = [finish(run) for run in runs]
    assert any("child=" in run.stdout for run in done), "the moment between start and traps"
    assert {run.stdout.strip(): run.returncode for run in done if run.returncode != code} == {}


def test_a_run_that_did_not_hear_is_asked_again(place):
    deaf_once = """
import os, signal, sys, time
heard = []
def leave(*_):
    heard.append(1)
    if len(heard) == 2: sys.exit(130)
signal.signal(signal.SIGUSR2, leave)
print("running", flush=True)
for _ in range(100): time.sleep(0.2)
"""
    (place.project / "solver/__main__.py").write_text(deaf_once)
    run = place.with_debian_tools().start("run", "case.yaml")
    assert run.stdout is not None
    assert run.stdout.readline() == "running\n"
    run.send_signal(signal.SIGINT)
    assert run.wait(10) == 130
    assert run.communicate(timeout=5)[0] == ""


@pytest.mark.parametrize("command", ["run", "resume"])
def test_a_run_hears_that_it_should_end_for_now(place, command):
    hears = """
import signal, sys, time
signal.signal(signal.SIGUSR1, lambda *_: sys.exit(75))
print("running", flush=True)
time.sleep(20)
"""
    (place.project / "solver/__main__.py").write_text(hears)
    run = place.with_debian_tools().start(command, "case.yaml")
    assert run.stdout is not None
    assert run.stdout.readline() == "running\n"
    run.send_signal(signal.SIGUSR1)
    assert run.wait(10) == 75


@pytest.mark.parametrize("environment", ["debian", "current"])
def test_a_launcher_killed_outright_takes_its_run_along(place, environment):
    if environment == "current":
        place.add("python3", f'[ "$1" = - ] || exec {sys.executable} "$@"')
    place.with_debian_tools().call("--environment", environment, "shell", "-c", "true")
    run = place.start("--environment", environment, "run", "case.yaml", PYTHONPATH="")
    assert run.stdout is not None
    run.stdout.readline(), run.stdout.readline()
    os.killpg(run.pid, signal.SIGKILL)
    wait_for((place.project.parent / "left").exists)  # in good order
    assert run.communicate(timeout=10)[0] == ""  # nobody is left to hold the pipe


def test_ctrl_c_at_the_terminal_reaches_only_the_launcher(place):
    place.with_debian_tools().call("shell", "-c", "true")
    run = place.start("run", "case.yaml")
    assert run.stdout is not None
    run.stdout.readline(), run.stdout.readline()
    os.killpg(run.pid, signal.SIGINT)
    assert finish(run).returncode == 130


def test_other_commands_get_the_interrupt_itself(place):
    place.with_debian_tools().call("shell", "-c", "true")
    code = "import time; print('up', flush=True); time.sleep(30)"
    process = place.start("python", "-c", code)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert "KeyboardInterrupt" in done.stderr
    assert done.returncode == 130


def processes_about(folder):
    """Process numbers of the programs that have the folder among their words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:  # it has just ended
            continue
        if os.fsencode(folder) in words:
            found.append(int(entry.name))
    return found


@pytest.mark.parametrize("ranks", [1, 2])
def test_the_solver_stops_like_at_an_interrupt(tmp_path, ranks):
    case, run = tmp_path / "case.yaml", tmp_path / "run"
    case.write_text(LONG)
    launcher = subprocess.Popen(
        [ROOT / "intergrain", "--environment", "current", "run", case, "-o", run, "-n", str(ranks)],
        env=os.environ | {"INTERGRAIN_CACHE": str(tmp_path / "cache")},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    history = run / "history.csv"
    wait_for(lambda: history.exists() and history.read_text().count("\n") > 3, 120)
    os.killpg(launcher.pid, signal.SIGKILL)
    launcher.wait()
    wait_for(lambda: not processes_about(tmp_path), 60)
    assert json.loads((run / "summary.json").read_text())["status"] == "interrupted"

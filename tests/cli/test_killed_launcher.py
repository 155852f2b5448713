"""A real run whose launcher is killed outright ends in good order, on one rank and on two."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are told by /proc")


def wait_for(condition, patience):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


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

"""A case of seconds, a file beside it that has it run at many points, and its interruption."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CASE = """
name: tiny
particle:
  radius: 1 um
  grains: {count: 3}
  mesh: {size: 0.5 um, boundary_size: 0.5 um}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
protocol: [{charge: {rate: 2C, until: {time: 2 min}}}]
numerics: {time_step: {fixed: 30 s}}
output: {figures: {enabled: false}, report: {enabled: false}, fields: {enabled: false}}
"""


def longer(case: str) -> str:
    """The case with enough time steps to be met in the middle."""
    return case.replace("time: 2 min", "time: 20 min").replace("fixed: 30 s", "fixed: 5 s")


def beside(folder: Path, text: str, case: str) -> str:
    """Write a case and the file that names it; return the path of that file."""
    (folder / "case.yaml").write_text(case)
    (folder / "tiny.yaml").write_text(text)
    return str(folder / "tiny.yaml")


def interrupted(command: str, path: str, out: Path, *words: str) -> tuple[int, str]:
    """Run a command, interrupt it once a run has done some time steps; its code, what it said."""
    whole = [sys.executable, "-m", "solver", command, path, "-o", str(out), *words]
    program = subprocess.Popen(whole, cwd=ROOT, env=os.environ, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 120
    while time.monotonic() < end and not _begun(out):
        time.sleep(0.1)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=120)
    return program.returncode, said


def _begun(out: Path) -> bool:
    tables = list(out.glob("runs/*/history.csv"))
    return any(len(table.read_text().splitlines()) > 4 for table in tables)


@contextmanager
def handlers_kept() -> Iterator[None]:
    """Leave the handlers of signals as they were."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)

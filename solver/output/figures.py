"""Figures and report at the end of a run, each by a process of its own: neither can fail a run."""

import subprocess
import sys
from pathlib import Path

from solver.output.snapshot import Outcome, Run, Snapshot
from solver.units.memory import Remembering

PATIENCE = 300.0  # s
ROOT = Path(__file__).resolve().parents[2]
FIGURES, REPORT = "solver.results.plots", "solver.results.report"


class Afterwards(Remembering):
    """Tracker that has the run directory shown when everything else is written."""

    def __init__(self, program: str, what: str) -> None:
        """program: a module to run with the directory. what: it makes, for what goes wrong."""
        self.name, self._program, self._what = program, program, what

    def start(self, run: Run) -> None:
        """Remember where to work."""
        self._directory, self._comm = run.directory.resolve(), run.comm

    def record(self, snapshot: Snapshot) -> None:
        """Nothing is done before the end."""

    def finish(self, outcome: Outcome) -> None:
        """Work on rank 0; what goes wrong is told on standard error."""
        if outcome.unwritable:
            return
        if self._comm.rank == 0:
            problem = in_subprocess(self._program, self._directory)
            if problem is not None:
                print(f"{self._what} not be made: {problem}", file=sys.stderr, flush=True)
        self._comm.barrier()


def drawn_figures() -> Afterwards:
    """Tracker that draws the figures."""
    return Afterwards(FIGURES, "figures could")


def written_report() -> Afterwards:
    """Tracker that writes the report from all that is there, figures too."""
    return Afterwards(REPORT, "the report could")


def in_subprocess(program: str, directory: Path) -> str | None:
    """Let a module work on a run directory; return what went wrong, None if nothing did."""
    command = [sys.executable, "-m", program, str(directory)]
    try:
        process = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            start_new_session=True,  # mpirun passes interrupts on to whole groups of processes
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if process.returncode == 0:
        return None
    lines = process.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {process.returncode}"

"""Figures at the end of a run, drawn by a process of their own: a failed picture fails no run."""

import subprocess
import sys
from pathlib import Path

from solver.output.snapshot import Outcome, Run, Snapshot

PATIENCE = 300.0  # s
ROOT = Path(__file__).resolve().parents[2]


class Figures:
    """Tracker that has the run directory drawn when everything else is written."""

    def start(self, run: Run) -> None:
        """Remember where to draw."""
        self._directory, self._comm = run.directory.resolve(), run.comm

    def record(self, snapshot: Snapshot) -> None:
        """Nothing is drawn before the end."""

    def finish(self, outcome: Outcome) -> None:
        """Draw on rank 0; what goes wrong is told on standard error."""
        if self._comm.rank == 0:
            problem = draw_in_subprocess(self._directory)
            if problem is not None:
                print(f"figures could not be drawn: {problem}", file=sys.stderr, flush=True)
        self._comm.barrier()


def draw_in_subprocess(directory: Path) -> str | None:
    """Draw the figures of a run directory; return what went wrong, None if nothing did."""
    command = [sys.executable, "-m", "solver.results.plots", str(directory)]
    try:
        process = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if process.returncode == 0:
        return None
    lines = process.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {process.returncode}"

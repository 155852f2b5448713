"""What a person sees of a specimen while it is loaded, and the figures of merit at the end."""

import json
import time
from collections.abc import Mapping
from typing import Any

from solver.output.collective import on_rank_zero
from solver.output.fields import FieldTracker, FrameCopy
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.summary import FILE, damage, energies, jsonable, quality
from solver.run_files import write_file
from solver.units.acceleration import declared
from solver.units.quantities import header_of, key_of, name_of, unit_of

SECONDS_BETWEEN_LINES = 5.0
FALLEN = 0.9
Row = Mapping[str, float]


class LoadingLine:
    """Tracker that tells where the load is, on rank 0, every few seconds."""

    def start(self, run: Run) -> None:
        """Begin to show."""
        self._shown = run.comm.rank == 0
        self._latest = -SECONDS_BETWEEN_LINES

    def record(self, snapshot: Snapshot) -> None:
        """Show an increment."""
        now = time.monotonic()
        if not snapshot.step_ended and now - self._latest < SECONDS_BETWEEN_LINES:
            return
        self._latest, row = now, snapshot.row
        self._show(
            f"step {int(row['Step Index / 1'])}  load factor {row['Load Factor / 1']:.5g}  "
            f"cracked {100 * row['Cracked Fraction / 1']:4.1f} %  "
            f"it {int(row['Newton Iterations / 1'])}  driven {int(row['Driven Increments / 1'])}"
        )

    def finish(self, outcome: Outcome) -> None:
        """Say how it ended."""
        self._show(f"{outcome.status}: {outcome.reason}")

    def _show(self, text: str) -> None:
        try:
            if self._shown:
                print(text, flush=True)
        except OSError:  # a pipe that nobody reads
            self._shown = False


class LoadingFields(FieldTracker):
    """Frames as of any run, and the last one before the largest force so far falls by a tenth."""

    def start(self, run: Run) -> None:
        """Begin with no force."""
        super().start(run)
        self._largest = 0.0
        self._top: FrameCopy | None = None

    def record(self, snapshot: Snapshot) -> None:
        """Write the frame of the largest force once that is past, and this one if it is time."""
        columns = snapshot.row.items()
        force = max((abs(v) for name, v in columns if name.startswith("Force ")), default=0.0)
        if self._top is not None and force < FALLEN * self._largest:
            if self._top.time > self._written:
                self._write(self._top)
            self._top = None
        super().record(snapshot)
        if force > self._largest:
            self._largest, self._top = force, self._latest


class LoadingSummary:
    """Tracker that writes `summary.json`: peak forces, cracks, energies, effort."""

    def start(self, run: Run) -> None:
        """Begin with nothing."""
        self._run, self._began = run, time.monotonic()
        self._peaks: dict[str, dict[str, float]] = {}
        self._last: Row = {}

    def record(self, snapshot: Snapshot) -> None:
        """Take in one row."""
        self._last = row = snapshot.row
        for column in row:
            if column.startswith("Force "):
                self._peak(column, row)

    def _peak(self, column: str, row: Row) -> None:
        where, key = name_of(column).removeprefix("Force "), key_of("force", unit_of(column))
        peak = self._peaks.get(where.replace(" ", "_"), {key: 0.0})
        if abs(row[column]) >= abs(peak[key]):
            moved = row[header_of(row, f"Displacement {where}")]
            self._peaks[where.replace(" ", "_")] = {key: row[column], "displacement_m": moved}

    def finish(self, outcome: Outcome) -> None:
        """Write the file."""
        last = self._last
        content: dict[str, Any] = {
            "status": outcome.status,
            "reason": outcome.reason,
            "ranks": self._run.comm.size,
            "dofs": self._run.dofs,
            "accelerations": declared(self._run.accelerations),
            "wall_time_s": round(time.monotonic() - self._began, 3),
            "load_factor": last.get("Load Factor / 1"),
            "peaks": self._peaks,
            "boundary": damage(last),
            "energy": energies(last),
            **quality(last),
        } | dict(outcome.totals)
        text = json.dumps(jsonable(content), indent=2, allow_nan=False) + "\n"
        on_rank_zero(self._run.comm, lambda: write_file(self._run.directory, FILE, text))

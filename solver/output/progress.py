"""What a person sees while a run goes on: a bar on a terminal, plain lines elsewhere."""

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from math import isfinite
from shlex import quote
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from solver.case import Case
from solver.output.checkpoint.container import numbered
from solver.output.observe import boundaries, coupling, effort, load
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.wall_time import WallTime
from solver.protocol import PlannedStep
from solver.units.instruments import (
    CYCLE_INDEX,
    JUMPED_CYCLES,
    STEP_INDEX,
    TEMPERATURE,
    TEST_TIME,
    TIME_STEP,
    VOLTAGE,
)
from solver.units.measures import CELSIUS, ROOM
from solver.units.memory import Memory

UNUSUAL = 0.5  # K from room temperature on, which is told
SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_FRAMES = 0.1
SECONDS_BEFORE_ESTIMATE = 2.0
WAYS_ON = {
    "interrupted": "\ngo on with: ./intergrain resume {}",
    "failed": "\ngo on from the newest checkpoint: ./intergrain resume {}; "
    "with other numerics: --extend CASE --set numerics...",
}
Row = Mapping[str, float]


class ProgressLine:
    """Tracker that shows where a run is; rank 0 only. A closed terminal does not end a run."""

    name = "progress"

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show on `stream`, standard output if None."""
        self._stream = stream

    def start(self, run: Run) -> None:
        """Begin to show, on rank 0."""
        stream = self._stream or sys.stdout
        self._case, self._steps, self._directory = run.case, run.case.steps(), run.directory
        self._display: _Bar | _Lines | None = None
        if run.comm.rank == 0:
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # PETSc would end the program
            alone = run.comm.size == 1  # mpirun shows its ranks a terminal that is none
            self._display = _Bar(stream) if alone and stream.isatty() else _Lines(stream)
        self._wall_time = WallTime()
        self._step_start: Row | None = None

    def record(self, snapshot: Snapshot) -> None:
        """Show the latest step."""
        if self._display is None:
            return
        row = snapshot.row
        step = STEP_INDEX.header
        if self._step_start is None or row[step] != self._step_start[step]:
            self._step_start = row
        done = fraction_done(self._case, self._steps, self._step_start, row)
        left = remaining(done, self._wall_time.seconds)
        text = f"{left:<20}  {described(self._steps, row)}"
        self._show(text, done, snapshot.step_ended)

    def finish(self, outcome: Outcome) -> None:
        """Say how it ended, and how it is gone on with if it did not come to the end."""
        if self._display is None:
            return
        took = clock(self._wall_time.seconds)
        told = f"{outcome.status} after {took}: {outcome.reason}"
        if left := outcome.totals.get("fallbacks"):
            told += f"\n{left} linear systems were left to factors: cycles did not converge"
        if outcome.status in WAYS_ON and numbered(self._directory):
            told += WAYS_ON[outcome.status].format(quote(str(self._directory)))
        try:
            self._display.end(told)
        except (OSError, ValueError):
            self._give_up()

    def save(self) -> Memory:
        """Return how long it took, and where the present step began."""
        return {"wall_time": self._wall_time.save(), "step_start": self._step_start}

    def load(self, memory: Memory) -> None:
        """Count the time of the parts before."""
        self._wall_time.load(memory["wall_time"])
        self._step_start = memory["step_start"]

    def _show(self, text: str, done: float, important: bool) -> None:
        try:
            if self._display is not None:
                self._display.show(text, done, important)
        except (OSError, ValueError):  # a pipe nobody reads, a stream that was closed
            self._give_up()

    def _give_up(self) -> None:
        """Stop showing; what is left in the buffer must not fail at the exit either."""
        self._display = None
        if self._stream is None and sys.__stdout__ is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno())


class _Lines:
    """At most one line every few seconds, and one for every important moment."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._latest = -SECONDS_BETWEEN_LINES

    def show(self, text: str, done: float, important: bool) -> None:
        now = time.monotonic()
        if important or now - self._latest >= SECONDS_BETWEEN_LINES:
            self._latest = now
            print(text, file=self._stream, flush=True)

    def end(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class _Bar:
    """A live bar; important moments stay above it."""

    def __init__(self, stream: TextIO) -> None:
        bar = BarColumn(bar_width=10)
        self._progress = Progress(
            bar,
            TextColumn("{task.description}", markup=False),
            console=_QuietConsole(file=stream),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("", total=1.0)
        self._latest = 0.0
        self._progress.start()

    def show(self, text: str, done: float, important: bool) -> None:
        if important:
            self._keep(text)
        now = time.monotonic()
        if important or now - self._latest >= SECONDS_BETWEEN_FRAMES:
            self._latest = now
            self._progress.update(self._task, completed=done, description=text, refresh=True)

    def end(self, text: str) -> None:
        self._progress.stop()
        self._keep(text)

    def _keep(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


class _QuietConsole(Console):
    """A console that neither ends the program when nobody reads it nor hides the cursor.

    A run that dies could not bring the cursor back.
    """

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError

    def show_cursor(self, show: bool = True) -> bool:
        return False


def described(steps: Sequence[PlannedStep], row: Row) -> str:
    """One line about the state of a run: of chemistry and loads what there is."""
    kind = steps[int(row[STEP_INDEX.header])].step.kind
    newton, told = int(row[effort.NEWTON.header]), [f"cycle {int(row[CYCLE_INDEX.header])}"]
    if jumped := int(row.get(JUMPED_CYCLES.header, 0)):
        told.append(f"{jumped} jumped")
    told.append(f"{kind:<9}")
    if VOLTAGE.header in row:
        told.append(clock(row[TEST_TIME.header]))
        if abs(row[TEMPERATURE.header] - ROOM) > UNUSUAL:
            told.append(f"{row[TEMPERATURE.header] - CELSIUS:.0f} degC")
        told.append(f"{row[VOLTAGE.header]:.4f} V")
    if load.FACTOR.header in row:
        told.append(f"load factor {row[load.FACTOR.header]:.5g}")
    told.append(f"cracked {100 * row[boundaries.CRACKED.header]:4.1f} %")
    if VOLTAGE.header in row:
        turns = int(row[coupling.TURNS.header])
        told += [f"dt {row[TIME_STEP.header]:.3g} s", f"it {turns}/{newton}"]
    else:
        told += [f"it {newton}", f"driven {int(row[load.DRIVEN.header])}"]
    return "  ".join(told)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def remaining(done: float, elapsed: float) -> str:
    """Percent done, and a rough guess of the time left as soon as there is a base for it."""
    percent = f"{100 * done:3.0f} %"
    if not 0.02 < done < 0.995 or elapsed < SECONDS_BEFORE_ESTIMATE:
        return percent
    return f"{percent}  ~{clock(elapsed * (1 - done) / done)} left"


def fraction_done(case: Case, steps: Sequence[PlannedStep], step_start: Row, row: Row) -> float:
    """Crude share of the protocol that is done: all its steps count alike.

    A step is as far as it is on its way to the end which it is nearest to.
    """
    number = int(row[STEP_INDEX.header])
    shares = steps[number].step.shares_done(step_start, row, case.c_rate_basis)
    nearest = max((share for share in shares if isfinite(share)), default=0.0)
    return (number + min(max(nearest, 0.0), 1.0)) / len(steps)

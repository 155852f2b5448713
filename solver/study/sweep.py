"""The way of a study file to its table and its page, the same from the command line and Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from solver.results.records import RUNNING
from solver.run_files import RunLock, require_own, write_whole
from solver.start import BAD_CASE, DONE, FOR_NOW, GAVE_UP, RunError
from solver.study import idle, page, table
from solver.study.checked import Checked
from solver.study.evaluations import (
    BROKEN_OFF,
    FAILED,
    FINISHED,
    WAITING,
    Evaluations,
    RunState,
    Wanted,
)
from solver.study.gathered import Study
from solver.study.points import Point
from solver.study.side_by_side import Carry
from solver.study.table import RunRow

LINES = "lines_{}.txt"  # of an array of SLURM
Say = Callable[[str], object]


class Swept(NamedTuple):
    """A study in its folder."""

    study: Checked
    folder: Path
    evaluations: Evaluations
    rows: table.TableRows


def course(study: Checked, folder: Path) -> Swept:
    """Return a study with its folder, where nothing is made yet."""
    evaluations = Evaluations(folder)
    return Swept(study, folder, evaluations, table.TableRows(study, evaluations))


@contextmanager
def locked(folder: Path, file: str = page.FILE, what: str = "sweep") -> Iterator[None]:
    """Keep others out of a folder. file: page that is written there. Raises RunError."""
    try:
        require_own(folder / file)
        folder.mkdir(parents=True, exist_ok=True)
        with RunLock(folder):
            yield
    except BlockingIOError as error:
        raise RunError(f"a {what} is still going on in {folder}") from error
    except FileExistsError as error:
        raise RunError(f"{folder / file}: {error.strerror}", BAD_CASE) from error


def carried_out(way: Swept, carry: Carry, again: bool, say: Say) -> list[Path]:
    """Run what is missing, the table up to date as runs end; return the files of table and page.

    carry: what carries programs out. again: also what has failed. Raises OSError;
    KeyboardInterrupt after all runs have ended in good order.
    """
    missing = way.evaluations.missing(way.study.runs, again)
    every = len({wanted.key for wanted in way.study.runs})
    kept = every - len(missing)
    say(f"{every} runs, {f'{kept} kept' if kept else 'none done yet'}")
    table.written(way.folder, way.study, way.rows.all())
    words = {run.key: point.words() for run, point in _pairs(way.study)}
    count = _Count(len(missing))

    def tell(wanted: Wanted, state: RunState) -> None:
        table.written(way.folder, way.study, way.rows.all())
        say(f"{count.after(state)}  {words[wanted.key]}{_why(state)}")

    try:
        way.evaluations.carried_out(missing, carry, tell)
    finally:
        files = gather(way)
    return files


def gather(way: Swept) -> list[Path]:
    """Write table and page from what there is; return the files. Raises OSError."""
    return [*table.written(way.folder, way.study, way.rows.all()), page.write_page(way.folder)]


def told(rows: Sequence[RunRow]) -> str:
    """Return how many runs ended how, and why those that failed did."""
    status = [row.state.status for row in rows]
    counted = ", ".join(f"{status.count(each)} {each}" for each in dict.fromkeys(status))
    failed = [f"run {row.number} failed: {row.state.reason}" for row in rows if _failed(row)]
    return "\n".join([f"{len(rows)} runs: {counted}", *failed])


def cautions(way: Swept) -> list[str]:
    """Return what to mind about the table of a study that is gathered."""
    return idle.in_words(idle.idle_axes(Study(way.folder)))


def exit_code(rows: Sequence[RunRow]) -> int:
    """Return 0 if all runs finished, 3 if some failed, 75 if some are still to come."""
    status = {row.state.status for row in rows}
    if FAILED in status:
        return GAVE_UP
    return FOR_NOW if status & {WAITING, RUNNING, *BROKEN_OFF} else DONE


def lines_for_slurm(way: Swept, again: bool) -> tuple[Path | None, int]:
    """Write the runs that are missing as `cluster/job.sh` takes them; return the file, how many.

    None where nothing is missing. Raises OSError.
    """
    missing = way.evaluations.missing(way.study.runs, again)
    if not missing:
        return None, 0
    table.written(way.folder, way.study, way.rows.all())
    numbers = range(1, len(list(way.folder.glob(LINES.format("*")))) + 2)
    file = next(f for n in numbers if not (f := way.folder / LINES.format(n)).exists())
    head = f"# {way.study.file.name}: a run on each line"
    lines = [way.evaluations.line(wanted) for wanted in missing]
    write_whole(file, "\n".join([head, *lines]) + "\n")
    return file, len(missing)


def _failed(row: RunRow) -> bool:
    return row.state.status == FAILED


def _why(state: RunState) -> str:
    return f": {state.reason}" if state.status != FINISHED and state.reason else ""


def _pairs(study: Checked) -> Iterator[tuple[Wanted, Point]]:
    yield from zip(study.runs, study.points, strict=True)


class _Count:
    """How far it is, as a line of a run tells it."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._done, self._since = 0, time.monotonic()

    def after(self, state: RunState) -> str:
        """Return the beginning of the line of a run that has just ended."""
        if state.status not in (FINISHED, FAILED):
            ended = "not begun" if state.status == WAITING else state.status
            return f"{self._done}/{self._runs}  {ended}"
        self._done += 1
        passed, left = time.monotonic() - self._since, self._runs - self._done
        coming = f", about {_clock(passed / self._done * left)} left" if left else ""
        return f"{self._done}/{self._runs}{coming}  {state.status} after {_clock(state.seconds)}"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def to_terminal(text: str) -> None:
    """Say something at once."""
    print(text, flush=True)


def to_nobody(text: str) -> None:
    """Say nothing."""


def default_folder(path: Path) -> Path:
    """Return where a study or a fit goes that was not told."""
    return Path("runs", path.stem)


def same_again(path: Path, folder: Path) -> str:
    """Return the words after the command that mean this file and its folder."""
    words = [quote(str(path))]
    if folder != default_folder(path):
        words += ["-o", quote(str(folder))]
    return " ".join(words)


def check_table(study: Checked) -> str:
    """Return the points of a study as a text: what would run."""
    heads = [column.header for column in study.columns]
    lines = [[table.as_text(each) for each in values] for values in _by_point(study)]
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    rows = ("  ".join(f"{t:<{w}}" for t, w in zip(r, widths, strict=True)) for r in (heads, *lines))
    foreseen = f", some {_clock(study.seconds)} of one core" if study.seconds else ""
    outputs = ", ".join(output.header for output in study.outputs)
    return "\n".join(
        [*(row.rstrip() for row in rows), f"{len(lines)} runs{foreseen}", f"outputs: {outputs}"]
    )


def _by_point(study: Checked) -> Iterator[tuple[object, ...]]:
    yield from zip(*(column.values for column in study.columns), strict=True)

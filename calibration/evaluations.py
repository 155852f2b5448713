"""Runs of shipped cases with other values, each in a process of its own, kept in a CSV file.

What the file holds is not run again, so that a fit that was cut off goes on where it was. It is the
record of one version of the program and its materials: take another folder when these change.
"""

import csv
import hashlib
import json
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import NamedTuple

import numpy as np

from intergrain import Case, RunError, run
from solver.materials.altered import on_files
from solver.results import headers, losses, retention
from solver.results.bulk import checks_at_a_rate
from solver.results.history import History

CASES = Path(__file__).parents[1] / "cases"
QUIET = ("output.figures.enabled=false", "output.fields.enabled=false")
FILE = "evaluations.csv"
CAUSES = ("transformed", "dissolved", "aged")


class Wanted(NamedTuple):
    """A run that is wanted: a case in `cases/`, and what is changed in it.

    overrides: as of --set; those of materials may go on into them (`solver.materials.altered`).
    """

    case: str
    overrides: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Name of its directory."""
        key = hashlib.sha256(json.dumps(self.overrides).encode()).hexdigest()[:10]
        return f"{Path(self.case).stem}_{key}"


class Found(NamedTuple):
    """What a run gave.

    retention: capacity after the last round over that after the first. slow_retention: the same of
    the last and the first check, which is lost for good. cracked: share of the boundaries at the
    end. wet_area: m^2/g at the end. rock_salt: mean thickness where it is wet, nm, at the end.
    transformed, dissolved, aged: lost to these causes in the last round, over the capacity after
    the first. reason: why there is nothing, empty otherwise.
    """

    retention: float = float("nan")
    slow_retention: float = float("nan")
    cracked: float = float("nan")
    wet_area: float = float("nan")
    rock_salt: float = float("nan")
    transformed: float = float("nan")
    dissolved: float = float("nan")
    aged: float = float("nan")
    seconds: float = 0.0
    reason: str = ""

    def lost(self) -> dict[str, float]:
        """Return what was lost to each cause."""
        return {cause: float(getattr(self, cause)) for cause in CAUSES}


COLUMNS = (*Wanted._fields, *Found._fields)


class EvaluationError(Exception):
    """A run that a fit needs gave nothing."""


def carried_out(wanted: Wanted, folder: Path) -> Found:
    """Run a case and read what came of it."""
    warnings.simplefilter("ignore")  # cautions are in the directory of the run
    start = time.perf_counter()
    path = CASES / wanted.case
    with TemporaryDirectory() as materials:
        overrides = on_files(path, wanted.overrides, Path(materials))
        case = Case.load(path, [*overrides, *QUIET])
        try:
            result = run(case, folder / wanted.folder, overwrite=True, progress=False)
        except RunError as error:
            return Found(seconds=time.perf_counter() - start, reason=str(error))
    tables = result.table("cycles"), result.table("losses")
    return read(*tables)._replace(seconds=time.perf_counter() - start)


def read(cycles: History, lost: History) -> Found:
    """Return what the tables of cycles and of losses tell."""
    kept = retention.computed(cycles)
    if kept is None:
        return Found(reason="it has no rounds to compare")
    slow = cycles[headers.DISCHARGE_CAPACITY][checks_at_a_rate(cycles)]
    layer = cycles.get(headers.ROCK_SALT)  # none where nothing turns to rock salt
    return Found(
        retention=float(kept.share[-1]),
        slow_retention=float(slow[-1] / slow[0]) if len(slow) > 1 else float("nan"),
        cracked=float(cycles[headers.CRACKED][-1]),
        wet_area=float(cycles[headers.WET_AREA][-1]),
        rock_salt=0.0 if layer is None else 1e9 * float(layer[-1]),
        transformed=_lost_to("transformed", lost),
        dissolved=_lost_to("dissolved", lost),
        aged=_lost_to("aged", lost),
    )


def _lost_to(cause: str, lost: History) -> float:
    """Capacity lost to a cause in the last round, over that of the reference."""
    last = np.flatnonzero(losses.counted(lost))[-1]
    reference = lost[headers.DISCHARGE_CAPACITY][last] + lost[headers.CAPACITY_LOSS][last]
    part = losses.parts(lost).get(f"{cause} loss")  # none of what never took anything
    return 0.0 if part is None else float(part[last] / reference)


Evaluate = Callable[[Sequence[Wanted]], Iterable[tuple[Wanted, Found]]]


def in_processes(folder: Path, jobs: int) -> Evaluate:
    """Return what carries runs out in so many processes, each told as soon as it is done."""

    def evaluate(runs: Sequence[Wanted]) -> Iterable[tuple[Wanted, Found]]:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # end at once: the log has what was done
        with processes(jobs) as pool:
            waiting = {pool.submit(carried_out, wanted, folder): wanted for wanted in runs}
            for done in as_completed(waiting):
                yield waiting[done], done.result()

    return evaluate


def processes(jobs: int) -> ProcessPoolExecutor:
    """Return so many processes that end with this one, even where it is killed."""
    return ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    Thread(target=_await_parent, daemon=True).start()


def _await_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # in the middle of a run that nobody waits for any more


class Log:
    """Evaluations by what was wanted, in a CSV file that is written with every one of them."""

    def __init__(self, file: Path, evaluate: Evaluate) -> None:
        """file: is read if it is there. evaluate: carries out what it does not hold."""
        self._file, self._evaluate = file, evaluate
        self._known: dict[Wanted, Found] = {}
        if file.exists():
            for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
                if None not in row.values():  # the last line may have been cut off
                    self._known[_wanted(row)] = _found(row)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")

    def found(self, runs: Sequence[Wanted]) -> list[Found]:
        """Return what these runs give, in their order. Raises EvaluationError where one fails."""
        every = self.tried(runs)
        for wanted, found in zip(runs, every, strict=True):
            if found.reason:
                told = f"{wanted.case} with {', '.join(wanted.overrides)}"
                raise EvaluationError(f"{told}: {found.reason}")
        return every

    def tried(self, runs: Sequence[Wanted]) -> list[Found]:
        """Return what these runs give, in their order, also why they failed."""
        missing = [wanted for wanted in dict.fromkeys(runs) if wanted not in self._known]
        for wanted, found in self._evaluate(missing) if missing else ():
            self._keep(wanted, found)
        return [self._known[wanted] for wanted in runs]

    def _keep(self, wanted: Wanted, found: Found) -> None:
        self._known[wanted] = found
        row = {"case": wanted.case, "overrides": json.dumps(wanted.overrides), **found._asdict()}
        with self._file.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(row)


def _wanted(row: Mapping[str, str]) -> Wanted:
    return Wanted(row["case"], tuple(json.loads(row["overrides"])))


def _found(row: Mapping[str, str]) -> Found:
    numbers = {name: float(row[name]) for name in Found._fields if name != "reason"}
    return Found(**numbers, reason=row["reason"])

"""Runs of cases at values, each kept in a folder under what its case resolves to.

What is there is not run again; what was broken off goes on from its checkpoint. Nothing here knows
axes: whoever wants a case at some values says so as of --set.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from shlex import quote
from signal import SIGINT, SIGTERM
from typing import Any, NamedTuple

from solver.case import Case
from solver.prepare.standalone import fingerprint
from solver.results.records import KILLED, RUNNING, entries, origin
from solver.run_files import NotARunError, read_metadata, write_whole
from solver.start import BAD_CASE, FOR_NOW, let_children_import
from solver.start import INTERRUPTED as CODE_OF_INTERRUPT
from solver.study.side_by_side import Carry, EndOfProgram, Program
from solver.text.messages import one_line

LONGEST_NAME = 200  # characters of a case
RUNS, DIGITS = "runs", 16  # of a key, that name a directory
WAITING, FINISHED, FAILED, INTERRUPTED = "waiting", "finished", "failed", "interrupted"
BROKEN_OFF = (INTERRUPTED, KILLED)
ASKED_TO_END = (FOR_NOW, CODE_OF_INTERRUPT, -SIGINT, -SIGTERM)  # exit codes, before a run began


class Wanted(NamedTuple):
    """A run that is wanted. key: of its case with all defaults. overrides: as of --set.

    kind: what it has in common with cases whose equations are compiled alike.
    """

    key: str
    case: Path
    overrides: tuple[str, ...] = ()
    kind: str = ""


def wanted_at(path: Path, overrides: Sequence[str], words: str) -> tuple[Case, Wanted]:
    """Return the case of a file at some values, and the run of it. Raises CaseError, OSError.

    words: that tell this run from others; they go into its name.
    """
    case = Case.load(path, overrides)
    name = json.dumps(one_line(f"{case.name}: {words}", LONGEST_NAME))
    return case, Wanted(fingerprint(case), path, (*overrides, f"name={name}"), kind_of(case))


def kind_of(case: Case) -> str:
    """Return what cases have in common whose equations are compiled alike: all but numbers."""
    said = case.resolved()
    told = {key: said.get(key) for key in ("physics", "electrode", "numerics")}
    return json.dumps([_without_numbers(told), said["particle"].get("shape"), said["materials"]])


def _without_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_numbers(inner) for key, inner in value.items()}
    return value if isinstance(value, bool | str) else None


class RunState(NamedTuple):
    """What is known of a run. seconds: of all parts that ended, by the clock on the wall."""

    status: str
    reason: str = ""
    seconds: float = 0.0


Tell = Callable[[Wanted, RunState], None]


class Evaluations:
    """The runs of a folder."""

    def __init__(self, folder: Path) -> None:
        """folder: is made when the first run begins."""
        self.folder = folder

    def directory(self, wanted: Wanted) -> Path:
        """Return where a run is, or will be."""
        return self.folder / RUNS / wanted.key[:DIGITS]

    def state(self, wanted: Wanted) -> RunState:
        """Return what is known of a run."""
        directory, note = self.directory(wanted), entries(self._note(wanted))
        seconds, reason = float(note.get("seconds", 0.0)), str(note.get("reason", ""))
        try:
            read_metadata(directory)
        except NotARunError:
            ended = note.get("code") not in (None, *ASKED_TO_END)
            return RunState(FAILED, reason, seconds) if ended else RunState(WAITING)
        known = origin(directory)
        status = known["status"]
        told = entries(directory / "summary.json") if status != RUNNING else {}
        reason = str(known.get("reason") or told.get("reason") or reason)
        return RunState(status, reason, seconds or float(told.get("wall_time_s") or 0.0))

    def missing(self, runs: Sequence[Wanted], again: bool = False) -> list[Wanted]:
        """Return those that are to be run, each once. again: also those that failed."""
        ended = (FINISHED, RUNNING) if again else (FINISHED, RUNNING, FAILED)
        every = {wanted.key: wanted for wanted in runs}.values()
        return [wanted for wanted in every if self.state(wanted).status not in ended]

    def carried_out(self, runs: Sequence[Wanted], carry: Carry, tell: Tell) -> None:
        """Run them, and tell of each as it ends. carry: what carries programs out.

        KeyboardInterrupt: all that ran have ended in good order.
        """
        let_children_import()
        by_key = {wanted.key: wanted for wanted in runs}
        refused: list[Wanted] = []

        def ended(end: EndOfProgram) -> None:
            wanted = by_key[end.task.key]
            if "resume" in end.task.words and end.code == BAD_CASE:  # nothing to go on from
                refused.append(wanted)
            else:
                self._keep(wanted, end)
                tell(wanted, self.state(wanted))

        carry([self._task(wanted) for wanted in runs], ended)
        anew = [self._task(wanted, anew=True) for wanted in refused]
        if anew:
            carry(anew, ended)

    def line(self, wanted: Wanted) -> str:
        """Return a run as `cluster/job.sh` reads it: case, directory, options."""
        words = [str(wanted.case.resolve()), str(self.directory(wanted).resolve())]
        words += [word for text in wanted.overrides for word in ("--set", text)]
        return " ".join(quote(word) for word in words)

    def _task(self, wanted: Wanted, anew: bool = False) -> Program:
        directory, python = self.directory(wanted), [sys.executable, "-m", "solver"]
        go_on = not anew and self.state(wanted).status in BROKEN_OFF
        if go_on and any((directory / "checkpoints").glob("*.h5")):
            words = [*python, "resume", str(directory)]
        else:
            words = [*python, "run", str(wanted.case), "-o", str(directory), "--overwrite"]
            words += [word for text in wanted.overrides for word in ("--set", text)]
        said = directory.with_suffix(".txt")
        return Program(wanted.key, tuple(words), said, wanted.kind, directory / "history.csv")

    def _keep(self, wanted: Wanted, end: EndOfProgram) -> None:
        """Note how long a run took in all, and why it gave nothing if it cannot say so itself."""
        note = self._note(wanted)
        before = float(entries(note).get("seconds", 0.0)) if "resume" in end.task.words else 0.0
        told: dict[str, Any] = {"code": end.code, "seconds": round(before + end.seconds, 3)}
        told |= {"overrides": list(wanted.overrides), "case": str(wanted.case)}
        if end.code != 0:
            told["reason"] = _last_line(end.task.said) or f"it ended with code {end.code}"
        with suppress(OSError):
            write_whole(note, json.dumps(told, indent=1, ensure_ascii=False) + "\n")

    def _note(self, wanted: Wanted) -> Path:
        return self.directory(wanted).with_suffix(".json")


def _last_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return ""
    return next((one_line(line.strip()) for line in reversed(lines) if line.strip()), "")

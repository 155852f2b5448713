"""Every evaluation of a fit: the run at some places, kept by what it is, and a row of the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solver.case import CaseError
from solver.fitting.checked import CheckedFit
from solver.fitting.places import Floats
from solver.fitting.residuals import Group, RunMisfit, misfit, unit_of_rms
from solver.fitting.search import OutOfRunsError, SearchError
from solver.materials import MaterialError
from solver.run_files import write_whole
from solver.start import RunError
from solver.study.evaluations import (
    BROKEN_OFF,
    FAILED,
    FINISHED,
    Evaluations,
    RunState,
    Wanted,
)
from solver.study.side_by_side import Carry
from solver.study.table import DIRECTORY, REASON, SECONDS, STATUS, as_csv
from solver.study.values import behind
from solver.text.messages import one_line

FILE, MATERIALS = "fit.csv", "materials"
NUMBER, KIND, COST, KEY = "Evaluation / 1", "For", "Cost / 1", "Key"
Say = Callable[[str], object]


class Evaluation(NamedTuple):
    """One run of a fit. places: of the parameters, shares. kind: what it was for.

    misfit: None where it gave nothing. wanted: None where its case is none.
    """

    number: int
    kind: str
    places: Floats
    wanted: Wanted | None
    state: RunState
    misfit: RunMisfit | None


class FitRuns:
    """Carries out what a search asks for, and logs it. groups: those that are compared."""

    def __init__(self, fit: CheckedFit, folder: Path, carry: Carry, again: bool, say: Say) -> None:
        self.fit, self.folder = fit, folder
        self.groups: tuple[Group, ...] = fit.groups
        self.all: list[Evaluation] = []
        self.left_out: list[str] = []
        self.done = 0  # runs that were not there
        self.most: int | None = fit.file.max_runs
        self._kept = set[str]()
        self._runs, self._carry, self._again, self._say = Evaluations(folder), carry, again, say

    def directory(self, one: Evaluation) -> Path:
        """Return where the run of an evaluation is."""
        assert one.wanted is not None
        return self._runs.directory(one.wanted)

    def evaluate(self, every: Sequence[Floats], kind: str) -> list[Floats | None]:
        """Return the residuals at places, each (parameters,); None where a run gave none.

        Raises OutOfRunsError before more runs are carried out than are allowed; SearchError where
        one was broken off; KeyboardInterrupt after all runs have ended in good order.
        """
        if self.most is not None and len(self.all) + len(every) > self.most:
            raise OutOfRunsError
        wanted = [self._wanted(places) for places in every]
        runs = [each for each in wanted if isinstance(each, Wanted)]
        missing = self._runs.missing(runs, self._again)
        self._kept = {run.key for run in runs} - {run.key for run in missing}
        self.done += len(missing)
        if missing:
            self._runs.carried_out(missing, self._carry, lambda run, state: None)
        first = not self.all
        for places, run in zip(every, wanted, strict=True):
            self._add(places, run, kind, first)
        self.write()
        broken = [one for one in self.all[-len(every) :] if one.state.status in BROKEN_OFF]
        if broken:
            raise SearchError(f"run {broken[0].number} was broken off: {broken[0].state.reason}")
        return [
            None if one.misfit is None else one.misfit.residuals for one in self.all[-len(every) :]
        ]

    def _wanted(self, places: Floats) -> Wanted | str:
        """The run at places, or why there is no such case."""
        try:
            return self.fit.wanted(places, self.folder / MATERIALS)
        except CaseError as error:
            return "; ".join(each.message for each in error.problems)
        except (RunError, MaterialError) as error:
            return one_line(str(error))

    def _add(self, places: Floats, run: Wanted | str, kind: str, first: bool) -> None:
        number = len(self.all) + 1
        if isinstance(run, str):
            one = Evaluation(number, kind, places, None, RunState(FAILED, run), None)
        else:
            state, found = self._runs.state(run), None
            if state.status == FINISHED:
                directory = self._runs.directory(run)
                if first and number == 1:
                    self._leave_out(directory)
                found = misfit(directory, self.groups)
                if found.lacking:
                    state, found = RunState(FAILED, found.lacking, state.seconds), None
            one = Evaluation(number, kind, places, run, state, found)
        self.all.append(one)
        self._say(self._line(one))

    def _leave_out(self, directory: Path) -> None:
        """Compare what the first run has; all others must have it as well."""
        lacking = [misfit(directory, [group]).lacking for group in self.groups]
        there = [group for group, why in zip(self.groups, lacking, strict=True) if not why]
        self.left_out = [
            f"{group.name} was measured and is not compared: of the first run, {why}"
            for group, why in zip(self.groups, lacking, strict=True)
            if why
        ]
        if not there:
            raise SearchError("; ".join(self.left_out))
        self.groups = tuple(there)

    def _line(self, one: Evaluation) -> str:
        """What is said of an evaluation as it ends."""
        told = f"{one.number:3d}  {one.kind:7s}  {self.fit.words(one.places)}"
        if one.misfit is None:
            return f"{told}  {one.state.status}: {one.state.reason}"
        rms = ", ".join(
            f"{value:.3g}{behind(unit_of_rms(group))}"
            for value, group in zip(one.misfit.rms, self.groups, strict=True)
        )
        kept = "  (kept)" if one.wanted is not None and one.wanted.key in self._kept else ""
        return f"{told}  cost {one.misfit.cost:.4g}  off by {rms}{kept}"

    def write(self) -> Path:
        """Write the log; return its file. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / FILE, as_csv([self.row(one) for one in self.all]))
        return self.folder / FILE

    def row(self, one: Evaluation) -> dict[str, Any]:
        """Return the row of an evaluation by header."""
        values = {
            each.header: each.value(float(x))
            for each, x in zip(self.fit.parameters, one.places, strict=True)
        }
        rms = (nan,) * len(self.groups) if one.misfit is None else one.misfit.rms
        key = "" if one.wanted is None else one.wanted.key
        where = "" if one.wanted is None else self.directory(one).relative_to(self.folder)
        return {
            NUMBER: one.number,
            KIND: one.kind,
            **values,
            COST: nan if one.misfit is None else one.misfit.cost,
            **{
                f"RMS of {group.name} / {unit_of_rms(group)}": value
                for group, value in zip(self.groups, rms, strict=True)
            },
            SECONDS: one.state.seconds or nan,
            STATUS: one.state.status,
            REASON: "" if one.state.status == FINISHED else one_line(one.state.reason),
            KEY: key,
            DIRECTORY: str(where),
        }

    def at(self, places: Floats) -> Evaluation:
        """Return the evaluation at places."""
        return next(one for one in self.all if np.array_equal(one.places, places))

"""A fit whose file, parameters and measurements were checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from os.path import normpath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from solver import start
from solver.case import Case, CaseError
from solver.case.load import Source, as_option, read_source
from solver.case.settings import quantity_at
from solver.checks.plan import Plan
from solver.fitting.fit_file import FitFile, FitParameter, FitTarget, read_fit
from solver.fitting.places import Floats, Ranged, overrides, ranged
from solver.fitting.residuals import Group, TargetGroup, curve_group
from solver.materials import MaterialError
from solver.materials.altered import entries_at, inside, on_files, value_entry
from solver.measured import MeasuredFileError, read_measured
from solver.start import RunError
from solver.study.checked import OF_A_KEY
from solver.study.evaluations import Wanted, kind_of, wanted_at
from solver.study.outputs import UnknownOutputError, output_of
from solver.study.study_file import WantedOutput
from solver.study.values import PLAIN, as_yaml, behind
from solver.text.files import require_file
from solver.text.messages import one_line
from solver.text.problems import Place, Problem
from solver.units.measures import to_si
from solver.units.quantities import Depth, depth_of, name_of, unit_of

QUIET = {
    "output.figures.enabled": "false",
    "output.report.enabled": "false",
    "output.fields.enabled": "false",
}


class CheckedFit(NamedTuple):
    """A fit that may run. fixed: what is changed in all runs, as of --set.

    kind: what its runs have in common, as they are compiled alike. seconds: of one run on one core,
    as foreseen.
    """

    path: Path
    file: FitFile
    base: Path
    fixed: tuple[str, ...]
    parameters: tuple[Ranged, ...]
    groups: tuple[Group, ...]
    kind: str
    seconds: float | None

    @property
    def starts(self) -> Floats:
        """Places where the search begins, (parameters,)."""
        return np.array([each.start for each in self.parameters])

    def words(self, places: Floats) -> str:
        """Return the parameters at places, as people read them."""
        told = zip(self.parameters, places, strict=True)
        return ", ".join(in_words(each, each.value(float(x))) for each, x in told)

    def wanted(self, places: Floats, folder: Path) -> Wanted:
        """Return the run at places (parameters,). Raises CaseError, MaterialError, RunError.

        folder: where changed materials are kept.
        """
        return _run_at(self, overrides(self.parameters, places), self.words(places), folder)[1]


def in_words(parameter: Ranged, value: float) -> str:
    """Return a value of a parameter as people read it."""
    return f"{parameter.name} {value:.4g}{behind(parameter.unit)}"


def checked_fit(path: Path) -> CheckedFit:
    """Read a fit and check all of it. Raises CaseError with every problem."""
    file = read_fit(path)
    source, _ = read_source(path)
    base = Path(normpath(path.parent / file.case))
    try:
        require_file(base)
    except ValueError as error:
        place = source.where(("case",))
        raise CaseError([Problem(*place, f"case: {file.case} {error}")]) from error
    fixed = _fixed(file)
    bare = CheckedFit(path, file, base, fixed, (), (), "", None)
    case, planned = _planned(bare, file, source)
    problems: list[Problem] = []
    numbers = range(len(file.parameters))
    parameters = [_parameter(bare, number, case, source, problems) for number in numbers]
    depth = depth_of(planned.mesh.dimension, case.mechanics.thickness)
    groups = [*_curves(file, source, problems), *_targets(file, source, depth, problems)]
    if problems:
        raise CaseError(sorted(problems, key=lambda each: each.line or 0))
    known = tuple(each for each in parameters if each is not None)
    return bare._replace(
        parameters=known, groups=tuple(groups), kind=kind_of(case), seconds=planned.seconds
    )


def _fixed(file: FitFile) -> tuple[str, ...]:
    changes = QUIET | {key: as_yaml(value) for key, value in file.set.items()}
    return tuple(f"{key}={text}" for key, text in changes.items())


def _run_at(fit: CheckedFit, changes: list[str], words: str, folder: Path) -> tuple[Case, Wanted]:
    origin = {"assumed": True, "note": one_line(f"tried by the fit '{fit.file.name}'", 120)}
    texts = on_files(fit.base, [*fit.fixed, *changes], folder, origin)
    case, wanted = wanted_at(fit.base, texts, words)
    return case, wanted._replace(kind=fit.kind)


def _planned(fit: CheckedFit, file: FitFile, source: Source) -> tuple[Case, Plan]:
    """The case as it is before any parameter, and what a run of it takes."""
    try:
        with TemporaryDirectory() as folder:
            case, _ = _run_at(fit, [], "as it is", Path(folder))
            return case, start.planned(case, force=False)
    except CaseError as error:
        raise CaseError([_of_set(each, file, source) for each in error.problems]) from error
    except (RunError, OSError, MaterialError) as error:
        raise CaseError([Problem(*source.where(("case",)), str(error))]) from error


def _of_set(problem: Problem, file: FitFile, source: Source) -> Problem:
    """A problem of the case where the fit says it; others as they are."""
    for key, value in file.set.items():
        if problem.file == as_option(f"{key}={as_yaml(value)}"):
            return Problem(*source.where(("set", key)), problem.message)
    return problem


def _parameter(
    fit: CheckedFit, number: int, case: Case, source: Source, problems: list[Problem]
) -> Ranged | None:
    """A parameter, tried at both of its ends; None, and noted, where that is no good."""
    said = fit.file.parameters[number]

    def note(key: str, why: str) -> None:
        place: Place = ("parameters", number, key)
        problems.append(Problem(*source.where(place), f"parameters.{number}.{key}: {why}"))

    try:
        found = _ranged(fit, said, case)
    except (KeyOfNoNumberError, MaterialError) as error:
        note("key", str(error))
        return None
    except ValueError as error:
        note("from", str(error))
        return None
    for place, key in ((0.0, "from"), (1.0, "to")):
        why = _refused(fit, found.override(place))
        if why:
            note("key" if any(words in why for words in OF_A_KEY) else key, why)
            return None
    return found


class KeyOfNoNumberError(ValueError):
    """A key that leads to no number."""


def _ranged(fit: CheckedFit, said: FitParameter, case: Case) -> Ranged:
    within = inside(said.key)
    if within is not None:
        entries = entries_at(case, within.place)
        entry = value_entry(entries.data, within.entry, entries.path.stem)
        if isinstance(entry["value"], list) and not said.scale:
            raise KeyOfNoNumberError("is a table: say scale: true to multiply all of its values")
        if said.scale:
            return ranged(said, None, PLAIN)
        unit = str(entry.get("unit", PLAIN))
        found = ranged(said, None, unit)
        to_si(1.0, found.unit, unit)  # measures the same, or a ValueError says so
        return found
    if said.scale:
        raise KeyOfNoNumberError(
            "scale is for what a material has; of a case give the value itself"
        )
    try:
        with_it = Case.load(fit.base, [*fit.fixed, f"{said.key}={as_yaml(said.least)}"])
    except CaseError as error:
        raise KeyOfNoNumberError("; ".join(each.message for each in error.problems)) from error
    quantity = quantity_at(with_it, said.key.split("."))
    return ranged(said, quantity, PLAIN)


def _refused(fit: CheckedFit, change: str) -> str:
    """Why a case cannot run with a change, nothing if it can."""
    try:
        with TemporaryDirectory() as folder:
            case, _ = _run_at(fit, [change], "at an end", Path(folder))
            start.planned(case, force=False)
    except CaseError as error:
        return "; ".join(each.message for each in error.problems)
    except (RunError, OSError, MaterialError) as error:
        return one_line(str(error))
    return ""


def _curves(file: FitFile, source: Source, problems: list[Problem]) -> Iterator[Group]:
    for number, each in enumerate(file.measured):
        place = source.where(("measured", number, "file"))
        try:
            curves = read_measured(Path(str(each.file)), each.measured())
        except MeasuredFileError as error:
            problems += error.problems
            continue
        if not curves.halves:
            why = "has no voltage over capacity, which is what is compared"
            problems.append(Problem(*place, f"measured.{number}.file: {each.file} {why}"))
        for half in curves.halves:
            try:
                yield curve_group(half, curves.label, each.precision, each.points, each.above)
            except ValueError as error:
                above = source.where(("measured", number, "above"))
                problems.append(Problem(*above, f"measured.{number}.above: {error}"))


def _targets(
    file: FitFile, source: Source, depth: Depth, problems: list[Problem]
) -> Iterator[Group]:
    for number, each in enumerate(file.targets):
        try:
            yield target_group(each, depth)
        except UnknownOutputError as error:
            place = source.where(("targets", number, error.key))
            problems.append(Problem(*place, f"targets.{number}.{error}"))


def target_group(target: FitTarget, depth: Depth) -> TargetGroup:
    """Return where a target is found. Raises UnknownOutputError."""
    output = output_of(target, depth)
    how = "over" if target.over is not None else "less" if target.less is not None else ""
    other = None if not how else output_of(_other(target), depth)
    name, unit = name_of(output.header), unit_of(output.header)
    if other is not None and target.name is None:
        name = f"{name} {how} {name_of(other.header)}"
    if how == "over" and other is not None:
        unit = PLAIN if unit_of(other.header) == unit else f"{unit} per {unit_of(other.header)}"
    return TargetGroup(name, unit, output, other, how, target.value, target.precision)


def _other(target: FitTarget) -> WantedOutput:
    other = target.over or target.less
    assert other is not None
    return other


def check_text(fit: CheckedFit) -> str:
    """Return what would be fitted as a text: parameters, what is compared, what a run takes."""
    lines = ["parameters"]
    for each in fit.parameters:
        unit = behind(each.unit)
        scale = ", a factor" if each.scale else ""
        lines.append(
            f"  {each.name}: {each.least:g} to {each.most:g}{unit}"
            f" from {each.value(each.start):.4g}"
            f"{', in the logarithm' if each.log else ''}{scale}  ({each.key})"
        )
    lines.append("compared")
    for group in fit.groups:
        if isinstance(group, TargetGroup):
            lines.append(
                f"  {group.name}: {group.value:g} +- {group.precision:g}{behind(group.unit)}"
            )
        else:
            lines.append(f"  {group.name}: {group.size} points, {1e3 * group.precision:g} mV")
    points = sum(group.size for group in fit.groups)
    count = len(fit.parameters)
    lines.append(f"{points} number{'s' * (points > 1)} for {count} parameter{'s' * (count > 1)}")
    lines.append(
        f"{fit.file.max_runs} runs at most, {count + 1} at the least"
        + (f", each some {max(fit.seconds, 1):.0f} s of one core" if fit.seconds else "")
    )
    return "\n".join(lines)

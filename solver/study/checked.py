"""A study whose every point was checked: what is wrong is found before anything runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from solver import start
from solver.case import Case, CaseError
from solver.case.load import Source, as_option, read_source
from solver.case.settings import quantity_at
from solver.start import RunError
from solver.study.design import DesignError
from solver.study.evaluations import Wanted, wanted_at
from solver.study.outputs import Output, UnknownOutputError, outputs_of
from solver.study.points import Point, Value, overrides, points_of, short
from solver.study.study_file import StudyFile, read_study
from solver.study.values import in_one_unit
from solver.text.files import require_file
from solver.text.problems import MOST_TOLD, Place, Problem
from solver.units.quantities import depth_of

OF_A_KEY = ("unknown key", "' is a single value", "' is a list", "expected key.path")
Tell = Callable[[str], object]


class AxisColumn(NamedTuple):
    """An axis in the table: its header, and its values at every point.

    axis: its number in the study. keys: that have these values. short: what figures call it.
    """

    header: str
    axis: int
    keys: tuple[str, ...]
    short: str
    values: tuple[Any, ...]


class Checked(NamedTuple):
    """A study that may run. runs: one for each point."""

    path: Path
    file: StudyFile
    points: tuple[Point, ...]
    runs: tuple[Wanted, ...]
    columns: tuple[AxisColumn, ...]
    outputs: tuple[Output, ...]
    seconds: float | None  # of one core, as foreseen


class _Found(NamedTuple):
    case: Case
    run: Wanted
    seconds: float | None
    dimension: int


def checked(path: Path, tell: Tell = lambda text: None) -> Checked:
    """Read a study and check all of its points. Raises CaseError with every problem.

    tell: is told what takes a while.
    """
    file = read_study(path)
    source, _ = read_source(path)
    try:
        points = points_of(file)
    except DesignError as error:
        raise CaseError([Problem(*source.where(("combine",)), str(error))]) from error
    base = path.parent / file.case
    try:
        require_file(base)
    except ValueError as error:
        place = source.where(("case",))
        raise CaseError([Problem(*place, f"case: {file.case} {error}")]) from error
    tell(f"checking {len(points)} points of {path}")
    found = _cases(file, points, base, source, tell)
    dimensions = [each.dimension for each in found]
    outputs = _outputs(file, source, found[0].case, dimensions[0])
    seconds = [each.seconds for each in found if each.seconds is not None]
    return Checked(
        path,
        file,
        tuple(points),
        tuple(each.run for each in found),
        tuple(_columns(file, points, [each.case for each in found])),
        tuple(outputs),
        sum(seconds) if seconds else None,
    )


def _cases(
    file: StudyFile, points: Sequence[Point], base: Path, source: Source, tell: Tell
) -> list[_Found]:
    problems: dict[Problem, Point] = {}
    found: list[_Found] = []
    for point in points:
        try:
            found.append(_at(file, point, base, tell))
        except CaseError as error:
            for each in error.problems:
                problems.setdefault(_in_study(each, file, point, source), point)
        except (RunError, OSError) as error:
            place = source.where(_place_of(point, str(error)))
            problems.setdefault(Problem(*place, str(error)), point)
        if len(problems) > MOST_TOLD:
            break
    if problems:
        told = (_with_point(each, point, len(points)) for each, point in problems.items())
        raise CaseError(sorted(told, key=lambda each: each.line or 0))
    return found


def _at(file: StudyFile, point: Point, base: Path, tell: Tell) -> _Found:
    """The run of a point; what only a mesh can tell is asked of its mesh."""
    changes = overrides(file.set, point)
    case, run = wanted_at(base, changes, point.words())
    plan = start.planned(case, force=False)
    if case.physics.initial_wetting.enabled or case.materials.regions:
        tell(f"meshing {point.words()}")
        start.require_mesh(case, start.meshed(case, force=False))
    return _Found(case, run, plan.seconds, plan.mesh.dimension)


def _in_study(problem: Problem, file: StudyFile, point: Point, source: Source) -> Problem:
    """A problem of a point where the study says it; others as they are."""
    for key, text in _said(file, point):
        if problem.file == as_option(f"{key}={text}"):
            place = _place(file, point, key, problem.message)
            return Problem(*source.where(place), _naming(key, problem.message))
    return problem


def _naming(key: str, message: str) -> str:
    return message if key in message else f"{key}: {message}"


def _said(file: StudyFile, point: Point) -> Iterator[tuple[str, str]]:
    for text in overrides(file.set, point):
        key, _, value = text.partition("=")
        yield key, value


def _place(file: StudyFile, point: Point, key: str, message: str) -> Place:
    """Where a study says a key of a case, or the value of it; the axes where it says neither."""
    of_key = any(words in message for words in OF_A_KEY)
    for number, value in enumerate(point.values):
        if key in value.axis.paths():
            return ("axes", number, *_place_in(value, of_key))
    return ("set", key) if key in file.set else ("axes",)


def _place_of(point: Point, message: str) -> Place:
    """Where a study says a value that a message names, the axes where it names none."""
    for number, value in enumerate(point.values):
        named = any(f"'{each}'" in message for each in value.each)
        if named or len(point.values) == 1:
            return ("axes", number, *_place_in(value, of_key=False))
    return ("axes",)


def _place_in(value: Value, of_key: bool) -> Place:
    axis = value.axis
    if of_key:
        return ("keys",) if axis.keys else ("key",)
    if axis.values is not None:
        spread = [tuple(each) if isinstance(each, list | tuple) else each for each in axis.values]
        sought = value.each if value.each in spread else value.each[0]
        return ("values", spread.index(sought)) if sought in spread else ("values",)
    return ("range",) if axis.range else ("log_range",) if axis.log_range else ("seeds",)


def _with_point(problem: Problem, point: Point, points: int) -> Problem:
    """The same with the point at which it is met."""
    said = any(key in problem.message for value in point.values for key in value.axis.paths())
    if said or points == 1:
        return problem
    return problem._replace(message=f"at {point.words()}: {problem.message}")


def _outputs(file: StudyFile, source: Source, case: Case, dimension: int) -> list[Output]:
    depth, problems = depth_of(dimension, case.mechanics.thickness), []
    for number, wanted in enumerate(file.outputs):
        try:
            outputs_of([wanted], case, depth)
        except UnknownOutputError as error:
            place = source.where(("outputs", number, error.key))
            problems.append(Problem(*place, f"outputs.{number}.{error}"))
    if problems:
        raise CaseError(problems)
    return outputs_of(file.outputs, case, depth)


def _columns(
    file: StudyFile, points: Sequence[Point], cases: Sequence[Case]
) -> Iterator[AxisColumn]:
    """The columns of the axes: one for each, or one for each key where keys have their own."""
    for number, axis in enumerate(file.axes):
        paths = axis.paths()
        alike = all(point.values[number].alike for point in points)
        for place, path in enumerate(paths[:1] if alike else paths):
            name = axis.title if alike else path
            keys = paths if alike else (path,)
            values = [point.values[number].each[place] for point in points]
            label = short(axis) if alike else path.rpartition(".")[2]
            quantity = quantity_at(cases[0], path.split("."))
            numbers = in_one_unit(values, quantity)
            if numbers is None:
                texts = tuple(
                    each if isinstance(each, str) else json.dumps(each) for each in values
                )
                yield AxisColumn(name, number, keys, label, texts)
            else:
                head = f"{name} / {numbers[1]}"
                yield AxisColumn(head, number, keys, label, tuple(numbers[0]))

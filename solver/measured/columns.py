"""Columns of a measured file in SI, as its headers or what explains it say; problems by line."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from solver.measured.curves import Floats
from solver.measured.description import MeasuredFile, beside, sidecar_of
from solver.measured.problems import MeasuredFileError
from solver.measured.quantities import Meaning, Role, meaning_of
from solver.measured.table import MeasuredTable
from solver.text.layers import line_of, read_mapping
from solver.text.messages import shown
from solver.text.problems import CaseError, Problem, nearest

MOST_TOLD = 3  # columns that are unknown: of more their number


class MeasuredColumns(NamedTuple):
    """Columns by role, SI, charges and currents per kg of oxide; headers by role."""

    table: MeasuredTable
    values: dict[Role, Floats]
    headers: dict[Role, str]


def described(file: Path, given: MeasuredFile | None = None) -> MeasuredFile:
    """Return what is said of a file: in the YAML file beside it, and over that in a case.

    Raises MeasuredFileError.
    """
    over = {} if given is None else given.model_dump(exclude_none=True)
    explaining = beside(file)
    if explaining is None:
        return MeasuredFile.model_validate(over)
    try:
        said = read_mapping(explaining)
    except CaseError as error:
        raise MeasuredFileError(error.problems) from error
    try:
        return MeasuredFile.model_validate({**said, **over})
    except ValidationError as error:
        raise MeasuredFileError(_explained(explaining, said, error)) from error


def read_columns(table: MeasuredTable, about: MeasuredFile) -> MeasuredColumns:
    """Return the columns that can be compared. Raises MeasuredFileError with every problem."""
    found = _specific(table, _columns(table, about), about)
    _require_order(found)
    return found


def _explained(file: Path, said: Mapping[str, object], error: ValidationError) -> list[Problem]:
    """What is wrong with the file that explains another one."""
    problems = []
    for item in error.errors(include_url=False):
        key = ".".join(map(str, item["loc"]))
        if item["type"] == "extra_forbidden":
            why = f"unknown key '{key}' ({nearest(key, MeasuredFile.model_fields)})"
        elif item["type"] == "value_error":
            cause = item["ctx"]["error"]
            why = f"{key}: {cause}" if key else str(cause)
        else:
            why = f"{key}: {item['msg']}, got {shown(item['input'])}"
        problems.append(Problem(str(file), line_of(said, item["loc"]), why))
    return problems


def _columns(table: MeasuredTable, about: MeasuredFile) -> dict[str, Meaning]:
    """What each column is that is read, by its header."""
    meanings, problems = {}, []
    said = about.columns
    for header in said or ():
        if header not in table.cells:
            why = f"has no column {shown(header)} ({nearest(header, table.cells)})"
            problems.append(table.problem(why))
    wrong = {}
    for header in table.cells if said is None else said.keys() & table.cells.keys():
        try:
            meanings[header] = meaning_of(header if said is None else said[header])
        except ValueError as error:
            wrong[header] = str(error)
    problems += [table.problem(why) for why in _in_few_words(wrong, said is None)]
    problems += _twice(table, meanings)
    if problems:
        raise MeasuredFileError(problems)
    return {header: meaning for header, meaning in meanings.items() if meaning.role != "unused"}


def _in_few_words(wrong: Mapping[str, str], plain: bool) -> list[str]:
    """What is wrong with columns, by header; of a file in quite other words only that.

    plain: whether nothing explains the columns.
    """
    if plain and len(wrong) > MOST_TOLD:
        some = ", ".join(map(shown, list(wrong)[:MOST_TOLD]))
        return [
            f"{len(wrong)} columns are none of BDF, {some} ...; say which are what, 'columns: "
            f"{{{shown(next(iter(wrong)))}: Test Time / s, ...}}', in a YAML file beside it"
        ]
    return [f"{why}; or say in 'columns' what is what" if plain else why for why in wrong.values()]


def _twice(table: MeasuredTable, meanings: Mapping[str, Meaning]) -> list[Problem]:
    problems, first = [], dict[str, str]()
    for header, meaning in meanings.items():
        if meaning.role in first and meaning.role in ("time", "voltage", "cycle"):
            both = f"{shown(first[meaning.role])} and {shown(header)}"
            problems.append(table.problem(f"columns {both} are both its {meaning.role}"))
        first.setdefault(meaning.role, header)
    return problems


def _specific(
    table: MeasuredTable, meanings: Mapping[str, Meaning], about: MeasuredFile
) -> MeasuredColumns:
    """The columns in SI, of each role the first one; what is of the cell is made specific."""
    values, headers, problems = dict[Role, Floats](), dict[Role, str](), []
    for header, meaning in meanings.items():
        if meaning.role in values:
            continue
        oxide = {"cell": about.oxide, "area": about.loading}.get(meaning.per, 1.0)
        amount = meaning.role not in ("time", "voltage", "cycle")
        if amount and oxide is None:
            problems.append(table.problem(_without_mass(table.file, header, meaning)))
            continue
        headers[meaning.role] = header
        factor = meaning.factor / (oxide or 1.0) if amount else meaning.factor
        values[meaning.role] = table.numbers(header) * factor
    if problems:
        raise MeasuredFileError(problems[:1])
    return _known_rows(MeasuredColumns(table, values, headers))


def _known_rows(found: MeasuredColumns) -> MeasuredColumns:
    """Of a course, without the rows in which a cell is empty."""
    if "voltage" not in found.values:
        return found
    known = np.all([np.isfinite(column) for column in found.values.values()], axis=0)
    if np.all(known):
        return found
    if not np.any(known):
        what = ", ".join(map(shown, found.headers.values()))
        raise MeasuredFileError([found.table.problem(f"no row has a number for all of {what}")])
    lines = [line for line, kept in zip(found.table.lines, known, strict=True) if kept]
    values: dict[Role, Floats] = {role: column[known] for role, column in found.values.items()}
    return found._replace(table=found.table._replace(lines=lines), values=values)


def _without_mass(file: Path, header: str, meaning: Meaning) -> str:
    key, of = ("loading", "area") if meaning.per == "area" else ("mass", "cell")
    example = "10 mg/cm^2" if meaning.per == "area" else "12.3 mg"
    return (
        f"column {shown(header)} is that of a whole {of}: expected the {key} of oxide, '{key}: "
        f"{example}', in {sidecar_of(file).name} beside it or in the case"
    )


def _require_order(found: MeasuredColumns) -> None:
    """Time must not fall, and cycles are whole numbers."""
    time, cycle = found.values.get("time"), found.values.get("cycle")
    if time is not None:
        fallen = np.flatnonzero(~(np.diff(time) >= 0))
        if len(fallen):
            row = fallen[0] + 1
            fall = f"{time[row]:g} s follows {time[row - 1]:g} s"
            why = f"'{found.headers['time']}' must not fall, but {fall}"
            raise MeasuredFileError([found.table.problem(why, found.table.lines[row])])
    if cycle is not None:
        broken = np.flatnonzero(~(cycle == np.round(cycle)))
        if len(broken):
            why = f"'{found.headers['cycle']}' must be a whole number, got {cycle[broken[0]]:g}"
            raise MeasuredFileError([found.table.problem(why, found.table.lines[broken[0]])])

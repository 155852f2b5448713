"""Reads files of measured curves: columns in SI, then specific charges, half cycles, cycles."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import ValidationError

from solver.measured import curves, vendor
from solver.measured.curves import CycleCapacities, Floats, MeasuredCurves, MeasuredHalf
from solver.measured.description import MeasuredFile, beside
from solver.measured.problems import MeasuredFileError
from solver.measured.quantities import MAH_PER_G, Meaning, Role, meaning_of
from solver.measured.table import MeasuredTable, read_table
from solver.text.layers import line_of, read_mapping
from solver.text.messages import shown
from solver.text.problems import CaseError, Problem, nearest

FEWEST = 2  # rows of a curve
NOTHING = (
    "has nothing to compare: expected voltage with time, voltage with a capacity, or capacities of "
    "cycles"
)


class _Columns(NamedTuple):
    """Columns by role, SI, charges and currents per kg of oxide; where each of them is said."""

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


def read_measured(file: Path, given: MeasuredFile | None = None) -> MeasuredCurves:
    """Return what a measured file tells. given: what a case says of it.

    Raises MeasuredFileError with every problem, file and line.
    """
    about = described(file, given)
    table = vendor.read_binary(file) if vendor.reads(file) else read_table(file)
    found = _specific(table, _columns(table, about), about)
    _require_order(found)
    return _curves(file, found, about)


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
    for header in table.cells:
        if said is not None and header not in said:
            continue
        try:
            meanings[header] = meaning_of(header if said is None else said[header])
        except ValueError as error:
            problems.append(table.problem(_hinted(str(error), said is None)))
    problems += _twice(table, meanings)
    if problems:
        raise MeasuredFileError(problems)
    return {header: meaning for header, meaning in meanings.items() if meaning.role != "unused"}


def _hinted(why: str, plain: bool) -> str:
    """With how to explain a column, where nothing explains any."""
    return f"{why}; or say in 'columns' what is what" if plain else why


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
) -> _Columns:
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
    return _known_rows(_Columns(table, values, headers))


def _known_rows(found: _Columns) -> _Columns:
    """Of a course, without the rows in which a cell is empty."""
    if "voltage" not in found.values:
        return found
    known = np.all([np.isfinite(column) for column in found.values.values()], axis=0)
    if np.all(known):
        return found
    lines = [line for line, kept in zip(found.table.lines, known, strict=True) if kept]
    values: dict[Role, Floats] = {role: column[known] for role, column in found.values.items()}
    return found._replace(table=found.table._replace(lines=lines), values=values)


def _without_mass(file: Path, header: str, meaning: Meaning) -> str:
    key, of = ("loading", "area") if meaning.per == "area" else ("mass", "cell")
    example = "10 mg/cm^2" if meaning.per == "area" else "12.3 mg"
    return (
        f"column {shown(header)} is that of a whole {of}: expected the {key} of oxide, '{key}: "
        f"{example}', in {file.with_suffix('.yaml').name} beside it or in the case"
    )


def _require_order(found: _Columns) -> None:
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


def _curves(file: Path, found: _Columns, about: MeasuredFile) -> MeasuredCurves:
    """What the columns amount to."""
    values = found.values
    cycle, time, voltage = values.get("cycle"), values.get("time"), values.get("voltage")
    cycle = None if cycle is None else _numbered(cycle, about.first_cycle)
    net = None if voltage is None else _net_charge(found, about)
    if voltage is not None and about.way is not None and "capacity" in found.values:
        halves = _plain_halves(found.values["capacity"], voltage, cycle, about)
    elif voltage is not None and net is not None:
        shift = 0 if cycle is not None else (about.first_cycle or 1) - 1
        every = curves.half_cycles_of(net, voltage, cycle, time)
        halves = tuple(half._replace(cycle=half.cycle + shift) for half in every)
    else:
        halves = ()
    of_cycles = (
        _capacities(found, cycle, about) if voltage is None else curves.capacities_of(halves)
    )
    over_time = time is not None and voltage is not None and len(time) >= FEWEST
    if not (halves or over_time or of_cycles):
        raise MeasuredFileError([found.table.problem(NOTHING)])
    return MeasuredCurves(
        label=about.label or file.stem,
        source=about.source or "",
        time=time - time[0] if over_time and time is not None else None,
        voltage=voltage,
        net=net,
        halves=halves,
        cycles=of_cycles,
    )


def _numbered(cycle: Floats, first: int | None) -> Floats:
    """Numbers of cycles as a run counts them: from `first`, or, where a file counts from 0, 1."""
    begins = float(np.nanmin(cycle))
    if first is None:
        first = 1 if begins < 1 else int(begins)
    return cycle - begins + first


def _net_charge(found: _Columns, about: MeasuredFile) -> Floats | None:
    """Specific charge since the beginning, mA h/g: of counters, or of the current over time."""
    values = found.values
    current = values.get("current")
    direction = None if current is None else _direction(current, about)
    counters: tuple[tuple[Role, Role], ...] = (
        ("charged", "discharged"),
        ("cycle charged", "cycle discharged"),
    )
    net: Floats | None = None
    if "net" in values:
        net = values["net"] - values["net"][0]
    elif both := next((pair for pair in counters if set(pair) <= values.keys()), None):
        charged, discharged = (curves.counted(values[role]) for role in both)
        net = charged - discharged
    elif "capacity" in values and direction is not None:
        net = curves.signed(values["capacity"], direction)
    elif "time" in values and current is not None:
        net = curves.integrated(values["time"], _turned(current, about))
    return None if net is None else np.asarray(net / MAH_PER_G, dtype=np.float64)


def _turned(current: Floats, about: MeasuredFile) -> Floats:
    """The current, positive on charge."""
    return -current if about.positive == "discharge" else current


def _direction(current: Floats, about: MeasuredFile) -> Floats:
    """1 on charge, -1 on discharge, 0 where hardly any current flows."""
    flowing = abs(current) > curves.FLOWING * np.max(abs(current))
    return np.where(flowing, np.sign(_turned(current, about)), 0.0)


def _plain_halves(
    capacity: Floats, voltage: Floats, cycle: Floats | None, about: MeasuredFile
) -> tuple[MeasuredHalf, ...]:
    """Curves whose way is said, one of each cycle."""
    number = np.full(len(capacity), about.first_cycle or 1.0) if cycle is None else cycle
    charging, specific = about.way == "charge", capacity / MAH_PER_G
    every = [
        curves.sorted_half(int(n), charging, specific[number == n], voltage[number == n])
        for n in np.unique(number)
    ]
    return tuple(half for half in every if len(half.capacity) >= FEWEST)


def _capacities(
    found: _Columns, cycle: Floats | None, about: MeasuredFile
) -> CycleCapacities | None:
    """Capacities of cycles, of a table without voltages."""
    named: dict[str, Role] = {"charge": "cycle charged", "discharge": "cycle discharged"}
    plain = {way: role for way, role in named.items() if role in found.values}
    if about.way is not None and "capacity" in found.values:
        plain = {about.way: "capacity"}
    if cycle is None or not plain:
        return None
    charged, discharged = (
        np.asarray(found.values[plain[way]] / MAH_PER_G) if way in plain else None for way in named
    )
    return curves.most_of_cycles(cycle, charged, discharged)

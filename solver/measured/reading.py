"""Reads files of measured curves: specific charges, half cycles, capacities of cycles."""

from pathlib import Path

import numpy as np

from solver.measured import curves, vendor
from solver.measured.columns import MeasuredColumns, described, read_columns
from solver.measured.curves import CycleCapacities, Floats, MeasuredCurves, MeasuredHalf
from solver.measured.description import MeasuredFile
from solver.measured.problems import MeasuredFileError
from solver.measured.quantities import MAH_PER_G, Role
from solver.measured.table import read_table

FEWEST = 2  # rows of a curve
NOTHING = (
    "has nothing to compare: expected voltage with time, voltage with a capacity, or capacities of "
    "cycles"
)


def read_measured(file: Path, given: MeasuredFile | None = None) -> MeasuredCurves:
    """Return what a measured file tells. given: what a case says of it.

    Raises MeasuredFileError with every problem, file and line.
    """
    about = described(file, given)
    table = vendor.read_binary(file) if vendor.reads(file) else read_table(file)
    return _curves(file, read_columns(table, about), about)


def _curves(file: Path, found: MeasuredColumns, about: MeasuredFile) -> MeasuredCurves:
    """What the columns amount to."""
    values = found.values
    cycle, time, voltage = values.get("cycle"), values.get("time"), values.get("voltage")
    cycle = None if cycle is None else _numbered(cycle, about.first_cycle)
    net = None if voltage is None else _net_charge(found, about)
    halves = () if voltage is None else _halves(found, about, voltage, cycle, net)
    last = curves.cut_off(halves) if halves else None
    whole = tuple(half for half in halves if half is not last)
    by_cycle = _capacities(found, cycle, about) if voltage is None else curves.capacities_of(whole)
    over_time = time is not None and voltage is not None and len(time) >= FEWEST
    if not (halves or over_time or by_cycle):
        raise MeasuredFileError([found.table.problem(NOTHING)])
    return MeasuredCurves(
        label=about.label or file.stem,
        source=about.source or "",
        time=time - time[0] if over_time and time is not None else None,
        voltage=voltage,
        net=net,
        halves=halves,
        cycles=by_cycle,
        notes=(f"{last.name} is cut off, its capacity is left out",) if last is not None else (),
    )


def _halves(
    found: MeasuredColumns,
    about: MeasuredFile,
    voltage: Floats,
    cycle: Floats | None,
    net: Floats | None,
) -> tuple[MeasuredHalf, ...]:
    """Half cycles: of a curve whose way is said, or of the net charge."""
    if about.way is not None and "capacity" in found.values:
        return _plain_halves(found.values["capacity"], voltage, cycle, about)
    if net is None:
        return ()
    shift = 0 if cycle is not None else (about.first_cycle or 1) - 1
    time, direction = found.values.get("time"), _direction_of(found, about)
    every = curves.half_cycles_of(net, voltage, cycle, time, direction)
    return tuple(half._replace(cycle=half.cycle + shift) for half in every)


def _numbered(cycle: Floats, first: int | None) -> Floats:
    """Numbers of cycles as a run counts them: from `first`, or, where a file counts from 0, 1."""
    begins = float(np.nanmin(cycle))
    if first is None:
        first = 1 if begins < 1 else int(begins)
    return cycle - begins + first


def _net_charge(found: MeasuredColumns, about: MeasuredFile) -> Floats | None:
    """Specific charge since the beginning, mA h/g: of counters, or of the current over time."""
    values = found.values
    current = values.get("current")
    direction = _direction_of(found, about)
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


def _direction_of(found: MeasuredColumns, about: MeasuredFile) -> Floats | None:
    """1 on charge, -1 on discharge, 0 where hardly any current flows; None if it is not known."""
    current = found.values.get("current")
    if current is None:
        return None
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
    found: MeasuredColumns, cycle: Floats | None, about: MeasuredFile
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

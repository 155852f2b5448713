"""Curves of several runs over each other: kinds of them, and what of a run each one draws."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from solver.measured import MeasuredCurves
from solver.results import calorimetry, calorimetry_figure, headers, retention, retention_figure
from solver.results import figures_of_merit as merit
from solver.results.bulk import checks_of
from solver.results.differential import differential_capacities
from solver.results.force import largest_force, moved_by, newton
from solver.results.history import half_cycles
from solver.results.jumps import bridge, parted
from solver.results.prefix import with_prefix
from solver.results.records import Record

Draw = Callable[[Axes, Record, dict[str, Any]], bool]


class Curve(NamedTuple):
    """A kind of curve: draws that of one run and says whether it has any; names of the axes.

    from_zero: the vertical axis begins at zero. Ranges are those of all runs in any order.
    measured: draws that of a measured file.
    """

    draw: Draw
    x: str
    y: str
    from_zero: bool = False
    measured: Callable[[Axes, MeasuredCurves, dict[str, Any]], None] | None = None


Kind = Curve | Callable[[Sequence[Record]], Curve]  # the latter if units depend on the runs


def _voltage(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """The last charge and discharge, those of complete cycles if there are any."""
    history, cycles = record.history, record.table("cycles")
    halves = half_cycles(history) if headers.NET_CHARGE in history else []
    done = [half for half in halves if half.cycle in cycles.get(headers.CYCLE_INDEX, ())]
    halves = done or halves
    last = [[h for h in halves if h.charging == way][-1:] for way in (True, False)]
    for half in (half for one_way in last for half in one_way):
        axes.plot(half.capacity, half.voltage, **line)
        line = line | {"label": None}
    return bool(halves)


def _measured_voltage(axes: Axes, curves: MeasuredCurves, line: dict[str, Any]) -> None:
    """The last measured charge and discharge."""
    for way in (True, False):
        for half in [each for each in curves.halves if each.charging == way][-1:]:
            axes.plot(half.capacity, half.voltage, **line)
            line = line | {"label": None}


def _measured_capacity(axes: Axes, curves: MeasuredCurves, line: dict[str, Any]) -> None:
    """Measured capacities of the discharges of several cycles."""
    cycles = curves.cycles
    if cycles is not None and len(cycles.number) > 1 and np.any(np.isfinite(cycles.discharge)):
        axes.plot(cycles.number, cycles.discharge, marker="D", ms=4, mfc="white", **line)


def _differential(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """dQ/dV of the last charge and discharge that are no checks."""
    cycles, history = record.table("cycles"), record.history
    usual = cycles[headers.CYCLE_INDEX][checks_of(cycles) == 0] if cycles else ()
    read = {headers.NET_CHARGE, headers.STEP_INDEX} <= history.keys()
    steps = differential_capacities(history) if read else []
    known = [step for step in steps if step.cycle in usual]
    last = [[step for step in known if step.charging == way][-1:] for way in (True, False)]
    for step in (step for one_way in last for step in one_way):
        sign = 1.0 if step.charging else -1.0
        axes.plot(step.voltage, sign * abs(step.slope), **line)
        line = line | {"label": None}
    return bool(known)


def _forces(records: Sequence[Record]) -> Curve:
    """The largest force of each over its displacement; its unit with the curve if units differ."""
    histories = [record.history for record in records]
    columns = [(history, largest_force(history)) for history in histories]
    there = [(history[column], newton(history, column)) for history, column in columns if column]
    units = sorted({unit for _, unit in there})
    largest = max((float(np.nanmax(np.abs(values))) for values, _ in there), default=0.0)
    alike = len(units) == 1
    factor, unit = with_prefix(largest, units[0]) if alike else (1.0, " or ".join(units))

    def draw(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
        history = record.history
        column = largest_force(history)
        if column is None:
            return False
        own = f"{line['label']}, {newton(history, column)}"
        line = line | ({} if alike else {"label": own})
        axes.plot(1e6 * history[moved_by(history, column)], factor * history[column], **line)
        return True

    return Curve(draw, "Mean displacement / µm", f"Force / {unit}")


def _against_time(column: str, factor: float, slow: bool = True) -> Draw:
    """slow: whether it goes on where cycles were jumped; else its line breaks there."""

    def draw(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
        history = parted(record.history)
        if column not in history:
            return False
        values = np.nan_to_num(history[column])
        for drawn in axes.plot(history[headers.TEST_TIME] / 3600, factor * values, **line):
            if slow:
                bridge(axes, drawn)
        return bool(np.any(values))

    return draw


def _against_cycle(column: str, factor: float) -> Draw:
    def draw(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
        cycles = record.table("cycles")
        if column not in cycles:
            return False
        usual = checks_of(cycles) == 0
        number, values = cycles[headers.CYCLE_INDEX][usual], cycles[column][usual]
        if len(values) < 2:
            return False
        axes.plot(number, factor * values, marker="o", ms=3, **line)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        return bool(np.any(values > 0))

    return draw


def _middle_voltage(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """Voltage at half of the charge of the discharges that are no checks, by cycle.

    It fades as the mean does, which long time steps spoil where the voltage falls at the end.
    """
    cycles = record.table("cycles")
    known = cycles.get(headers.CYCLE_INDEX, np.zeros(0))
    usual = known[checks_of(cycles) == 0] if len(known) else known
    halves = half_cycles(record.history) if headers.NET_CHARGE in record.history else []
    told = {
        half.cycle: half.middle_voltage()
        for half in halves
        if not half.charging and half.cycle in usual
    }
    if len(told) < 2:
        return False
    axes.plot(list(told), list(told.values()), marker="o", ms=3, **line)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return True


def _depth(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """Cracked share of each shell at the end."""
    ends = record.cracks.get("ends", [])
    if not ends or sum(ends[-1]["by_depth"]) == 0:
        return False
    edges = 1e6 * np.array(record.cracks["bins"]["depth_m"])
    there = np.array(record.cracks["boundaries"]["by_depth"])
    share = np.where(
        there > 0, np.array(ends[-1]["by_depth"]) / np.where(there > 0, there, 1), np.nan
    )
    axes.plot((edges[1:] + edges[:-1]) / 2, 100 * share, marker="o", ms=3, **line)
    return True


def _spectra(records: Sequence[Record]) -> Curve:
    """Last spectra; beyond what is in series where that differs by more than any of them is wide.

    A coating that resists electrons has hundreds of times the resistance of the arcs.
    """
    real = [z.real for record in records if (z := _last_spectrum(record)) is not None]
    spread, widths = np.ptp([np.min(r) for r in real] or [0]), [np.ptp(r) for r in real]
    apart = bool(spread > np.max(widths, initial=0.0))

    def draw(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
        z = _last_spectrum(record)
        if z is None:
            return False
        axes.plot(z.real - (np.min(z.real) if apart else 0.0), -z.imag, **line)
        axes.set_aspect("equal", adjustable="datalim")
        return True

    beyond = "beyond its smallest value " if apart else ""
    ohm = r"/ $\Omega$ cm$^2$"
    return Curve(draw, f"Re $Z$ {beyond}{ohm}", f"$-$Im $Z$ {ohm}")


def _last_spectrum(record: Record) -> npt.NDArray[np.complexfloating] | None:
    """Impedance in ohm cm^2 down to 10 mHz: below, storage dwarfs everything; None without."""
    table = record.table("impedance")
    if not table:
        return None
    number = table[headers.SPECTRUM_INDEX]
    rows = (number == number[-1]) & (table[headers.FREQUENCY] >= 0.01)
    z = table[headers.REAL_IMPEDANCE][rows] + 1j * table[headers.IMAGINARY_IMPEDANCE][rows]
    return np.asarray(merit.OHM_CM2 * z) if rows.any() else None


def _arcs(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """Width of the arcs of each spectrum, if they are of several cycles."""
    arcs = record.table("spectra")
    cycles, width = arcs.get(headers.CYCLE_INDEX), arcs.get(headers.ARC_WIDTH)
    if cycles is None or width is None or len(set(cycles[np.isfinite(width)])) < 2:
        return False
    axes.plot(cycles, merit.OHM_CM2 * width, marker="o", ms=4, **line)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return True


def _retention(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """What is left of the capacity by round, and what was measured as open diamonds."""
    kept = retention.computed(record.table("cycles"))
    if kept is None:
        return False
    retention_figure.draw(axes, kept, retention.measured(record.resolved), line)
    return True


def _heat_flow(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
    """Heat flow over the temperature; dotted where the largest one was measured."""
    found, known = calorimetry.computed(record.history), calorimetry.measured(record.resolved)
    if found is None:
        return False
    celsius = record.history[headers.TEMPERATURE] - calorimetry.CELSIUS
    axes.plot(celsius, record.history[headers.HEAT_FLOW], **line)
    if known is not None:
        axes.axvline(known.peak, color=line["color"], ls=":", lw=1)
    return True


def _heated(header: str, factor: float) -> Draw:
    """A column over the temperature, if that moves."""

    def draw(axes: Axes, record: Record, line: dict[str, Any]) -> bool:
        history = record.history
        kelvin = history.get(headers.TEMPERATURE, np.zeros(0))
        if header not in history or not np.ptp(kelvin) > 0:
            return False
        axes.plot(kelvin - calorimetry.CELSIUS, factor * history[header], **line)
        return True

    return draw


SHARE, CYCLE, HOURS = "Cracked share of boundaries / %", "Cycle", "Time / h"
CURVES: dict[str, Kind] = {
    "force": _forces,
    "voltage": Curve(
        _voltage,
        r"Specific capacity / mA h g$^{-1}$ (last cycle)",
        headers.VOLTAGE,
        measured=_measured_voltage,
    ),
    "differential": Curve(
        _differential, f"{headers.VOLTAGE} (last cycle)", r"dQ/dV / mA h g$^{-1}$ V$^{-1}$"
    ),
    "capacity": Curve(
        _against_cycle(headers.DISCHARGE_CAPACITY, 1.0),
        CYCLE,
        r"Discharge capacity / mA h g$^{-1}$",
        measured=_measured_capacity,
    ),
    "middle voltage": Curve(_middle_voltage, CYCLE, "Voltage at half of the discharge / V"),
    "lithium": Curve(
        _against_cycle(headers.INVENTORY, 100.0), CYCLE, "Lithium left in the cell / %"
    ),
    "retention": Curve(_retention, "Round (open diamonds: measured)", retention_figure.AXIS),
    "cracked": Curve(_against_time(headers.CRACKED, 100.0), HOURS, SHARE, True),
    "cracked by cycle": Curve(_against_cycle(headers.CRACKED, 100.0), CYCLE, SHARE, True),
    "crack width": Curve(
        _against_time(headers.MEAN_WIDTH, 1e9, slow=False), HOURS, "Mean width / nm", True
    ),
    "depth": Curve(_depth, "Depth below the outside / µm", SHARE, True),
    "wet area": Curve(
        _against_time(headers.WET_AREA, 1.0), HOURS, r"Wet area / m$^2$ g$^{-1}$", True
    ),
    "film": Curve(_against_time(headers.MEAN_FILM, 1e9), HOURS, "Mean film / nm", True),
    "rock salt": Curve(_against_cycle(headers.ROCK_SALT, 1e9), CYCLE, "Mean rock salt / nm", True),
    "heat flow": Curve(
        _heat_flow, f"{calorimetry_figure.X_AXIS} (dotted: measured)", calorimetry_figure.AXIS, True
    ),
    "gliding": Curve(
        _heated(headers.BOUNDARY_GLIDING, 100.0),
        calorimetry_figure.X_AXIS,
        "Gliding beside boundaries / %",
        True,
    ),
    "oxygen release": Curve(
        _heated(headers.BOUNDARY_RELEASE, 1e9),
        calorimetry_figure.X_AXIS,
        "Rock salt beside boundaries / nm",
        True,
    ),
    "arcs": Curve(_arcs, CYCLE, r"Width of the arcs / $\Omega$ cm$^2$", True),
    "impedance": _spectra,
}

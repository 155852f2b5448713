"""A run beside what was measured: half cycle by half cycle, over cycles, and over time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.measured import MeasuredCurves, MeasuredFile, MeasuredHalf, read_measured
from solver.results import headers
from solver.results.deviation import Curve2D, Deviation, at_points, deviation, pooled
from solver.results.history import NOISE, Floats, History, half_cycles

MILLI = 1e3
RESTING = 1e-3  # of the largest rate of charge: less is a rest
OVER_CAPACITY, OVER_CYCLES, OVER_TIME = (
    "voltage over capacity",
    "capacity by cycle",
    "voltage over time",
)
CAPACITY_UNIT = "mA h/g"
UNITS = {  # of the axis and of the deviation, and what makes the latter of what is compared
    OVER_CAPACITY: (CAPACITY_UNIT, "mV", MILLI),
    OVER_CYCLES: ("", CAPACITY_UNIT, 1.0),
    OVER_TIME: ("h", "mV", MILLI),
}


class VoltageCourse(NamedTuple):
    """Voltage over time in h, and net charge where that is known, (n,) each."""

    time: Floats
    voltage: Floats
    net: Floats | None


class MeasuredPair(NamedTuple):
    """A computed curve and a measured one of the same: `what` of which kind, and their deviation.

    x in mA h/g, cycles or h; y in V or mA h/g. apart: None where they have no range in common.
    """

    kind: str
    what: str
    computed: Curve2D
    measured: Curve2D
    apart: Deviation | None


class Comparison(NamedTuple):
    """All that could be set side by side of a run and a file; notes: what could not, and why."""

    curves: MeasuredCurves
    pairs: tuple[MeasuredPair, ...]
    notes: tuple[str, ...]

    def of(self, kind: str) -> list[MeasuredPair]:
        """Return the pairs of a kind that have a range in common."""
        return [pair for pair in self.pairs if pair.kind == kind and pair.apart is not None]

    def rmse(self, kind: str) -> float | None:
        """Return the RMSE of all pairs of a kind, each with its length; V or mA h/g."""
        apart = [pair.apart for pair in self.of(kind) if pair.apart is not None]
        return pooled(apart) if apart else None


def declared_curves(directory: Path, resolved: Mapping[str, Any]) -> list[MeasuredCurves]:
    """Return the measured curves that the case of a run names. Raises MeasuredFileError."""
    section = resolved.get("measured") or {}
    given = [MeasuredFile.model_validate(each) for each in section.get("compare", ())]
    read = [read_measured(directory / str(each.file), each) for each in given]
    return [replace(curves, source=curves.source or section["source"]) for curves in read]


def compare_with(history: History, cycles: History, curves: MeasuredCurves) -> Comparison:
    """Return all comparisons of a run with a file."""
    halves = computed_halves(history)
    pairs = [_half(halves[_key(half)], half) for half in curves.halves if _key(half) in halves]
    missing = [half.name for half in curves.halves if _key(half) not in halves]
    notes = [*curves.notes, *([_not_computed(missing)] if missing else [])]
    by_cycle = _by_cycle(cycles, curves)
    over_time, why = _over_time(history, curves)
    if why is not None:
        notes.append(why)
    every = tuple(pair for pair in (*pairs, *by_cycle, over_time) if pair is not None)
    return Comparison(curves, every, tuple(notes))


def _key(half: MeasuredHalf) -> tuple[int, bool]:
    return half.cycle, half.charging


def computed_halves(history: History) -> dict[tuple[int, bool], MeasuredHalf]:
    """Return half cycles of a run by cycle and whether they charge; rows without charge go.

    Of two of a cycle it is the one that passed more.
    """
    found: dict[tuple[int, bool], MeasuredHalf] = {}
    if not {headers.NET_CHARGE, headers.VOLTAGE} <= history.keys():
        return found
    for half in half_cycles(history):
        flowing = np.diff(half.capacity, prepend=half.capacity[:1]) > NOISE
        own = MeasuredHalf(half.cycle, half.charging, half.capacity[flowing], half.voltage[flowing])
        before = found.get(_key(own))
        more = before is None or own.capacity[-1:] > before.capacity[-1]
        if len(own.capacity) > 1 and more:
            found[_key(own)] = own
    return found


def _half(computed: MeasuredHalf, measured: MeasuredHalf) -> MeasuredPair:
    ours, theirs = (Curve2D(half.capacity, half.voltage) for half in (computed, measured))
    return MeasuredPair(OVER_CAPACITY, measured.name, ours, theirs, deviation(ours, theirs))


def _by_cycle(cycles: History, curves: MeasuredCurves) -> list[MeasuredPair]:
    """Capacities of charge and discharge by the number of the cycle; of several cycles only."""
    known, own = curves.cycles, cycles.get(headers.CYCLE_INDEX)
    if known is None or own is None:
        return []
    ways = (
        ("charge", headers.CHARGE_CAPACITY, known.charge),
        ("discharge", headers.DISCHARGE_CAPACITY, known.discharge),
    )
    pairs = []
    for way, header, measured in ways:
        if header not in cycles or not np.any(np.isfinite(measured)):
            continue
        passed = np.where(cycles[header] > 0, cycles[header], np.nan)
        ours, theirs = Curve2D(own, passed), Curve2D(known.number, measured)
        pairs.append(MeasuredPair(OVER_CYCLES, way, ours, theirs, at_points(ours, theirs)))
    return pairs


def _over_time(history: History, curves: MeasuredCurves) -> tuple[MeasuredPair | None, str | None]:
    """Voltage over time where current flows the same way in both; or why there is nothing."""
    if curves.time is None or curves.voltage is None or headers.VOLTAGE not in history:
        return None, None
    resolved = _before_jumps(history)
    net = history.get(headers.NET_CHARGE)
    ours = _course(
        history[headers.TEST_TIME][resolved],
        history[headers.VOLTAGE][resolved],
        None if net is None else net[resolved],
    )
    theirs = _course(curves.time, curves.voltage, curves.net)
    if len(ours.time) < 2 or len(theirs.time) < 2:
        return None, None

    def alike(middles: Floats) -> npt.NDArray[np.bool_]:
        computed, measured = _way(ours, middles), _way(theirs, middles)
        return np.asarray(computed == measured)

    known = ours.net is not None and theirs.net is not None
    curve, other = Curve2D(ours.time, ours.voltage), Curve2D(theirs.time, theirs.voltage)
    apart = deviation(curve, other, alike if known else None)
    if apart is None:
        return None, "voltage over time: current nowhere flows the same way at the same time"
    return MeasuredPair(OVER_TIME, "whole test", curve, other, apart), None


def _before_jumps(history: History) -> npt.NDArray[np.bool_]:
    """Rows before the first jump over cycles: after it, times are no longer those of a test."""
    jumped = history.get(headers.JUMPED_CYCLES, np.zeros(len(history[headers.TEST_TIME])))
    return np.asarray(jumped == 0)


def _course(time: Floats, voltage: Floats, net: Floats | None) -> VoltageCourse:
    """A course over time, of rows of one time the last."""
    last = np.append(np.diff(time) > 0, True)
    return VoltageCourse(time[last] / 3600.0, voltage[last], None if net is None else net[last])


def _way(course: VoltageCourse, middles: Floats) -> Floats:
    """Which way current flows at times, 1, 0 or -1; NaN in an interval in which that changes."""
    assert course.net is not None
    rate = np.diff(course.net) / np.diff(course.time)
    way = np.where(abs(rate) > RESTING * np.max(abs(rate)), np.sign(rate), 0.0)
    steady = np.where(np.diff(way, prepend=way[:1]) == 0, way, np.nan)
    return np.asarray(steady[np.searchsorted(course.time, middles) - 1])


def _not_computed(missing: Sequence[str]) -> str:
    told = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return f"measured, but not computed: {told}"

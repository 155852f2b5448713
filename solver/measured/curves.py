"""Measured curves as a comparison needs them: specific charges, half cycles, cycles."""

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
REVERSED = 0.01  # of the charge that flows before or after: less is no turn, but noise or a pulse
NOISE = 1e-5  # of the largest span of the charge: less is no turn in any case
FLOWING = 1e-3  # of the largest rate of a half cycle: less is a rest
SHORT = 0.05  # of the voltages of a half cycle: what is missing at its end if it was cut off
GROWN = 1e-9  # of the charge of a half cycle: less is none


class MeasuredHalf(NamedTuple):
    """A charge or a discharge. capacity: mA h/g, (n,), rising strictly. voltage: V, (n,)."""

    cycle: int
    charging: bool
    capacity: Floats
    voltage: Floats

    @property
    def name(self) -> str:
        """What it is called: `cycle 3, discharge`."""
        return f"cycle {self.cycle}, {'charge' if self.charging else 'discharge'}"


class CycleCapacities(NamedTuple):
    """Capacities of cycles, mA h/g, (n,), NaN where there is none, by the number of the cycle."""

    number: Floats
    charge: Floats
    discharge: Floats


@dataclass(frozen=True)
class MeasuredCurves:
    """What a file tells. label: its name in legends. source: who measured it, or nothing.

    time: s, (rows,), from zero, and voltage: V, (rows,); net: specific charge since the beginning,
    mA h/g, positive on charge, (rows,). Each is None where the file does not have it. notes: what
    was left out.
    """

    label: str
    source: str
    time: Floats | None
    voltage: Floats | None
    net: Floats | None
    halves: tuple[MeasuredHalf, ...]
    cycles: CycleCapacities | None
    notes: tuple[str, ...] = ()


def counted(values: Floats) -> Floats:
    """Return what has passed in all, of a counter that may begin again at zero, (rows,)."""
    steps = np.diff(values, prepend=values[:1])
    return np.cumsum(np.where(steps < 0, values, steps))


def signed(values: Floats, direction: Floats) -> Floats:
    """Return the net charge, of a counter without a sign that begins again with each step.

    direction: of the current, (rows,), 1 on charge, -1 on discharge, 0 at rest.
    """
    steps = np.diff(values, prepend=values[:1])
    return np.cumsum(direction * np.where(steps < 0, values, steps))


def integrated(time: Floats, current: Floats) -> Floats:
    """Return the integral of a current over time by the trapezoidal rule, from zero, (rows,)."""
    parts = np.diff(time) * 0.5 * (current[1:] + current[:-1])
    return np.concatenate([[0.0], np.cumsum(parts)])


def turns(net: Floats, least: float) -> list[int]:
    """Return first and last row, and the rows where the charge turns by more than `least`.

    A rest belongs to what was before it.
    """
    flowing = np.flatnonzero(np.diff(net))
    if len(flowing) == 0:
        return []
    way = np.sign(np.diff(net)[flowing])
    extremes = [0, *flowing[1:][way[1:] != way[:-1]], len(net) - 1]
    found = [0]
    for row in extremes[1:]:
        onward = net[row] - net[found[-1]]
        before = net[found[-1]] - net[found[-2]] if len(found) > 1 else 0.0
        if onward * before > 0 or (onward == 0 and row == extremes[-1] and len(found) > 1):
            found[-1] = int(row)
        elif abs(onward) > least:
            found.append(int(row))
    return found


def turns_of_note(net: Floats) -> list[int]:
    """Return the rows between charges and discharges, with the first of the first and the last.

    Where less flows than a hundredth of what flows before or after, nothing turns. Neighbours are
    the measure, because a cell that fades leaves little of its first capacity, and what it loses
    in each cycle adds up in the net charge.
    """
    found = turns(net, NOISE * float(np.ptp(net)))
    while len(found) > 2:
        swings = np.abs(np.diff(net[found]))
        beside = np.maximum(np.append(0.0, swings[:-1]), np.append(swings[1:], 0.0))
        least = int(np.argmin(swings / beside))
        if swings[least] >= REVERSED * beside[least]:
            break
        outer = {0: slice(0, 1), len(swings) - 1: slice(-1, None)}
        del found[outer.get(least, slice(least, least + 2))]
    return found


def half_cycles_of(
    net: Floats,
    voltage: Floats,
    cycle: Floats | None = None,
    time: Floats | None = None,
    direction: Floats | None = None,
) -> tuple[MeasuredHalf, ...]:
    """Return charges and discharges one after another, without their rests and first rows.

    cycle: number of the cycle, (rows,); without it each turn into the first way begins one.
    direction: of the current, where that is known: rows at rest show no voltage under current.
    """
    bounds = turns_of_note(net)
    halves = []
    for place, (first, last) in enumerate(pairwise(bounds)):
        rows = slice(first, last + 1)
        capacity = np.abs(net[rows] - net[first])
        kept = _flowing(capacity, None if time is None else time[rows])
        charging = bool(net[last] > net[first])
        if direction is not None:
            kept &= direction[rows] == (1.0 if charging else -1.0)
        if np.count_nonzero(kept) < 2:  # no curve
            continue
        number = place // 2 + 1 if cycle is None else _of_most(cycle[rows][kept])
        halves.append(MeasuredHalf(number, charging, capacity[kept], voltage[rows][kept]))
    return tuple(halves)


def _of_most(cycle: Floats) -> int:
    """Number in the middle: where the charge turns, the next step's row may be the last of this."""
    return int(cycle[len(cycle) // 2])


def _flowing(capacity: Floats, time: Floats | None) -> npt.NDArray[np.bool_]:
    """Rows in which charge has passed since those before."""
    furthest = np.maximum.accumulate(capacity)
    passed = np.diff(furthest, prepend=furthest[:1])
    flowing = passed > GROWN * furthest[-1]
    if time is not None:
        taken = np.diff(time, prepend=time[:1])
        rate = np.divide(passed, taken, out=np.zeros_like(passed), where=taken > 0)
        flowing &= rate > FLOWING * rate.max()
    return flowing


def sorted_half(cycle: int, charging: bool, capacity: Floats, voltage: Floats) -> MeasuredHalf:
    """Return the half cycle of points of a curve, in any order; of equal capacities the first."""
    known = np.isfinite(capacity) & np.isfinite(voltage)
    there, first = np.unique(capacity[known], return_index=True)
    return MeasuredHalf(cycle, charging, there, voltage[known][first])


def cut_off(halves: tuple[MeasuredHalf, ...]) -> MeasuredHalf | None:
    """Return the last half cycle if it ends well before the voltage of those of its way before."""
    ends = [half.voltage[-1] for half in halves[:-1] if half.charging == halves[-1].charging]
    if not ends:
        return None
    last = halves[-1]
    lacking = (np.median(ends) - last.voltage[-1]) * (1.0 if last.charging else -1.0)
    return last if lacking > SHORT * np.ptp(last.voltage) else None


def capacities_of(halves: tuple[MeasuredHalf, ...]) -> CycleCapacities | None:
    """Return what the half cycles of each cycle passed, None without any."""
    if not halves:
        return None
    number = np.unique([half.cycle for half in halves])
    both = [
        [
            max(
                (h.capacity[-1] for h in halves if (h.cycle, h.charging) == (n, way)),
                default=np.nan,
            )
            for n in number
        ]
        for way in (True, False)
    ]
    charge, discharge = (np.array(one_way, dtype=float) for one_way in both)
    return CycleCapacities(number.astype(float), charge, discharge)


def most_of_cycles(
    cycle: Floats, charged: Floats | None, discharged: Floats | None
) -> CycleCapacities:
    """Return the largest value of each cycle of two columns, mA h/g."""
    number = np.unique(cycle)
    none = np.full(len(cycle), np.nan)

    def most(values: Floats | None) -> Floats:
        there = none if values is None else values
        return np.array([np.max(there[cycle == n]) for n in number])

    return CycleCapacities(number, most(charged), most(discharged))

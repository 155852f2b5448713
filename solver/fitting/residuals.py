"""What a run and what was measured differ by, over the precision: squares of this are added up.

A half cycle gives one residual for each of its points, a target one. Points of a measured curve
count by the share of the charge they stand for, so that one drawn densely somewhere weighs no more
there, as in the RMSE of reports (`solver.results.deviation`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import NamedTuple

import numpy as np

from solver.fitting.places import Floats
from solver.measured import MeasuredHalf
from solver.results.history import read_history
from solver.results.measurements import computed_halves
from solver.study.outputs import Output

Halves = Mapping[tuple[int, bool], MeasuredHalf]
MILLI = 1e3


class CurveGroup(NamedTuple):
    """A measured half cycle. capacity: mA h/g, voltage: V, weight: of each point, mean 1, (n,).

    precision: V. name: of the file and the half cycle.
    """

    name: str
    cycle: int
    charging: bool
    capacity: Floats
    voltage: Floats
    weight: Floats
    precision: float

    @property
    def size(self) -> int:
        """Number of residuals."""
        return len(self.capacity)


class TargetGroup(NamedTuple):
    """A number that was measured. other: output by which `output` is divided, or less (`how`)."""

    name: str
    unit: str
    output: Output
    other: Output | None
    how: str
    value: float
    precision: float
    size: int = 1


Group = CurveGroup | TargetGroup


class RunMisfit(NamedTuple):
    """What a run differs by. residuals: computed less measured over the precision, (all points,).

    rms: of each group, in mV or the unit of the target. lacking: why a group has none.
    """

    residuals: Floats
    rms: tuple[float, ...]
    lacking: str = ""

    @property
    def cost(self) -> float:
        """Half of the sum of squares."""
        return float(0.5 * self.residuals @ self.residuals)


def curve_group(
    half: MeasuredHalf, label: str, precision: float, points: int, above: float | None = None
) -> CurveGroup:
    """Return a measured half cycle with no more than so many points, neighbours averaged.

    above: V, points at lower voltages are left out. Raises ValueError if less than two are left.
    """
    capacity, voltage = half.capacity, half.voltage
    if above is not None:
        kept = voltage >= above
        capacity, voltage = capacity[kept], voltage[kept]
        if len(capacity) < 2:
            raise ValueError(f"{half.name} of {label} has less than two points above {above:g} V")
    if len(capacity) > points:
        edges = np.linspace(capacity[0], capacity[-1], points + 1)
        bins = np.clip(np.searchsorted(edges, capacity, side="right") - 1, 0, points - 1)
        counts = np.bincount(bins, minlength=points)
        there = counts > 0
        capacity = np.bincount(bins, capacity, points)[there] / counts[there]
        voltage = np.bincount(bins, voltage, points)[there] / counts[there]
    name = f"{label}, {half.name}"
    weight = weights(capacity)
    return CurveGroup(name, half.cycle, half.charging, capacity, voltage, weight, precision)


def weights(x: Floats) -> Floats:
    """Return what each point stands for on its axis, h_i n / L, of mean 1, (n,).

    h_i: half the way to both neighbours. L: from the first point to the last.
    """
    steps = np.diff(x)
    own = 0.5 * (np.append(steps, 0.0) + np.insert(steps, 0, 0.0))
    return np.asarray(own * len(x) / own.sum())


def misfit(directory: Path, groups: Sequence[Group]) -> RunMisfit:
    """Return what a run differs by from all groups; nothing, and why, where it lacks one."""
    halves = (
        computed_halves(read_history(directory / "history.csv"))
        if any(isinstance(group, CurveGroup) for group in groups)
        else {}
    )
    parts = []
    for group in groups:
        found = (
            of_curve(halves, group)
            if isinstance(group, CurveGroup)
            else of_target(group, directory)
        )
        if isinstance(found, str):
            return RunMisfit(np.full(sum(each.size for each in groups), np.nan), (), found)
        parts.append(found)
    return RunMisfit(np.concatenate(parts), tuple(map(_rms, parts, groups)))


def of_curve(halves: Halves, group: CurveGroup) -> Floats | str:
    """Return the residuals of a half cycle, or why there are none.

    r_i = sqrt(w_i) (V(q_i) - V_i) / precision. Beyond the end of the computed half cycle its last
    voltage stands, so that a run that ends too early is not rewarded for it, and r is continuous.
    """
    half = halves.get((group.cycle, group.charging))
    if half is None:
        return f"it has no {_what(group)}"
    apart = np.interp(group.capacity, half.capacity, half.voltage) - group.voltage
    return np.asarray(np.sqrt(group.weight) * apart / group.precision)


def of_target(group: TargetGroup, directory: Path) -> Floats | str:
    """Return the residual of a target, (1,), or why there is none."""
    found = computed(group, directory)
    if not isfinite(found):
        return f"it has no {group.name}"
    return np.array([(found - group.value) / group.precision])


def computed(group: TargetGroup, directory: Path) -> float:
    """Return what a run has of a target, nan where it has nothing."""
    value = group.output.of(directory)
    if group.other is None:
        return value
    other = group.other.of(directory)
    if group.how == "less":
        return value - other
    return value / other if other else float("nan")


def unit_of_rms(group: Group) -> str:
    """Return the unit in which the misfit of a group is told."""
    return "mV" if isinstance(group, CurveGroup) else group.unit


def _rms(residuals: Floats, group: Group) -> float:
    """Root of the mean square, not over the precision; of voltages in mV."""
    factor = MILLI if isinstance(group, CurveGroup) else 1.0
    return factor * group.precision * float(np.sqrt(np.mean(residuals**2)))


def _what(group: CurveGroup) -> str:
    return f"{'charge' if group.charging else 'discharge'} in cycle {group.cycle}"

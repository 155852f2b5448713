"""`sweeps.csv`: the peak of the current in every voltage sweep."""

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any

import numpy as np

from solver.protocol import PlannedStep
from solver.protocol.sweep import Sweep

FILE = "sweeps.csv"
Row = Mapping[str, float]


class SweepBook:
    """Makes one row of each sweep: rising sweeps have anodic peaks, falling ones cathodic peaks."""

    def __init__(self, steps: Sequence[PlannedStep]) -> None:
        self._steps = steps
        self._rows: list[Row] = []
        self.sweeps: list[Row] = []

    def add(self, row: Row, step_ended: bool) -> Row | None:
        """Take in one row; return the sweep that it completes, if it does."""
        step = self._steps[int(row["Step Index / 1"])].step
        if not isinstance(step, Sweep) or row["Step Time / s"] == 0.0:
            return None
        self._rows.append(row)
        if not step_ended:
            return None
        self.sweeps.append(_condensed(self._rows, step.rate))
        self._rows = []
        return self.sweeps[-1]

    def close(self) -> Row | None:
        """Return nothing: a sweep that was not finished has no peak yet."""
        return None

    def by_cycle(self) -> list[dict[str, Any]]:
        """Return the peaks of each cycle that has sweeps, and how far they are apart, V."""
        found: dict[int, dict[str, Any]] = {}
        for sweep in self.sweeps:
            cycle = found.setdefault(int(sweep["Cycle Index / 1"]), {})
            way = "anodic" if sweep["Direction / 1"] > 0 else "cathodic"
            cycle[f"{way}_peak_V"] = sweep["Peak Potential / V"]
            cycle[f"{way}_peak_mA_per_g"] = sweep["Peak Specific Current / mA.g-1"]
        for peaks in found.values():
            apart = peaks.get("anodic_peak_V", nan) - peaks.get("cathodic_peak_V", nan)
            peaks["peak_separation_V"] = apart if isfinite(apart) else None
        return [{"cycle": number, **peaks} for number, peaks in found.items()]


def _condensed(rows: Sequence[Row], rate: float) -> Row:
    voltage = np.array([row["Voltage / V"] for row in rows])
    current = np.array([row["Specific Current / mA.g-1"] for row in rows])
    way = 1 if voltage[-1] >= voltage[0] else -1
    potential, height = peak(voltage, way * current)
    return {
        "Cycle Index / 1": int(rows[-1]["Cycle Index / 1"]),
        "Step Index / 1": int(rows[-1]["Step Index / 1"]),
        "Sweep Rate / V.s-1": rate,
        "Direction / 1": way,
        "Peak Potential / V": potential,
        "Peak Specific Current / mA.g-1": way * height,
        "Capacity / mA.h.g-1": rows[-1]["Capacity / mA.h.g-1"],
    }


def peak(voltage: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    """Place and height of the largest current, by the parabola through it and its neighbours.

    nan if the current is largest at an end: that is no peak.
    """
    top = int(np.argmax(current))
    if top in (0, len(current) - 1):
        return nan, nan
    around = slice(top - 1, top + 2)
    x = voltage[around] - voltage[top]
    curvature, slope, _ = curve = np.polyfit(x, current[around], 2)
    if curvature >= 0:
        return float(voltage[top]), float(current[top])
    place = float(np.clip(-slope / (2 * curvature), x.min(), x.max()))
    return float(voltage[top]) + place, float(np.polyval(curve, place))

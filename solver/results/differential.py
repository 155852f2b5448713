"""dQ/dV of the steps at constant current."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.results import headers
from solver.results.history import Floats, History

GRID, WIDTH = 2e-3, 8e-3  # V: spacing of the grid, and standard deviation of the smoothing
LEAST_SPAN = 0.2  # V, of a step that has a dQ/dV
STEADY = 1e-4  # relative variation that a constant current may have


class Differential(NamedTuple):
    """dQ/dV of one step, mA h/(g V), positive on charge and negative on discharge."""

    cycle: int
    charging: bool
    voltage: Floats
    slope: Floats


def differential_capacities(history: History) -> list[Differential]:
    """Return dQ/dV of every step at constant current that runs over a fair range of voltage."""
    step, cycle = history[headers.STEP_INDEX], history[headers.CYCLE_INDEX]
    changes = np.flatnonzero(np.diff(step)) + 1
    curves = []
    for first, last in pairwise([1, *changes[changes > 1], len(step)]):
        rows = slice(first, last)
        if _is_constant_current(history, rows):
            voltage, slope = smoothed_slope(
                history[headers.VOLTAGE][rows], history[headers.NET_CHARGE][rows]
            )
            charging = bool(history[headers.SPECIFIC_CURRENT][first] > 0)
            curves.append(Differential(int(cycle[first]), charging, voltage, slope))
    return curves


def _is_constant_current(history: History, rows: slice) -> bool:
    current, voltage = history[headers.SPECIFIC_CURRENT][rows], history[headers.VOLTAGE][rows]
    if len(current) < 4 or history.get(headers.PULSE_INDEX, np.zeros(1))[rows].any():
        return False
    steady = np.ptp(current) <= STEADY * abs(current[0])
    return bool(steady and np.ptp(voltage) > LEAST_SPAN and abs(current[0]) > 0.1)


def smoothed_slope(voltage: Floats, charge: Floats) -> tuple[Floats, Floats]:
    """Return a grid of voltages and d charge/d voltage there, smoothed by a bell of WIDTH.

    Between time steps a curve without kinks is followed that rises where the charge does.

    Where the voltage moves back for a moment (a boundary snaps) the charge counts to the next
    voltage that is reached.
    """
    from scipy.interpolate import PchipInterpolator  # slow to load, and needed late

    way = 1.0 if voltage[-1] > voltage[0] else -1.0
    reached = np.maximum.accumulate(way * voltage)
    fresh = np.concatenate([[True], np.diff(reached) > 0])
    grid = np.arange(reached[0], reached[-1], GRID)
    on_grid = PchipInterpolator(reached[fresh], charge[fresh])(grid)
    slope = np.diff(on_grid) / GRID
    reach = int(4 * WIDTH / GRID)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) * GRID / WIDTH) ** 2)
    weight = np.convolve(np.ones_like(slope), bell, "same")
    middle = (grid[1:] + grid[:-1]) / 2
    return way * middle, np.convolve(slope, bell, "same") / weight

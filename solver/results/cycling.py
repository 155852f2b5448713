"""Figures of cycling: capacity and efficiency by cycle, rate capability, dQ/dV."""

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.bulk import checks_of
from solver.results.chosen import chosen
from solver.results.differential import differential_capacities
from solver.results.history import Floats, History
from solver.results.jumps import shade

Marks = npt.NDArray[np.bool_]
MOST_AT_ONE_RATE = 0.75  # of the cycles of a test of rates
CAPACITY = r"Capacity / mA h g$^{-1}$"


def cycling(cycles: History) -> Figure | None:
    """Capacities, coulombic efficiency and mean voltages against the cycle; None for one cycle.

    Of a full cell also the lithium that is left in it.
    Checks are hollow, and the line of the others passes them by. Jumped cycles have grey ground.
    """
    number, check = cycles[headers.CYCLE_INDEX], checks_of(cycles) != 0
    if len(number) < 2:
        return None
    full = headers.INVENTORY in cycles
    figure = style.new_figure(5.0, 5.4 + 1.6 * full)
    frames = figure.subplots(3 + full, 1, sharex=True)
    capacity, efficiency, voltage = frames[:3]
    for way, colour, passed, mean in (
        ("charge", style.BLUE, headers.CHARGE_CAPACITY, headers.CHARGE_VOLTAGE),
        ("discharge", style.VERMILION, headers.DISCHARGE_CAPACITY, headers.DISCHARGE_VOLTAGE),
    ):
        _by_cycle(capacity, number, _positive(cycles[passed]), check, colour, way)
        _by_cycle(voltage, number, cycles[mean], check, colour, way)
    percent = 100 * cycles[headers.COULOMBIC_EFFICIENCY]
    _by_cycle(efficiency, number, percent, check, style.GREEN)
    capacity.set_ylabel(CAPACITY)
    efficiency.set_ylabel("Coulombic\nefficiency / %")
    voltage.set_ylabel("Mean voltage / V")
    if full:
        _by_cycle(frames[3], number, 100 * cycles[headers.INVENTORY], check, style.PURPLE)
        frames[3].set_ylabel("Lithium left\nin the cell / %")
    frames[-1].set_xlabel("Cycle")
    frames[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in frames:
        axes.margins(y=0.15)
        shade(axes, jumped_spans(cycles), named=axes is capacity)
    capacity.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def jumped_spans(cycles: History) -> list[tuple[float, float]]:
    """Return from which resolved cycle to which next one others were jumped."""
    number = cycles[headers.CYCLE_INDEX]
    jumped = np.diff(cycles.get(headers.JUMPED_CYCLES, np.zeros(len(number)))) > 0
    return [(float(number[k]), float(number[k + 1])) for k in np.flatnonzero(jumped)]


def rate_capability(cycles: History) -> Figure | None:
    """Discharge capacity against rate, without checks; None unless there are several rates.

    Nor where nearly all cycles have one rate: then others came before or after ageing.
    """
    rate, capacity = cycles[headers.DISCHARGE_RATE], cycles[headers.DISCHARGE_CAPACITY]
    there = np.isfinite(rate) & (capacity > 0) & (checks_of(cycles) == 0)
    _, counts = np.unique(rate[there], return_counts=True)
    if len(counts) < 2 or counts.max() > MOST_AT_ONE_RATE * counts.sum():
        return None
    figure = style.new_figure(4.6, 3.4)
    axes = figure.subplots()
    rates = np.unique(rate[there])
    mean = [capacity[there & (rate == each)].mean() for each in rates]
    axes.plot(rates, mean, color=style.VERMILION, lw=1.0)
    axes.plot(rate[there], capacity[there], "o", color=style.VERMILION, ms=5)
    axes.set_xscale("log")
    _ticks_in_c(axes, rates)
    axes.set_ylim(0, 1.15 * capacity[there].max())
    axes.set_xlabel("Rate of discharge")
    axes.set_ylabel(CAPACITY)
    best = capacity[there].max()
    behind = axes.secondary_yaxis("right", functions=(lambda q: q / best, lambda q: q * best))
    behind.set_ylabel("Share of the largest")
    return figure


def differential(history: History, cycles: History | None = None) -> Figure | None:
    """dQ/dV against voltage, late cycles darker; None without a step at constant current.

    cycles: their table; with it some of many are drawn.
    """
    every = differential_capacities(history)
    if not every:
        return None
    figure = style.new_figure(4.6, 3.6)
    axes = figure.subplots()
    drawn = chosen((step.cycle for step in every), cycles)
    steps = [step for step in every if step.cycle in drawn.cycles]
    for step in steps:
        colour = style.BLUE if step.charging else style.VERMILION
        shade = style.lighter(colour, 0.65 * drawn.age(step.cycle))
        sign = 1.0 if step.charging else -1.0
        axes.plot(step.voltage, sign * abs(step.slope), color=shade)
    for charging, name, colour in (
        (True, "charge", style.BLUE),
        (False, "discharge", style.VERMILION),
    ):
        if any(step.charging == charging for step in steps):
            axes.plot([], [], color=colour, label=name)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.legend(loc="best", title=drawn.title, alignment="left")
    axes.set_xlabel(headers.VOLTAGE)
    axes.set_ylabel(r"dQ/dV / mA h g$^{-1}$ V$^{-1}$")
    return figure


def _by_cycle(
    axes: Axes, number: Floats, values: Floats, check: Marks, colour: str, label: str | None = None
) -> None:
    """Dots along a line; checks are hollow and beside it."""
    axes.plot(number[~check], values[~check], color=colour, label=label, marker="o", ms=4)
    if np.any(check):
        name = None if label is None else f"{label}, checks"
        axes.plot(number[check], values[check], "o", ms=4, mfc="none", mec=colour, label=name)


def _positive(values: Floats) -> Floats:
    """Values, those that never were left out."""
    return np.where(values > 0, values, np.nan)


def _ticks_in_c(axes: Axes, rates: Floats) -> None:
    axes.set_xticks(rates, [_in_c(rate) for rate in rates])
    axes.minorticks_off()


def _in_c(rate: float) -> str:
    inverse = round(1 / rate)
    return f"C/{inverse}" if inverse > 1 and abs(1 / rate - inverse) < 1e-6 else f"{rate:g}C"

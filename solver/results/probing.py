"""Figures of what probes the particle: voltage sweeps, titrations (GITT), impedance."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.history import Floats, History

SPECIFIC_CURRENT = r"Specific current / mA g$^{-1}$"
SQUARE_CENTIMETRES = 1e4  # in a square metre
MOST_NAMED = 8  # spectra in a legend


def sweeps(history: History, table: History) -> Figure:
    """Current against voltage in every sweep, the peaks marked."""
    figure = style.new_figure(4.8, 3.8)
    axes = figure.subplots()
    steps = table[headers.STEP_INDEX]
    for number, step in enumerate(steps):
        rows = (history[headers.STEP_INDEX] == step) & (history[headers.STEP_TIME] > 0)
        colour = style.BLUE if table[headers.DIRECTION][number] > 0 else style.VERMILION
        age = (len(steps) - 1 - number) / max(len(steps) - 1, 1)
        axes.plot(
            history[headers.VOLTAGE][rows],
            history[headers.SPECIFIC_CURRENT][rows],
            color=style.lighter(colour, 0.5 * age),
        )
    _mark_peaks(axes, table)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_ylim(*_beyond_jumps(history, steps))
    rates = np.unique(table[headers.SWEEP_RATE])
    axes.set_title(", ".join(f"{1e3 * rate:g} mV/s" for rate in rates), loc="left")
    axes.set_xlabel(headers.VOLTAGE)
    axes.set_ylabel(SPECIFIC_CURRENT)
    return figure


def _beyond_jumps(history: History, steps: Floats) -> tuple[float, float]:
    """Range of the currents, but for the first tenth of each sweep: a jump may have begun it."""
    currents = [0.0]
    for step in steps:
        rows = np.flatnonzero(
            (history[headers.STEP_INDEX] == step) & (history[headers.STEP_TIME] > 0)
        )
        currents += [*history[headers.SPECIFIC_CURRENT][rows[len(rows) // 10 :]]]
    low, high = min(currents), max(currents)
    margin = 0.18 * max(high - low, 1e-9)
    return low - margin, high + margin


def _mark_peaks(axes: Axes, table: History) -> None:
    for place, height, way in zip(
        table[headers.PEAK_POTENTIAL],
        table[headers.PEAK_CURRENT],
        table[headers.DIRECTION],
        strict=True,
    ):
        if np.isfinite(place):
            axes.plot(place, height, "o", ms=4, color=style.BLACK, zorder=3)
            axes.annotate(
                f"{place:.3f} V",
                (place, height),
                xytext=(0, 6 * way),
                textcoords="offset points",
                ha="center",
                va="bottom" if way > 0 else "top",
                fontsize=8,
            )


def titration(history: History, pulses: History) -> Figure:
    """Voltage against time; apparent diffusivity and polarization against the occupancy."""
    figure = style.new_figure(5.6, 6.0)
    voltage, diffusivity, polarization = figure.subplots(3, 1)
    rows = history[headers.PULSE_INDEX] > 0
    began = history[headers.TEST_TIME][rows][0]
    hours = (history[headers.TEST_TIME][rows] - began) / 3600
    voltage.plot(hours, history[headers.VOLTAGE][rows], color=style.BLUE, lw=0.9)
    started = (pulses[headers.TEST_TIME] - began) / 3600
    relaxed = {"color": style.BLACK, "label": "relaxed before a pulse"}
    voltage.plot(started, pulses[headers.VOLTAGE_BEFORE], "o", ms=2.5, **relaxed)
    voltage.set_xlabel("Time / h")
    voltage.set_ylabel(headers.VOLTAGE)
    voltage.legend(loc="best")
    x = (pulses[headers.OCCUPANCY_BEFORE] + pulses[headers.OCCUPANCY_AFTER]) / 2
    dots = {"marker": "o", "ms": 4, "lw": 1.0}
    apparent = pulses[headers.DIFFUSIVITY]
    diffusivity.plot(x, apparent, color=style.GREEN, **dots)
    there = apparent[apparent > 0]
    if len(there) and there.max() > 10 * there.min():
        diffusivity.set_yscale("log")
    elif len(there):
        diffusivity.set_ylim(0, 1.2 * there.max())
    diffusivity.set_ylabel("Apparent $D$ / m$^2$ s$^{-1}$")
    length = 1e6 * pulses[headers.DIFFUSION_LENGTH][0]
    diffusivity.set_title(f"Weppner and Huggins, R = {length:.3g} µm", loc="left", fontsize=8)
    sign = np.sign(pulses[headers.SPECIFIC_CURRENT])
    for name, column, colour in (
        ("polarization", headers.POLARIZATION, style.VERMILION),
        ("jump", headers.JUMP, style.ORANGE),
    ):
        polarization.plot(x, 1e3 * sign * pulses[column], color=colour, label=name, **dots)
    polarization.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    polarization.set_ylabel("Polarization / mV")
    polarization.legend(loc="best")
    for axes in (diffusivity, polarization):
        axes.set_xlabel("Occupancy $x$")
        axes.invert_xaxis()
    return figure


def impedance(table: History, arcs: History | None = None) -> Figure:
    """Nyquist and Bode plots of all spectra, late ones darker; named with the width of the arcs."""
    figure = style.new_figure(7.2, 3.8)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.15, 1.0))
    nyquist = figure.add_subplot(grid[:, 0])
    modulus = figure.add_subplot(grid[0, 1])
    phase = figure.add_subplot(grid[1, 1], sharex=modulus)
    numbers = np.unique(table[headers.SPECTRUM_INDEX])
    for place, number in enumerate(numbers):
        rows = table[headers.SPECTRUM_INDEX] == number
        age = (len(numbers) - 1 - place) / max(len(numbers) - 1, 1)
        first = int(np.flatnonzero(rows)[0])
        _draw_spectrum(
            (nyquist, modulus, phase),
            table[headers.FREQUENCY][rows],
            SQUARE_CENTIMETRES * table[headers.REAL_IMPEDANCE][rows],
            SQUARE_CENTIMETRES * table[headers.IMAGINARY_IMPEDANCE][rows],
            color=style.lighter(style.BLUE, 0.7 * age),
            label=f"{_of_cycle(table, first)}{table[headers.VOLTAGE][first]:.3f} V, x = "
            f"{table[headers.MEAN_OCCUPANCY][first]:.2f}{_width(arcs, place)}",
        )
    left, reach = _range(SQUARE_CENTIMETRES * table[headers.REAL_IMPEDANCE])
    nyquist.set(xlim=(left, left + reach), ylim=(0, reach))  # no storage that dwarfs the arcs
    nyquist.set_aspect("equal", adjustable="box")
    nyquist.set_xlabel(r"Re $Z$ / $\Omega$ cm$^2$")
    nyquist.set_ylabel(r"$-$Im $Z$ / $\Omega$ cm$^2$")
    if len(numbers) <= MOST_NAMED:
        figure.legend(*nyquist.get_legend_handles_labels(), loc="outside upper left", ncols=2)
    modulus.set_ylabel(r"$|Z|$ / $\Omega$ cm$^2$")
    phase.set_ylabel("$-$phase / deg")
    phase.set_xlabel(headers.FREQUENCY)
    modulus.tick_params(labelbottom=False)
    return figure


def _range(real: Floats) -> tuple[float, float]:
    """Return where a Nyquist plot begins, and its width: at zero unless most of it were empty."""
    least, most = float(np.min(real)), float(np.max(real))
    left = least - 0.1 * (most - least) if least > most - least else 0.0
    return left, 1.1 * (most - left)


def resistance(arcs: History) -> Figure | None:
    """Width of the arcs against the cycle, or the occupancy within one cycle.

    None unless there are several spectra with arcs.
    """
    width = SQUARE_CENTIMETRES * arcs[headers.ARC_WIDTH]
    there = np.isfinite(width)
    if there.sum() < 2:
        return None
    figure = style.new_figure(4.4, 3.2)
    axes = figure.subplots()
    cycles = arcs[headers.CYCLE_INDEX][there]
    if len(set(cycles)) > 1:
        axes.plot(cycles, width[there], color=style.PURPLE, marker="o", ms=4)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("Cycle")
    else:
        occupancy = arcs[headers.MEAN_OCCUPANCY][there]
        axes.plot(occupancy, width[there], color=style.PURPLE, marker="o", ms=4)
        axes.set_xlabel("Occupancy $x$")
        axes.invert_xaxis()
    axes.set_ylim(0, 1.15 * width[there].max())
    axes.set_ylabel(r"Width of the arcs / $\Omega$ cm$^2$")
    return figure


def _of_cycle(table: History, row: int) -> str:
    """The cycle of a row in words, nothing where all rows are of one cycle."""
    cycles = table.get(headers.CYCLE_INDEX, np.zeros(1))
    return f"cycle {cycles[row]:.0f}, " if np.ptp(cycles) > 0 else ""


def _width(arcs: History | None, number: int) -> str:
    """Width of the arcs of a spectrum in words, nothing if there are none."""
    if arcs is None or number >= len(arcs[headers.ARC_WIDTH]):
        return ""
    width = SQUARE_CENTIMETRES * arcs[headers.ARC_WIDTH][number]
    return "" if np.isnan(width) else f", arcs {width:.3g} $\\Omega$ cm$^2$"


def _draw_spectrum(
    axes: tuple[Axes, Axes, Axes],
    frequency: Floats,
    real: Floats,
    imaginary: Floats,
    **line: Any,
) -> None:
    """One spectrum in the three plots; whole decades of the frequency are dots on the arc."""
    nyquist, modulus, phase = axes
    nyquist.plot(real, -imaginary, **line)
    decades = np.isclose(np.log10(frequency) % 1, [[0.0], [1.0]], atol=1e-6).any(axis=0)
    nyquist.plot(real[decades], -imaginary[decades], "o", ms=3, color=line["color"])
    modulus.loglog(frequency, np.hypot(real, imaginary), **line)
    phase.semilogx(frequency, -np.degrees(np.arctan2(imaginary, real)), **line)

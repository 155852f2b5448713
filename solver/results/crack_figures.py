"""Figures of cracks: growth over cycles, widths, depth, and the directions in which they run."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.chosen import chosen
from solver.results.history import Floats, History
from solver.results.jumps import mark
from solver.results.slow import largest

SHARE = "Cracked share of boundaries / %"


def growth(history: History, table: History | None = None) -> Figure | None:
    """Extent, number and width of cracks against the cycle; None for one cycle.

    table: that of cycles; with it one that was cut off is left out.
    """
    cycle = history[headers.CYCLE_INDEX]
    cycles = np.unique(cycle if table is None else table[headers.CYCLE_INDEX])
    if len(cycles) < 2:
        return None
    ends = np.searchsorted(cycle, cycles, side="right") - 1
    figure = style.new_figure(4.6, 5.2)
    extent, number, width = figure.subplots(3, 1, sharex=True)
    dots: dict[str, Any] = {"marker": "o", "ms": 4}
    cracked = 100 * history[headers.CRACKED][ends]
    extent.plot(cycles, cracked, color=style.VERMILION, label="cracked", **dots)
    connected = cracked * np.nan_to_num(history[headers.CONNECTED][ends])
    extent.plot(cycles, connected, color=style.BLUE, label="of it open to the outside", **dots)
    extent.set_ylabel("Share of\nboundaries / %")
    extent.legend(loc="best")
    number.plot(cycles, history[headers.CRACKS][ends], color=style.BLACK, **dots)
    number.set_ylabel("Number of\nconnected cracks")
    mean = [1e9 * largest(history[headers.MEAN_WIDTH][cycle == each]) for each in cycles]
    width.plot(cycles, mean, color=style.GREEN, **dots)
    width.set_ylabel("Mean width at\nits widest / nm")
    width.set_xlabel("Cycle")
    width.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in (extent, number, width):
        axes.set_ylim(bottom=0, top=1.1 * max(axes.get_ylim()[1], 1e-9))
    return figure


def widths(history: History, cracks: dict[str, Any]) -> Figure:
    """Mean and largest width against time, and how widths are spread when cracks gape most."""
    ends, edges = cracks["ends"], np.array(cracks["bins"]["width_m"])
    figure = style.new_figure(5.0, 4.8)
    course, spread = figure.subplots(2, 1)
    hours = history[headers.TEST_TIME] / 3600
    for column, name, colour in (
        (headers.LARGEST_WIDTH, "largest", style.BLUE),
        (headers.MEAN_WIDTH, "mean", style.GREEN),
    ):
        course.plot(hours, 1e9 * np.nan_to_num(history[column]), color=colour, label=name)
    mark(course, hours, slow=False)
    course.set_ylim(bottom=0)
    course.set_xlabel("Time / h")
    course.set_ylabel("Crack width / nm")
    course.legend(loc="best")
    middle = np.sqrt(edges[1:] * edges[:-1])
    widest = max(ends, key=lambda end: float(np.dot(end["by_width"][1:-1], middle)))
    share = 100 * np.array(widest["by_width"])
    spread.stairs(share[1:-1], 1e9 * edges, fill=True, color=style.lighter(style.GREEN, 0.3))
    spread.set_xscale("log")
    spread.set_xlabel(f"Width / nm, at {_moment(widest)}; closed: {share[0]:.2g} %")
    spread.set_ylabel("Share of\nboundaries / %")
    return figure


def depth(cracks: dict[str, Any], cycles: History | None = None) -> Figure | None:
    """Cracked share of the boundaries in each shell, at the ends of cycles; late ones darker.

    cycles: their table; with it some of many are drawn, and none that was cut off.
    """
    every = {int(end[headers.CYCLE_INDEX]): end for end in _ends_of_cycles(cracks)}
    if cycles is not None:
        every = {n: end for n, end in every.items() if n in cycles[headers.CYCLE_INDEX]}
    drawn = chosen(every, cycles)
    ends = [every[number] for number in drawn.cycles]
    if not ends:
        return None
    figure = style.new_figure(4.6, 3.4)
    axes = figure.subplots()
    edges = 1e6 * np.array(cracks["bins"]["depth_m"])
    there = np.array(cracks["boundaries"]["by_depth"])
    for place, end in enumerate(ends):
        share = 100 * _ratio(end["by_depth"], there)
        named = drawn.some or place in (0, len(ends) - 1)
        number = int(end[headers.CYCLE_INDEX])
        label = f"cycle {number}" if named else None
        colour = style.lighter(style.VERMILION, 0.7 * drawn.age(number))
        axes.stairs(share, edges, baseline=None, color=colour, lw=1.4, label=label)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Depth below the outside / µm")
    axes.set_ylabel(SHARE)
    axes.legend(loc="best")
    return figure


def directions(cracks: dict[str, Any]) -> Figure | None:
    """Rose of the directions of cracks, and how they stand to the radius, beside all boundaries."""
    ends = _ends_of_cycles(cracks)
    if not ends:
        return None
    figure = style.new_figure(6.4, 3.2)
    rose: Any = figure.add_subplot(1, 2, 1, projection="polar")
    to_radius = figure.add_subplot(1, 2, 2)
    _rose(rose, cracks, np.array(ends[-1]["by_direction"]))
    edges = cracks["bins"]["angle_deg"]
    share = 100 * _ratio(ends[-1]["by_angle"], np.array(cracks["boundaries"]["by_angle"]))
    to_radius.stairs(share, edges, fill=True, color=style.lighter(style.VERMILION, 0.3))
    mean = 100 * sum(ends[-1]["by_angle"])
    to_radius.axhline(mean, color=style.BLACK, lw=0.8, ls="--")
    to_radius.set_xlim(0, 90)
    to_radius.set_ylim(bottom=0)
    to_radius.set_xticks([0, 30, 60, 90], ["0°\nradial", "30°", "60°", "90°\naround"])
    to_radius.set_xlabel("Angle between boundary and radius")
    to_radius.set_ylabel("Cracked of those boundaries / %")
    return figure


def _rose(axes: Any, cracks: dict[str, Any], cracked: Floats) -> None:
    """Lengths by direction, each of the whole, so that the two outlines can be compared."""
    edges = np.radians(cracks["bins"]["trace_deg"])
    both_ways = np.concatenate([edges[:-1], edges[:-1] + np.pi])
    wide = edges[1] - edges[0]
    every = np.array(cracks["boundaries"]["by_direction"])
    for lengths, look in (
        (every, {"facecolor": "none", "edgecolor": style.FAINT, "lw": 0.8, "zorder": 3}),
        (cracked, {"color": style.lighter(style.VERMILION, 0.3)}),
    ):
        share = 100 * lengths / max(lengths.sum(), 1e-300)
        axes.bar(both_ways, np.tile(share, 2), width=wide, align="edge", **look)
    axes.set_xticks(np.radians([0, 45, 90, 135, 180, 225, 270, 315]), ["x", "", "y"] + [""] * 5)
    axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.set_yticks(axes.get_yticks()[1:-1])
    axes.yaxis.set_major_formatter("{x:g} %")
    axes.tick_params(labelsize=7)
    axes.grid(lw=0.4)
    axes.set_xlabel("Share by direction: cracks (red), all (grey)")


def _ends_of_cycles(cracks: dict[str, Any]) -> list[dict[str, Any]]:
    """Last end of a step of each cycle in which something was cracked."""
    last = {end[headers.CYCLE_INDEX]: end for end in cracks["ends"] if sum(end["by_depth"]) > 0}
    return list(last.values())


def _moment(end: dict[str, Any]) -> str:
    return f"{style.clock(end[headers.TEST_TIME])}, {end[headers.VOLTAGE]:.2f} V"


def _ratio(part: Any, whole: Floats) -> Floats:
    """Ratio, nan where there is no whole."""
    return np.where(whole > 0, np.array(part) / np.where(whole > 0, whole, 1.0), np.nan)

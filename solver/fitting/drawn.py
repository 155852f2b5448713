"""Figures of a fit: its course, curves before and after, what parameters do together, profiles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isfinite

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure

from solver.fitting.course import Fitted
from solver.fitting.places import Floats, Ranged
from solver.fitting.residuals import CurveGroup, TargetGroup, computed, computed_halves
from solver.fitting.runs import Evaluation
from solver.fitting.search import PROFILE, STEP
from solver.results import style
from solver.results.history import read_history
from solver.results.prefix import in_symbols, typeset
from solver.study.values import PLAIN

MOST_CURVES, POINTS = 12, 101
CERTAIN = (1.0, 4.0)  # chi^2 above its least: one and two standard errors
HIGHEST = 9.0
DECADE = 8.0  # times as large: drawn in the logarithm
TICK = 18  # characters


def figures(result: Fitted) -> dict[str, Figure]:
    """Return all figures by their title."""
    drawn = {"cost of every run": history(result)}
    for group in _curves(result)[:MOST_CURVES]:
        drawn[group.name] = curve(result, group)
    if any(isinstance(group, TargetGroup) for group in result.runs.groups):
        drawn["targets"] = targets(result)
    if result.known is not None:
        if len(result.fit.parameters) > 1:
            drawn["correlation of the parameters"] = correlation(result)
        drawn["profiles"] = profiles(result)
    return drawn


def history(result: Fitted) -> Figure:
    """Draw the cost over the number of the run: trials, steps of the Jacobian, what failed."""
    figure = style.new_figure(5.0, 3.2)
    axes = figure.subplots()
    there = [one for one in result.runs.all if one.misfit is not None and one.kind != PROFILE]
    steps = [one for one in there if one.kind == STEP]
    tried = [one for one in there if one.kind != STEP]
    axes.plot(*_costs(steps), ".", color=style.FAINT, label="steps of one parameter")
    axes.plot(*_costs(tried), "o-", color=style.BLUE, ms=4, label="where the search was")
    axes.plot(*_costs([result.best]), "o", ms=9, mfc="none", color=style.VERMILION, label="best")
    for one in result.runs.all:
        if one.misfit is None:
            axes.axvline(one.number, color=style.ORANGE, lw=1.0, zorder=0)
    axes.set_yscale("log")
    axes.set_xlabel("Run")
    axes.set_ylabel("Cost, half the sum of squares")
    figure.legend(loc="outside upper left", ncols=3)
    return figure


def curve(result: Fitted, group: CurveGroup) -> Figure:
    """Draw a half cycle as measured, first and best, and below what is left over."""
    figure = style.new_figure(5.2, 4.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.8, 1.0))
    above.plot(
        group.capacity, group.voltage, "o", ms=3, mfc="white", color=style.BLACK, mew=0.7,
        label="measured", zorder=3,
    )  # fmt: skip
    for one, colour, label in (
        (result.first, style.FAINT, "first"), (result.best, style.BLUE, "best"),
    ):  # fmt: skip
        if one.misfit is None:
            continue
        halves = computed_halves(read_history(result.runs.directory(one) / "history.csv"))
        half = halves[group.cycle, group.charging]
        above.plot(half.capacity, half.voltage, color=colour, label=label)
        apart = np.interp(group.capacity, half.capacity, half.voltage) - group.voltage
        below.plot(group.capacity, 1e3 * apart, color=colour, marker=".", ms=3, lw=0.8)
    band = 1e3 * group.precision
    below.axhspan(-band, band, color=style.lighter(style.BLUE, 0.8), lw=0, zorder=0)
    below.axhline(0, color=style.FAINT, lw=0.8, zorder=0)
    widest = max(4 * band, 1.3 * 1e3 * float(np.max(np.abs(_left_over(result, group)))))
    below.set_ylim(-widest, widest)
    below.set_xlabel(r"Specific capacity / mA h g$^{-1}$")
    above.set_ylabel("Voltage / V")
    below.set_ylabel("Computed less\nmeasured / mV")
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def targets(result: Fitted) -> Figure:
    """Draw how far first and best run lie from each target, over its precision."""
    every = [group for group in result.runs.groups if isinstance(group, TargetGroup)]
    figure = style.new_figure(5.0, 1.3 + 0.45 * len(every))
    axes = figure.subplots()
    axes.axvspan(-1, 1, color=style.lighter(style.BLUE, 0.8), lw=0)
    axes.axvline(0, color=style.FAINT, lw=0.8)
    for one, colour, label in (
        (result.first, style.FAINT, "first"), (result.best, style.BLUE, "best"),
    ):  # fmt: skip
        if one.misfit is None:
            continue
        directory = result.runs.directory(one)
        off = [(computed(group, directory) - group.value) / group.precision for group in every]
        axes.plot(off, range(len(every)), "o", color=colour, label=label)
    axes.set_yticks(range(len(every)), [style.plain(group.name, 34) for group in every])
    axes.set_ylim(len(every) - 0.5, -0.5)
    axes.set_xscale("symlog", linthresh=2.0)
    axes.margins(x=0.1)
    axes.set_xlabel("Computed less measured, over the precision")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


def correlation(result: Fitted) -> Figure:
    """Draw how the errors of parameters go with each other."""
    assert result.known is not None
    names = [style.plain(each.name, TICK) for each in result.fit.parameters]
    size = 1.6 + 0.75 * len(names)
    figure = style.new_figure(size + 1.0, size)
    axes = figure.subplots()
    matrix = result.known.correlation
    drawn = axes.imshow(matrix, cmap="RdBu_r", norm=TwoSlopeNorm(0.0, -1.0, 1.0))
    for row in range(len(names)):
        for column in range(len(names)):
            value = float(matrix[row, column])
            colour = "white" if abs(value) > 0.6 else style.BLACK
            axes.text(column, row, f"{value:+.2f}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(names)), names)
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.colorbar(drawn, ax=axes, label="Correlation", shrink=0.8)
    return figure


def profiles(result: Fitted) -> Figure:
    """Draw chi^2 above its least along each parameter, the others refitted."""
    count = len(result.fit.parameters)
    figure = style.new_figure(0.6 + 2.7 * min(count, 3), 0.6 + 2.5 * -(-count // 3))
    places = figure.subplots(-(-count // 3), min(count, 3), squeeze=False).flat
    for number, (axes, each) in enumerate(zip(places, result.fit.parameters, strict=False)):
        _profile(axes, result, number, each)
    for axes in list(places):
        axes.set_visible(False)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def _profile(axes: Axes, result: Fitted, number: int, each: Ranged) -> None:
    assert result.known is not None
    best, error = float(result.found.places[number]), float(result.known.errors[number])
    width = min(3 * error, 1.0) if isfinite(error) else 1.0
    places = np.linspace(max(best - width, 0.0), min(best + width, 1.0), POINTS)
    apart = result.known.apart(number, places - best)
    axes.plot(_values(each, places), apart, color=style.BLUE, label="linearised")
    for level in CERTAIN:
        axes.axhline(level, color=style.FAINT, lw=0.7, ls=(0, (4, 2)))
    if result.profiles:
        found = result.profiles[number]
        axes.plot(_values(each, found.places), found.apart, "o", color=style.VERMILION, ms=4,
                  label="others refitted by runs")  # fmt: skip
    axes.plot(each.value(best), 0.0, "o", ms=6, mfc="none", color=style.BLACK, label="best")
    axes.set_ylim(-0.3, HIGHEST)
    axes.set_xlabel(label(each))
    axes.set_ylabel(r"$\chi^2$ above its least")
    if each.log and each.value(float(places[-1])) > DECADE * each.value(float(places[0])):
        axes.set_xscale("log")
    else:
        axes.locator_params(axis="x", nbins=4)
        axes.ticklabel_format(axis="x", useOffset=False)


def label(each: Ranged) -> str:
    """Return what an axis says of a parameter."""
    unit = "" if each.unit == PLAIN else f" / {typeset(in_symbols(each.unit))}"
    return f"{style.plain(each.name, 34)}{unit}"


def _values(each: Ranged, places: Iterable[float]) -> list[float]:
    return [each.value(float(x)) for x in places]


def _costs(every: list[Evaluation]) -> tuple[list[int], list[float]]:
    costs = [one.misfit.cost for one in every if one.misfit is not None]
    return [one.number for one in every], costs


def _curves(result: Fitted) -> list[CurveGroup]:
    return [group for group in result.runs.groups if isinstance(group, CurveGroup)]


def _parts(result: Fitted) -> Iterator[tuple[object, Floats]]:
    first = 0
    for group in result.runs.groups:
        yield group, result.found.residuals[first : first + group.size]
        first += group.size


def _left_over(result: Fitted, group: CurveGroup) -> Floats:
    """Best less measured, V, (n,)."""
    own = next(part for each, part in _parts(result) if each is group)
    return np.asarray(own * group.precision / np.sqrt(group.weight))

"""Figures of what changes slowly: wear of the boundaries, wet area, films."""

from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.curves import Course, label_of, time_of
from solver.results.history import Floats, History, figure_of
from solver.results.jumps import mark
from solver.results.prefix import typeset
from solver.units.groups import GROUPS, OXIDE, WEAR

COLOURS = (style.VERMILION, style.GREEN, style.PURPLE, style.BLUE, style.OLIVE, style.INDIGO)


def wear(history: History, course: Course | None = None) -> Figure | None:
    """Means over the boundaries of what slow mechanisms have done, and the damage; None without.

    course: what runs along instead of time.
    """
    worn = {h: column for h, column in history.group(WEAR).items() if column.unit == "1"}
    if not any(np.any(history[header] > 0) for header in worn):
        return None
    figure = style.new_figure(4.8, 3.4)
    axes = figure.subplots()
    along = course or time_of(history)
    if headers.MEAN_DAMAGE in history:
        damage = 100 * history[headers.MEAN_DAMAGE]
        axes.plot(along.values, damage, color=style.ORANGE, label="mean damage")
    for (header, column), colour in zip(worn.items(), cycle(COLOURS), strict=False):
        axes.plot(along.values, 100 * history[header], color=colour, label=label_of(column))
    mark(axes, along.values, slow=True)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(along.name)
    axes.set_ylabel("Mean over the boundaries / %")
    axes.legend(loc="best")
    return figure


def own(history: History, course: Course | None = None) -> dict[str, Figure]:
    """A figure of what has become of the oxide, and of each group that only a mechanism of the
    user's own knows, by its name.
    """
    groups = {column.group for column in history.about.values()} - set(GROUPS) | {OXIDE}
    return {
        figure_of(group): _of_group(history, group, course or time_of(history))
        for group in sorted(groups)
        if history.group(group)
    }


def _of_group(history: History, group: str, along: Course) -> Figure:
    """Columns of a group over each other, those of one unit in one frame."""
    columns = history.group(group)
    units = list(dict.fromkeys(column.unit for column in columns.values()))
    figure = style.new_figure(5.0, 1.2 + 2.0 * len(units))
    frames = figure.subplots(len(units), 1, sharex=True, squeeze=False)[:, 0]
    for axes, unit in zip(frames, units, strict=True):
        alike = {h: column for h, column in columns.items() if column.unit == unit}
        for (header, column), colour in zip(alike.items(), cycle(COLOURS), strict=False):
            axes.plot(along.values, history[header], color=colour, label=label_of(column))
        mark(axes, along.values, slow=True)
        axes.set_ylabel(f"{group.capitalize()} / {typeset(unit)}")
        axes.legend(loc="best")
    frames[-1].set_xlabel(along.name)
    return figure


def surfaces(history: History) -> Figure | None:
    """Wet area and thickness of films against time; None if the one is even and the other zero."""
    none = np.zeros(len(history[headers.TEST_TIME]))
    wet, film = history.get(headers.WET_AREA, none), history.get(headers.MEAN_FILM, none)
    if np.ptp(wet) <= 1e-9 * np.max(wet) and not np.any(film > 0):
        return None
    figure = style.new_figure(5.0, 4.2)
    area, thickness = figure.subplots(2, 1, sharex=True)
    hours = history[headers.TEST_TIME] / 3600
    area.plot(hours, wet, color=style.BLUE)
    area.set_ylabel(r"Wet area / m$^2$ g$^{-1}$")
    thickness.plot(hours, 1e9 * film, color=style.PURPLE)
    thickness.set_ylabel("Mean film / nm")
    thickness.set_xlabel("Time / h")
    for axes, values in ((area, wet), (thickness, 1e9 * film)):
        mark(axes, hours, slow=True)
        axes.set_ylim(0, 1.1 * max(largest(values), 1e-3))
    return figure


def largest(values: Floats) -> float:
    """Largest value, zero if there is none."""
    return float(np.max(np.nan_to_num(values), initial=0.0))

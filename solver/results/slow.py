"""Figures of what changes slowly: wear of the boundaries, wet area, films, layers on the oxide."""

from itertools import cycle

import numpy as np
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.curves import Course, label_of, time_of
from solver.results.history import Floats, History, figure_of
from solver.results.jumps import mark
from solver.results.prefix import typeset
from solver.units.groups import DISSOLUTION, FILMS, GROUPS, OXIDE, ROCK_SALT, WEAR

COLOURS = (style.VERMILION, style.GREEN, style.PURPLE, style.BLUE, style.OLIVE, style.INDIGO)
LAYERS = (style.PURPLE, style.VERMILION, style.BLUE, style.GREEN)


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
    """Wet area, and thickness of films and of what the oxide has lost, against time.

    None if the one is even and there is nothing of the others.
    """
    none = np.zeros(len(history[headers.TEST_TIME]))
    wet, layers = history.get(headers.WET_AREA, none), history.group(FILMS, ROCK_SALT, DISSOLUTION)
    thick = {h: c for h, c in layers.items() if c.unit == "m" and np.any(history[h] > 0)}
    if np.ptp(wet) <= 1e-9 * np.max(wet) and not thick:
        return None
    figure = style.new_figure(5.0, 4.2)
    area, thickness = figure.subplots(2, 1, sharex=True)
    hours = history[headers.TEST_TIME] / 3600
    area.plot(hours, wet, color=style.BLUE)
    area.set_ylabel(r"Wet area / m$^2$ g$^{-1}$")
    for (header, column), colour in zip(thick.items(), LAYERS, strict=False):
        thickness.plot(hours, 1e9 * history[header], color=colour, label=label_of(column))
    thickness.set_ylabel("Thickness / nm")
    thickness.set_xlabel("Time / h")
    deepest = 1e9 * max((largest(history[header]) for header in thick), default=0.0)
    for axes, most in ((area, largest(wet)), (thickness, deepest)):
        mark(axes, hours, slow=True)
        axes.set_ylim(0, 1.1 * max(most, 1e-3))
    if thick:
        thickness.legend(loc="best")
    return figure


def largest(values: Floats) -> float:
    """Largest value, zero if there is none."""
    return float(np.max(np.nan_to_num(values), initial=0.0))

"""Figures of what changes slowly: wear of the boundaries, wet area, films."""

import numpy as np
from matplotlib.figure import Figure

from solver.results import style
from solver.results.curves import Course
from solver.results.history import Floats, History

WEAR = {
    "Mean Damage / 1": ("damage", style.ORANGE),
    "Mean Fatigue / 1": ("of it due to cycles", style.VERMILION),
    "Mean Corrosion / 1": ("corroded", style.GREEN),
}


def wear(history: History, course: Course | None = None) -> Figure | None:
    """Means over the boundaries of what cycles and liquid have done; None without either.

    course: what runs along instead of time.
    """
    known = {column: look for column, look in WEAR.items() if column in history}
    if not any(np.any(history[column] > 0) for column in list(WEAR)[1:] if column in known):
        return None
    figure = style.new_figure(4.8, 3.4)
    axes = figure.subplots()
    along = course or Course(history["Test Time / s"] / 3600, "Time / h")
    for column, (name, colour) in known.items():
        dashes = "--" if name.startswith("of it") else "-"
        axes.plot(along.values, 100 * history[column], dashes, color=colour, label=name)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(along.name)
    axes.set_ylabel("Mean over the boundaries / %")
    axes.legend(loc="best")
    return figure


def surfaces(history: History) -> Figure | None:
    """Wet area and thickness of films against time; None if the one is even and the other zero."""
    none = np.zeros(len(history["Test Time / s"]))
    wet, film = history.get("Wet Area / m2.g-1", none), history.get("Mean Film / m", none)
    if np.ptp(wet) <= 1e-9 * np.max(wet) and not np.any(film > 0):
        return None
    figure = style.new_figure(5.0, 4.2)
    area, thickness = figure.subplots(2, 1, sharex=True)
    hours = history["Test Time / s"] / 3600
    area.plot(hours, wet, color=style.BLUE)
    area.set_ylabel(r"Wet area / m$^2$ g$^{-1}$")
    thickness.plot(hours, 1e9 * film, color=style.PURPLE)
    thickness.set_ylabel("Mean film / nm")
    thickness.set_xlabel("Time / h")
    for axes, values in ((area, wet), (thickness, 1e9 * film)):
        axes.set_ylim(0, 1.1 * max(largest(values), 1e-3))
    return figure


def largest(values: Floats) -> float:
    """Largest value, zero if there is none."""
    return float(np.max(np.nan_to_num(values), initial=0.0))

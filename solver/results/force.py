"""Force against displacement of the surfaces of a specimen."""

import numpy as np
from matplotlib.figure import Figure

from solver.results import style
from solver.results.history import History
from solver.results.prefix import with_prefix

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE)
SHARE = 1e-6  # of the largest force: a component with less is not shown


def is_loading(history: History) -> bool:
    """Whether a history is that of a specimen under loads."""
    return "Load Factor / 1" in history


def largest_force(history: History) -> str | None:
    """Column of the force that gets largest where something moves; None if there is no force."""
    names = [name for name in history if name.startswith("Force ")]
    moving = [name for name in names if np.any(history[moved_by(name)])] or names
    peaks = {name: float(np.abs(history[name]).max()) for name in moving}
    largest = max(peaks.values(), default=0.0)
    return next((name for name in moving if peaks[name] >= (1 - SHARE) * largest), None)


def moved_by(name: str) -> str:
    """Column of the displacement that belongs to a force."""
    return name.replace("Force", "Displacement")[:-1] + "m"


def force(history: History) -> Figure:
    """Every component of force and displacement that is there, by surface."""
    names = [name for name in history if name.startswith("Force ")]
    peaks = {name: float(np.abs(history[name]).max()) for name in names}
    largest = max(peaks.values(), default=0.0)
    figure = style.new_figure(4.8, 3.6)
    axes = figure.subplots()
    factor, unit = with_prefix(largest, "N")
    moved = {name: history[moved_by(name)] for name in names}
    far = max((float(np.abs(values).max()) for values in moved.values()), default=0.0)
    length, metre = with_prefix(far, "m")
    shown = [n for n in names if peaks[n] > SHARE * largest and np.abs(moved[n]).max() > 0]
    for number, name in enumerate(shown):
        label = name.removeprefix("Force ").removesuffix(" / N")
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(length * moved[name], factor * history[name], color=colour, label=label)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel(f"Mean displacement / {metre}")
    axes.set_ylabel(f"Force / {unit}")
    axes.legend(loc="best")
    return figure

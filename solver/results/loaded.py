"""Figures of a body without chemistry: how it cracked, where the work went, and how it looks."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from solver.results import headers, slow, style
from solver.results.curves import Course, Line, balance, extents
from solver.results.cut import cut_open
from solver.results.force import largest_force, newton, where
from solver.results.frames import Floats, Frame, frame_times, read_frame
from solver.results.history import History
from solver.results.particle import CaptionedFrame, Panel, Scales, pictures, tension
from solver.results.prefix import with_prefix

CRACK, VON_MISES = headers.MAP_GRAIN_CRACK, headers.MAP_VON_MISES
VISIBLE = 0.05  # of the size of a body: how far displacements are drawn


def figures(directory: Path, name: str, history: History) -> dict[str, Figure]:
    """All figures of a body of a name but those of its loads."""
    drawn = {
        "cracking": cracking(history),
        "wear": slow.wear(history, increments(history)),
        **slow.own(history, increments(history)),
        "energy": balance(history, increments(history)),
    }
    there = {name: figure for name, figure in drawn.items() if figure is not None}
    return there | _pictures(directory, name, history)


def increments(history: History) -> Course:
    """Rows of the history, one after another: a driven crack takes no time."""
    return Course(np.arange(len(history[headers.LOAD_FACTOR]), dtype=float), "Increment")


def cracking(history: History) -> Figure | None:
    """Extent and width of the cracks, the force thin behind them; None if nothing cracks."""
    shares = extents(history)
    if headers.CRACKED_GRAINS in history:
        values = history[headers.CRACKED_GRAINS]
        shares.append(Line("cracked grains", values, style.INDIGO))
    shares = [line for line in shares if np.ptp(line.values) > 0]
    if not shares:
        return None
    course, opening = increments(history), np.maximum(history[headers.LARGEST_OPENING], 0.0)
    rows = 1 + bool(np.any(opening > 0))
    figure = style.new_figure(5.4, 2.4 * rows)
    places = figure.subplots(rows, 1, sharex=True, squeeze=False)[:, 0]
    for line in shares:
        places[0].plot(course.values, 100 * line.values, color=line.colour, label=line.label)
    places[0].set_ylabel("Share / %")
    for axes in places[1:]:
        factor, unit = with_prefix(float(opening.max()), "m")
        axes.plot(course.values, factor * opening, color=style.BLUE)
        axes.set_ylabel(f"Largest opening / {unit}")
    places[-1].set_xlabel(course.name)
    places[-1].set_xlim(0, max(course.values[-1], 1))
    force_column = largest_force(history)
    for axes in places:
        axes.set_ylim(0, 1.08 * axes.get_ylim()[1])
        if force_column:
            _behind(axes, course.values, history[force_column], newton(history, force_column))
    places[0].legend(loc="upper left")
    return figure


def _behind(axes: Axes, course: Floats, force: Floats, newton: str) -> None:
    """Size of the largest force on an axis of its own to the right, behind the curves."""
    factor, unit = with_prefix(float(np.abs(force).max()), newton)
    style.behind(axes, course, factor * np.abs(force), f"Force / {unit}")


def _pictures(directory: Path, name: str, history: History) -> dict[str, Figure]:
    """The body where the force is largest, and at the end, on shared scales."""
    fields = directory / "fields"
    times = frame_times(fields)
    if len(times) == 0:
        return {}
    last, column = len(times) - 1, largest_force(history)
    end = len(history[headers.TEST_TIME]) - 1
    moments = {"loaded_end": _moment(fields, last, f"{name}: end", history, end)}
    if column:
        row = int(np.argmax(np.abs(history[column])))
        number = int(np.argmin(np.abs(times - history[headers.TEST_TIME][row])))
        if 0 < number < last:
            what = f"{name}: largest force"
            moments["loaded_peak"] = _moment(fields, number, what, history, row)
    return pictures(moments, stress_and_shear, VISIBLE)


def _moment(fields: Path, number: int, what: str, history: History, row: int) -> CaptionedFrame:
    """A frame by its number, and the row of the history that tells of it."""
    when, column = f"load factor {history[headers.LOAD_FACTOR][row]:.3g}", largest_force(history)
    if column:
        factor, unit = with_prefix(float(np.abs(history[column][row])), newton(history, column))
        force = f"{factor * history[column][row]:.3g} {unit}"
        when += f", {style.plain(where(history, column))} {force}"
    return CaptionedFrame(cut_open(read_frame(fields, number)), what, when)


def stress_and_shear(frame: Frame, scales: Scales) -> list[Panel]:
    """What is drawn without chemistry: beside the stress cracks in grains, else what shears."""
    if CRACK in frame.grains.at_nodes:
        crack = frame.grains.at_nodes[CRACK]
        other = Panel(crack, "magma_r", Normalize(0, 1), "Crack inside grains")
    else:
        shear = frame.grains.at_nodes[VON_MISES]
        limit = max(float(np.percentile(shear, 99)), 1.0)
        other = Panel(shear, "viridis", Normalize(0, limit), "Von Mises stress / MPa", "max")
    return [tension(frame, scales), other]

"""What a body bears: forces over displacements of its surfaces, mean stress over strain."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.history import Floats, History
from solver.results.prefix import typeset, with_prefix

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY)
SHARE = 1e-6  # of the largest force: a component with less is not shown
NOISE = 1e-9  # of the work of all loads: a force that works less is rounding
FAINTEST = 1e-2  # of the largest mean stress
LONGEST = 44  # letters of a surface in a legend


def figures(history: History) -> dict[str, Figure]:
    """Figures of the loads, as far as there are any."""
    drawn = {"force": force(history), "stress": stress(history)}
    return {name: figure for name, figure in drawn.items() if figure is not None}


def moved_by(history: History, force: str) -> str:
    """Header of the displacement that belongs to a force."""
    of, moved = where(history, force), history.named(headers.DISPLACEMENT)
    return next(header for header, column in moved.items() if column.of == of)


def where(history: History, force: str) -> str:
    """Surface and axis of a force, by its header."""
    return history.about[force].of


def newton(history: History, force: str) -> str:
    """Unit of a force as figures show it, by its header."""
    return typeset(history.about[force].unit)


def telling_forces(history: History) -> list[str]:
    """Headers of forces that are more than rounding, and do work."""
    forces = history.named(headers.FORCE)
    largest = max((_largest(history[force]) for force in forces), default=0.0)
    worked = (_largest(history[header]) for header in history.named(headers.EXTERNAL_WORK))
    work = NOISE * max(worked, default=0.0)
    return [
        force
        for force in forces
        if _largest(history[force]) > SHARE * largest
        and _largest(history[force] * history[moved_by(history, force)]) > work
    ]


def largest_force(history: History) -> str | None:
    """Header of the force that gets largest, of equal ones the first; None if there is none."""
    peaks = {name: _largest(history[name]) for name in telling_forces(history)}
    largest = max(peaks.values(), default=0.0)
    return next((name for name in peaks if peaks[name] >= (1 - SHARE) * largest), None)


def force(history: History) -> Figure | None:
    """Every component of force over its displacement, by surface; None if there is none."""
    names = telling_forces(history)
    if not names:
        return None
    figure = style.new_figure(4.8, 3.6)
    axes = figure.subplots()
    moved = {name: history[moved_by(history, name)] for name in names}
    largest = max(_largest(history[name]) for name in names)
    factor, unit = with_prefix(largest, newton(history, names[0]))
    length, metre = with_prefix(max(_largest(values) for values in moved.values()), "m")
    for number, name in enumerate(names):
        label = style.plain(where(history, name), LONGEST)
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(length * moved[name], factor * history[name], c=colour, label=label)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel(f"Mean displacement / {metre}")
    axes.set_ylabel(f"Force / {unit}")
    axes.legend(loc="best")
    return figure


def stress(history: History) -> Figure | None:
    """Mean stress over the load factor, by component; None if it was not measured."""
    mean = {column.of: history[h] for h, column in history.named(headers.MEAN_STRESS).items()}
    largest = max((_largest(values) for values in mean.values()), default=0.0)
    if largest == 0.0:
        return None
    strains = {
        column.of: float(history[h][-1]) for h, column in history.named(headers.MEAN_STRAIN).items()
    }
    rounding = NOISE * max((abs(strain) for strain in strains.values()), default=0.0)
    figure = style.new_figure(4.8, 3.6)
    axes = figure.subplots()
    for number, (at, values) in enumerate(mean.items()):
        if _largest(values) > FAINTEST * largest:
            strain = strains.get(at, np.nan)
            label = f"{at}, at strain {strain:.3g}" if abs(strain) > rounding else at
            line: dict[str, Any] = {"c": COLOURS[number], "label": label}
            axes.plot(history[headers.LOAD_FACTOR], 1e-6 * values, **line)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel("Load factor")
    axes.set_ylabel("Mean stress / MPa")
    axes.legend(loc="best")
    return figure


def _largest(values: Floats) -> float:
    return float(np.abs(np.nan_to_num(values)).max())

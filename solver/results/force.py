"""What a specimen bears: forces over displacements of its surfaces, mean stress over strain."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from solver.results import style
from solver.results.history import Floats, History
from solver.results.prefix import typeset, with_prefix
from solver.units.quantities import name_of, unit_of

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE, style.PURPLE, style.SKY)
SHARE = 1e-6  # of the largest force: a component with less is not shown
NOISE = 1e-9  # of the work of all loads: a force that works less is rounding
FAINTEST = 1e-2  # of the largest mean stress
LONGEST = 44  # letters of a surface in a legend


def is_loading(history: History) -> bool:
    """Whether a history is that of a specimen under loads."""
    return "Load Factor / 1" in history


def moved_by(name: str) -> str:
    """Column of the displacement that belongs to a force."""
    return f"Displacement {where(name)} / m"


def where(name: str) -> str:
    """Surface and axis of a force, by its column."""
    return name_of(name).removeprefix("Force ")


def newton(name: str) -> str:
    """Unit of a force as figures show it, by its column."""
    return typeset(unit_of(name))


def telling_forces(history: History) -> list[str]:
    """Columns of forces that are more than rounding, and do work."""
    names = [name for name in history if name.startswith("Force ")]
    largest = max((_largest(history[name]) for name in names), default=0.0)
    worked = [values for name, values in history.items() if name_of(name) == "External Work"]
    work = NOISE * max((_largest(values) for values in worked), default=0.0)
    return [
        name
        for name in names
        if _largest(history[name]) > SHARE * largest
        and _largest(history[name] * history[moved_by(name)]) > work
    ]


def largest_force(history: History) -> str | None:
    """Column of the force that gets largest, of equal ones the first; None if there is none."""
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
    factor, unit = with_prefix(max(_largest(history[name]) for name in names), newton(names[0]))
    length, metre = with_prefix(max(_largest(history[moved_by(name)]) for name in names), "m")
    for number, name in enumerate(names):
        label = style.plain(where(name), LONGEST)
        colour = COLOURS[number % len(COLOURS)]
        axes.plot(length * history[moved_by(name)], factor * history[name], c=colour, label=label)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel(f"Mean displacement / {metre}")
    axes.set_ylabel(f"Force / {unit}")
    axes.legend(loc="best")
    return figure


def stress(history: History) -> Figure | None:
    """Mean stress over the load factor, by component; None if it was not measured."""
    mean = {name.split()[2]: history[name] for name in history if name.startswith("Mean Stress ")}
    largest = max((_largest(values) for values in mean.values()), default=0.0)
    if largest == 0.0:
        return None
    strains = [v[-1] for name, v in history.items() if name.startswith("Mean Strain ")]
    rounding = NOISE * max((abs(strain) for strain in strains), default=0.0)
    figure = style.new_figure(4.8, 3.6)
    axes = figure.subplots()
    for number, (at, values) in enumerate(mean.items()):
        if _largest(values) > FAINTEST * largest:
            strain = history.get(f"Mean Strain {at} / 1", np.full(1, np.nan))[-1]
            label = f"{at}, at strain {strain:.3g}" if abs(strain) > rounding else at
            line: dict[str, Any] = {"c": COLOURS[number], "label": label}
            axes.plot(history["Load Factor / 1"], 1e-6 * values, **line)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel("Load factor")
    axes.set_ylabel("Mean stress / MPa")
    axes.legend(loc="best")
    return figure


def _largest(values: Floats) -> float:
    return float(np.abs(np.nan_to_num(values)).max())

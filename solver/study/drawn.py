"""Figures of a study: curves, maps over two axes, scatter, spread over seeds, and crack maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.results import crack_maps, style
from solver.results.cut import cut_open
from solver.results.frames import frame_times, read_frame
from solver.results.prefix import in_symbols, typeset, with_prefix
from solver.study import design
from solver.study.gathered import Study, axis_unit
from solver.study.table import DIRECTORY, RUN
from solver.units.quantities import name_of, unit_of

MOST_MAPS, IN_A_ROW = 36, 6
SHARES = ("Fraction", "Retention", "Efficiency")  # pure numbers that people read in percent
COLOURS = "viridis"


class Variable(NamedTuple):
    """An axis as figures have it. places: number of its value at each run, (runs,)."""

    label: str
    values: tuple[Any, ...]
    places: np.ndarray
    log: bool

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return not isinstance(self.values[0], str)

    def words(self) -> list[str]:
        """Return its values as ticks."""
        return [style.plain(value_text(value), 24) for value in self.values]

    def along(self) -> np.ndarray:
        """Return where its values stand on an axis: themselves, or their numbers."""
        return np.array(self.values) if self.numeric else np.arange(len(self.values))


class Spread(NamedTuple):
    """What runs that differ in their seeds alone give: mean, standard deviation, how many."""

    mean: float
    deviation: float
    runs: int


class Amounts(NamedTuple):
    """An output as figures have it: in a unit that suits it, (runs,)."""

    title: str
    label: str
    values: np.ndarray


def variables(study: Study) -> list[Variable]:
    """Return all axes but seeds, each by its first key; in step with each other only the first."""
    found: dict[int, Variable] = {}
    for axis in study.about["axes"]:
        if not axis["seeds"] and axis["axis"] not in found:
            column = study.table[axis["header"]]
            ordered = list(dict.fromkeys(column.tolist()))
            if column.dtype.kind == "f":
                ordered.sort()
            places = np.array([ordered.index(value) for value in column.tolist()])
            label = _label(axis["short"], axis["header"])
            found[axis["axis"]] = Variable(label, tuple(ordered), places, axis["log"])
    every = list(found.values())
    return every[:1] if study.about["combine"] == design.ZIP else every


def amounts(study: Study) -> list[Amounts]:
    """Return all outputs that any run has."""
    return [
        _amounts(header, column)
        for header, column in study.outputs.items()
        if np.isfinite(column).any()
    ]


def figures(study: Study) -> dict[str, Figure]:
    """Return a figure for every output, by its title, and crack maps where there are any."""
    every, known = variables(study), amounts(study)
    if study.about["combine"] in design.DRAWN and every:
        drawn = {each.title: scatter(every, each) for each in known}
    else:
        drawn = {each.title: _over(every, each) for each in known}
    maps = small_maps(study) if study.about["maps"] else None
    return drawn | ({"crack maps": maps} if maps is not None else {})


def _over(every: Sequence[Variable], output: Amounts) -> Figure:
    if not every:
        return over_seeds(output)
    if len(every) == 1:
        return curve(every[0], output)
    if len(every) == 2 or (len(every) == 3 and len(every[2].values) <= IN_A_ROW):
        return heat(every, output)
    return scatter(every, output)


def over_seeds(output: Amounts) -> Figure:
    """Draw the values of all runs, their mean and standard deviation."""
    figure = style.new_figure(4.6, 2.0)
    axes = figure.subplots()
    there = output.values[np.isfinite(output.values)]
    axes.plot(there, np.zeros(len(there)), "|", ms=16, color=style.BLUE)
    found = spread(there)
    axes.errorbar(found.mean, 0, xerr=found.deviation, color=style.VERMILION, marker="o", capsize=4)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(output.label)
    axes.set_title(f"{len(there)} runs; mean and standard deviation", fontsize=9, loc="left")
    return figure


def curve(variable: Variable, output: Amounts) -> Figure:
    """Draw an output over one axis: the mean, a band of a standard deviation, and every run."""
    figure = style.new_figure(4.8, 3.4)
    axes = figure.subplots()
    along = variable.along()
    found = [spread(output.values[variable.places == n]) for n in range(len(along))]
    mean = np.array([each.mean for each in found])
    deviation = np.array([each.deviation for each in found])
    axes.plot(along, mean, color=style.BLUE, marker="o", ms=4)
    if any(each.runs > 1 for each in found):
        low, high = mean - deviation, mean + deviation
        axes.fill_between(along, low, high, color=style.lighter(style.BLUE, 0.75), lw=0)
        axes.plot(along[variable.places], output.values, ".", ms=4, color=style.BLACK, zorder=3)
        seeds = max(each.runs for each in found)
        told = f"mean and standard deviation of {seeds} particles; dots: each of them"
        axes.set_title(told, fontsize=8, loc="left")
    if variable.log and variable.numeric:
        axes.set_xscale("log")
    if not variable.numeric:
        axes.set_xticks(along, variable.words())
    axes.set_xlabel(variable.label)
    axes.set_ylabel(output.label)
    _from_zero(axes, output.values)
    return figure


def heat(every: Sequence[Variable], output: Amounts) -> Figure:
    """Draw an output over two axes, a map for each value of a third."""
    x, y = every[:2]
    layers = range(len(every[2].values)) if len(every) > 2 else (0,)
    across, down = 1.4 + 0.72 * len(x.values), 1.5 + 0.5 * len(y.values)
    figure = style.new_figure(max(3.8, across) * len(layers) + 0.8, max(2.8, down))
    places = figure.subplots(1, len(layers), squeeze=False, sharey=True)[0]
    least, most = np.nanmin(output.values), np.nanmax(output.values)
    for axes, layer in zip(places, layers, strict=True):
        chosen = every[2].places == layer if len(every) > 2 else np.ones(len(x.places), bool)
        drawn = _map(axes, x, y, np.where(chosen, output.values, np.nan), chosen, (least, most))
        if len(every) > 2:
            axes.set_title(f"{every[2].label}: {every[2].words()[layer]}", fontsize=8)
    places[0].set_ylabel(y.label)
    figure.colorbar(drawn, ax=list(places), label=output.label)
    return figure


def _map(
    axes: Axes, x: Variable, y: Variable, values: np.ndarray, chosen: np.ndarray, ends: Any
) -> Any:
    """One map, with the mean of each cell in it, and the deviation where there are several."""
    table = np.full((len(y.values), len(x.values)), np.nan)
    least, most = ends
    for row, column in np.ndindex(table.shape):
        here = (x.places == column) & (y.places == row) & chosen
        found = spread(values[here])
        table[row, column] = found.mean
        told = f"{found.mean:.3g}" if found.runs else "none"
        told += f"\n±{found.deviation:.2g}" if found.runs > 1 else ""
        dark = found.runs and found.mean < least + 0.6 * (most - least)
        colour = "white" if dark else style.BLACK
        axes.text(column, row, told, ha="center", va="center", fontsize=7, color=colour)
    drawn = axes.imshow(table, origin="lower", cmap=COLOURS, vmin=least, vmax=most, aspect="auto")
    axes.set_xticks(range(len(x.values)), x.words())
    axes.set_yticks(range(len(y.values)), y.words())
    axes.set_xlabel(x.label)
    return drawn


def scatter(every: Sequence[Variable], output: Amounts) -> Figure:
    """Draw an output over each axis, every run a dot."""
    figure = style.new_figure(2.6 * len(every) + 0.6, 2.8)
    places = figure.subplots(1, len(every), squeeze=False, sharey=True)[0]
    for axes, variable in zip(places, every, strict=True):
        axes.plot(variable.along()[variable.places], output.values, "o", ms=4, color=style.BLUE)
        if variable.log and variable.numeric:
            axes.set_xscale("log")
        if not variable.numeric:
            axes.set_xticks(variable.along(), variable.words())
        axes.set_xlabel(variable.label)
    places[0].set_ylabel(output.label)
    _from_zero(places[0], output.values)
    return figure


def small_maps(study: Study) -> Figure | None:
    """Draw where boundaries have broken at the ends of the runs, of the first seed of each point.

    None where no run kept fields, or there are too many.
    """
    chosen = _first_seeds(study)
    frames, titles = [], []
    for number in chosen if len(chosen) <= MOST_MAPS else ():
        fields = study.directory / str(study.table[DIRECTORY][number]) / "fields"
        times = frame_times(fields)
        if len(times):
            frame = cut_open(read_frame(fields, len(times) - 1))
            if len(frame.boundaries.cells):
                frames.append(frame)
                titles.append(_title(study, int(number)))
    if not frames:
        return None
    every = variables(study)
    columns = len(every[-1].values) if len(every) == 2 else len(frames)
    told = f"Boundaries at the end, {_of_seed(study)}" if _of_seed(study) else ""
    return crack_maps.draw(frames, titles, told or "Boundaries at the end", min(columns, IN_A_ROW))


def spread(values: np.ndarray) -> Spread:
    """Return mean and standard deviation (of the sample) of those that there are."""
    there = values[np.isfinite(values)]
    if len(there) == 0:
        return Spread(np.nan, np.nan, 0)
    deviation = float(np.std(there, ddof=1)) if len(there) > 1 else 0.0
    return Spread(float(np.mean(there)), deviation, len(there))


def value_text(value: Any) -> str:
    """Return a value of an axis as people write it."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _first_seeds(study: Study) -> np.ndarray:
    """The finished runs whose seeds are the first ones."""
    chosen = study.finished.copy()
    for axis in study.about["axes"]:
        if axis["seeds"]:
            column = study.table[axis["header"]]
            chosen &= column == column[0]
    return np.flatnonzero(chosen)


def _of_seed(study: Study) -> str:
    seeds = [axis for axis in study.about["axes"] if axis["seeds"]]
    return ", ".join(f"{a['short']} {value_text(study.table[a['header']][0])}" for a in seeds)


def _title(study: Study, number: int) -> str:
    told, seen = [], set()
    for axis in study.about["axes"]:
        if not axis["seeds"] and axis["axis"] not in seen:
            seen.add(axis["axis"])
            unit = in_symbols(axis_unit(axis["header"]))
            value = value_text(study.table[axis["header"]][number])
            told.append(f"{axis['short']} {value}{f' {unit}' if unit else ''}")
    return style.plain(", ".join(told) or f"run {study.table[RUN][number]:g}", 60)


def _label(short: str, header: str) -> str:
    unit = axis_unit(header)
    name = style.plain(short.replace("_", " "))
    name = name[:1].upper() + name[1:]
    return f"{name} / {typeset(in_symbols(unit))}" if unit else name


def _amounts(header: str, column: np.ndarray) -> Amounts:
    name, unit = name_of(header), unit_of(header)
    factor, shown = 1.0, typeset(unit)
    if unit == "m":
        factor, shown = with_prefix(float(np.nanmax(np.abs(column))), unit)
    elif unit == "1":
        percent = any(word in name for word in SHARES)
        factor, shown = (100.0, "%") if percent else (1.0, "")
    label = style.plain(name) + (f" / {shown}" if shown else "")
    return Amounts(name, label, factor * column)


def _from_zero(axes: Axes, values: np.ndarray) -> None:
    """Let an axis begin at zero where what it shows comes near it."""
    there = values[np.isfinite(values)]
    if len(there) and 0 <= there.min() <= 0.5 * there.max():
        axes.set_ylim(bottom=0)

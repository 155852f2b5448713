"""Curves over capacity and time: voltage, cracking, energies."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.chosen import chosen
from solver.results.history import Floats, HalfCycle, History, half_cycles
from solver.results.jumps import mark
from solver.results.prefix import typeset, with_prefix
from solver.units.columns import Column
from solver.units.groups import DAMAGE, SPENT, STORED

EXTENT = {  # of the damage to boundaries
    headers.SOFTENED: style.SKY,
    headers.HALF_SOFTENED: style.ORANGE,
    headers.MEAN_DAMAGE: style.BROWN,
    headers.CRACKED: style.VERMILION,
}
HELD = (style.GREEN, style.SKY, style.BLUE)  # energies that are stored, in their order
GONE = (  # those that are spent
    style.VERMILION, style.INDIGO, style.ORANGE, style.PURPLE, style.FAINT, style.BLUE,
    style.BLACK, style.OLIVE, style.BROWN, style.SKY, style.GREEN,
)  # fmt: skip


def voltage(history: History, cycles: History | None = None) -> Figure:
    """Voltage against specific capacity: charges and discharges, late cycles darker.

    cycles: their table; with it some of many are drawn, and the legend tells the capacities of the
    last complete one.
    """
    figure = style.new_figure(4.6, 3.4)
    axes = figure.subplots()
    every = half_cycles(history)
    drawn = chosen((half.cycle for half in every), cycles)
    halves = [half for half in every if half.cycle in drawn.cycles]
    for half in halves:
        colour = style.BLUE if half.charging else style.VERMILION
        shade = style.lighter(colour, 0.65 * drawn.age(half.cycle))
        axes.plot(half.capacity, half.voltage, color=shade)
    done = () if cycles is None else cycles[headers.CYCLE_INDEX]
    _label_last(axes, [half for half in halves if half.cycle in done] or halves, drawn.title)
    axes.set_xlim(left=0)
    axes.margins(y=0.08)
    axes.set_xlabel(r"Specific capacity / mA h g$^{-1}$")
    axes.set_ylabel(headers.VOLTAGE)
    return figure


def cracking(history: History) -> Figure:
    """Extent and width of the cracks against time, the voltage thin behind them.

    history: parted where cycles were jumped, as in all figures over time.
    """
    figure = style.new_figure(5.4, 4.4)
    extent, width = figure.subplots(2, 1, sharex=True)
    hours = history[headers.TEST_TIME] / 3600
    shares = extents(history)
    for line in shares:
        extent.plot(hours, 100 * line.values, color=line.colour, label=line.label)
    extent.set_ylabel("Share of boundaries / %")
    extent.set_ylim(0, 108 * max(_largest(*(line.values for line in shares)), 0.01))
    opening = 1e9 * history[headers.LARGEST_OPENING]
    width.plot(hours, opening, color=style.BLUE, label="largest opening")
    width.set_ylim(0, 1.08 * max(_largest(opening), 0.1))
    width.set_ylabel("Largest opening / nm")
    width.set_xlabel("Time / h")
    width.set_xlim(0, hours[-1] if hours[-1] > 0 else 1)
    mark(extent, hours, slow=True)
    mark(width, hours, slow=False)
    for axes in (extent, width):
        style.behind(axes, hours, history[headers.VOLTAGE], headers.VOLTAGE)
    handles, labels = extent.get_legend_handles_labels()
    voltage_line = extent.figure.axes[2].lines[0]
    figure.legend(
        [*handles, voltage_line], [*labels, "voltage"], loc="outside upper center", ncols=3
    )
    return figure


class Line(NamedTuple):
    """A column as it is drawn."""

    label: str
    values: Floats
    colour: str


def extents(history: History) -> list[Line]:
    """Shares of the boundaries that are damaged, those that the history has."""
    return [
        Line(label_of(column), history[header], EXTENT.get(header, style.BLACK))
        for header, column in history.group(DAMAGE).items()
    ]


def label_of(column: Column) -> str:
    """Name of a column in a legend that says of what kind all of them are."""
    return column.title.removesuffix(" Fraction").lower()


class Course(NamedTuple):
    """What runs along the horizontal axis, and what it is called."""

    values: Floats
    name: str


def time_of(history: History) -> Course:
    """Time along the horizontal axis."""
    return Course(history[headers.TEST_TIME] / 3600, "Time / h")


def energy(history: History) -> Figure:
    """Where the work went, the small parts on a scale of their own."""
    return balance(history, time_of(history))


def balance(history: History, course: Course) -> Figure:
    """Where the work of swelling and of loads went."""
    done, elastic = _work(history), history[history.header(headers.ELASTIC)]
    joule = typeset(history.about[history.header(headers.ELASTIC)].unit)
    stored, spent = _parts(history, STORED, HELD), _parts(history, SPENT, GONE)
    parts = [*stored, *spent]
    figure = style.new_figure(5.4, 4.6)
    whole, small = figure.subplots(2, 1, sharex=True)
    total = np.sum([line.values for line in parts], axis=0)
    work = np.sum([*done.values()], axis=0)
    paid = elastic[0] + total[0] + work  # equals elastic + boundaries
    factor, unit = with_prefix(_largest(paid, elastic), joule)
    whole.plot(course.values, factor * elastic, color=style.BLUE, label="elastic")
    whole.plot(course.values, factor * total, color=style.VERMILION, label="cracks and boundaries")
    label = f"work of {' and '.join(done)}\n+ energy at start"
    whole.plot(course.values, factor * paid, "--", color=style.BLACK, lw=1.1, label=label)
    whole.set_ylabel(f"Energy / {unit}")
    factor, unit = with_prefix(_largest(*(line.values for line in parts)), joule)
    for number, line in enumerate(parts):
        dashes = (0, (4, 1.5)) if number < len(stored) else "-"
        values = factor * line.values
        small.plot(course.values, values, ls=dashes, color=line.colour, label=line.label)
    small.set_ylabel(f"Energy / {unit}")
    small.set_xlabel(course.name)
    small.set_xlim(0, course.values[-1] if course.values[-1] > 0 else 1)
    for axes, title in ((whole, None), (small, "of them")):
        mark(axes, course.values, slow=False)
        axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title=title, alignment="left")
    return figure


def _work(history: History) -> dict[str, Floats]:
    """Work of what there is, by what does it."""
    works = {
        "swelling": headers.SWELLING_WORK,
        "misfit": headers.MISFIT_WORK,
        "the load": headers.EXTERNAL_WORK,
    }
    there = {what: history.named(name) for what, name in works.items()}
    return {what: history[next(iter(columns))] for what, columns in there.items() if columns}


def _parts(history: History, group: str, colours: Sequence[str]) -> list[Line]:
    """Energies of a group besides the elastic one, under the first words of their names."""
    lines = [
        Line(column.name.rpartition(" ")[0].lower(), history[header], colours[at % len(colours)])
        for at, (header, column) in enumerate(
            (header, column)
            for header, column in history.group(group).items()
            if column.name != headers.ELASTIC
        )
    ]
    return [line for line in lines if np.any(line.values)] or lines[:1]


def _label_last(axes: Axes, halves: list[HalfCycle], title: str | None) -> None:
    """Name the last charge and discharge with their capacities, in the legend."""
    lines = []
    for charging, name, colour in (
        (True, "charge", style.BLUE),
        (False, "discharge", style.VERMILION),
    ):
        last = [half for half in halves if half.charging == charging][-1:]
        for half in last:
            label = f"{name}, {half.capacity[-1]:.1f} mA h g$^{{-1}}$"
            lines += axes.plot([], [], color=colour, label=label)
    if lines:
        axes.legend(handles=lines, loc="best", title=title, alignment="left")


def _largest(*columns: Floats) -> float:
    """Largest absolute value; what is not a number does not count."""
    return float(np.max(np.abs(np.nan_to_num(np.concatenate(columns)))))

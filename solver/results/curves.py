"""Curves over capacity and time: voltage, cracking, energies."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.results import style
from solver.results.history import Floats, HalfCycle, History, half_cycles
from solver.results.prefix import typeset, with_prefix
from solver.units.quantities import header_of, name_of, unit_of

DISSIPATED = {
    "fracture": ("Fracture Energy", style.VERMILION),
    "viscous": ("Viscous Dissipation", style.ORANGE),
    "sudden": ("Sudden Release", style.PURPLE),
}
RARE = {
    "algorithmic": ("Algorithmic Dissipation", style.FAINT),
    "sliding": ("Sliding Dissipation", style.BLUE),
    "friction": ("Friction Dissipation", style.BLACK),
    "fatigue": ("Fatigue Energy", style.OLIVE),
    "corrosion": ("Corrosion Energy", style.BROWN),
    "cracks in grains": ("Grain Fracture Energy", style.INDIGO),
}
STORED = {
    "bonds": ("Bond Energy", style.GREEN),
    "contact": ("Contact Energy", style.SKY),
}
EXTENT = {  # of the damage to boundaries
    "softened": ("Softened Fraction / 1", style.SKY),
    "half softened": ("Half Softened Fraction / 1", style.ORANGE),
    "mean damage": ("Mean Damage / 1", style.BROWN),
    "cracked": ("Cracked Fraction / 1", style.VERMILION),
}


def voltage(history: History) -> Figure:
    """Voltage against specific capacity: charges and discharges, late cycles darker."""
    figure = style.new_figure(4.6, 3.4)
    axes = figure.subplots()
    halves = half_cycles(history)
    cycles = sorted({half.cycle for half in halves})
    for half in halves:
        colour = style.BLUE if half.charging else style.VERMILION
        age = (len(cycles) - 1 - cycles.index(half.cycle)) / max(len(cycles) - 1, 1)
        axes.plot(half.capacity, half.voltage, color=style.lighter(colour, 0.65 * age))
    _label_last(axes, halves)
    axes.set_xlim(left=0)
    axes.margins(y=0.08)
    axes.set_xlabel(r"Specific capacity / mA h g$^{-1}$")
    axes.set_ylabel("Voltage / V")
    return figure


def cracking(history: History) -> Figure:
    """Extent and width of the cracks against time, the voltage thin behind them."""
    figure = style.new_figure(5.4, 4.4)
    extent, width = figure.subplots(2, 1, sharex=True)
    hours = history["Test Time / s"] / 3600
    shares = {name: 100 * history[c] for name, (c, _) in EXTENT.items() if c in history}
    for name, share in shares.items():
        extent.plot(hours, share, color=EXTENT[name][1], label=name)
    extent.set_ylabel("Share of boundaries / %")
    extent.set_ylim(0, 1.08 * max(_largest(*shares.values()), 1.0))
    opening = 1e9 * history["Largest Opening / m"]
    width.plot(hours, opening, color=style.BLUE, label="largest opening")
    width.set_ylim(0, 1.08 * max(_largest(opening), 0.1))
    width.set_ylabel("Largest opening / nm")
    width.set_xlabel("Time / h")
    width.set_xlim(0, hours[-1] if hours[-1] > 0 else 1)
    for axes in (extent, width):
        style.behind(axes, hours, history["Voltage / V"], "Voltage / V")
    handles, labels = extent.get_legend_handles_labels()
    voltage_line = extent.figure.axes[2].lines[0]
    figure.legend(
        [*handles, voltage_line], [*labels, "voltage"], loc="outside upper center", ncols=3
    )
    return figure


class Course(NamedTuple):
    """What runs along the horizontal axis, and what it is called."""

    values: Floats
    name: str


def energy(history: History) -> Figure:
    """Where the work of swelling went, the small parts on a scale of their own."""
    hours = Course(history["Test Time / s"] / 3600, "Time / h")
    return balance(history, hours, "swelling", "Swelling Work")


def balance(history: History, course: Course, what: str, worked: str) -> Figure:
    """Where the work of something went. worked: name of the column of that work."""
    joule = typeset(unit_of(header_of(history, worked)))
    columns = _parts(history)
    figure = style.new_figure(5.4, 4.6)
    whole, parts = figure.subplots(2, 1, sharex=True)
    work, elastic = _column(history, worked), _column(history, "Elastic Energy")
    spent = np.sum([values for values, _ in columns.values()], axis=0)
    paid = elastic[0] + spent[0] + work  # equals elastic + boundaries
    factor, unit = with_prefix(_largest(paid, elastic), joule)
    whole.plot(course.values, factor * elastic, color=style.BLUE, label="elastic")
    whole.plot(course.values, factor * spent, color=style.VERMILION, label="cracks and boundaries")
    label = f"work of {what}\n+ energy at start"
    whole.plot(course.values, factor * paid, "--", color=style.BLACK, lw=1.1, label=label)
    whole.set_ylabel(f"Energy / {unit}")
    factor, unit = with_prefix(_largest(*(values for values, _ in columns.values())), joule)
    for label, (values, colour) in columns.items():
        dashes = (0, (4, 1.5)) if label in STORED else "-"
        parts.plot(course.values, factor * values, ls=dashes, color=colour, label=label)
    parts.set_ylabel(f"Energy / {unit}")
    parts.set_xlabel(course.name)
    parts.set_xlim(0, course.values[-1] if course.values[-1] > 0 else 1)
    for axes, title in ((whole, None), (parts, "of them")):
        axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), title=title, alignment="left")
    return figure


def _parts(history: History) -> dict[str, tuple[Floats, str]]:
    """What there is besides elastic energy, values and colour by label; the rare only if it is."""
    by_name = {name_of(header): values for header, values in history.items()}
    looks = {**STORED, **DISSIPATED, **RARE}.items()
    known = {label: (by_name[n], colour) for label, (n, colour) in looks if n in by_name}
    return {label: it for label, it in known.items() if label not in RARE or np.any(it[0])}


def _column(history: History, name: str) -> Floats:
    """A column by its name, whatever its unit."""
    return history[header_of(history, name)]


def _label_last(axes: Axes, halves: list[HalfCycle]) -> None:
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
        axes.legend(handles=lines, loc="best")


def _largest(*columns: Floats) -> float:
    """Largest absolute value; what is not a number does not count."""
    return float(np.max(np.abs(np.nan_to_num(np.concatenate(columns)))))

"""Figures of a run beside measured curves: one over the other, and their difference below."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.measurements import (
    OVER_CAPACITY,
    OVER_CYCLES,
    OVER_TIME,
    UNITS,
    Comparison,
    MeasuredPair,
)

MOST = 4  # cycles that are drawn of many
COLOURS = {True: style.BLUE, False: style.VERMILION}
MEASURED: dict[str, Any] = {"ls": (0, (4, 1.5)), "lw": 1.2}
NAMES = {
    OVER_CAPACITY: "measured_voltage",
    OVER_CYCLES: "measured_capacity",
    OVER_TIME: "measured_time",
}
AXES = {
    OVER_CAPACITY: (r"Specific capacity / mA h g$^{-1}$", headers.VOLTAGE),
    OVER_CYCLES: ("Cycle", r"Capacity / mA h g$^{-1}$"),
    OVER_TIME: ("Time / h", headers.VOLTAGE),
}


def figures(comparisons: Sequence[Comparison]) -> dict[str, Figure]:
    """Return a figure of each kind and file, by the name of its file; nothing without overlap."""
    drawn = {}
    for place, comparison in enumerate(comparisons, start=1):
        for kind, name in NAMES.items():
            pairs = comparison.of(kind)
            if kind == OVER_CYCLES and all(len(pair.measured.x) < 2 for pair in pairs):
                continue
            if pairs:
                number = f"_{place}" if len(comparisons) > 1 else ""
                drawn[f"{name}{number}"] = _figure(kind, pairs, comparison.curves.label)
    return drawn


def _figure(kind: str, pairs: list[MeasuredPair], label: str) -> Figure:
    """Curves above, what they differ by below."""
    figure = style.new_figure(5.2, 4.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.8, 1.0))
    _, unit, factor = UNITS[kind]
    for pair, shade in _chosen(pairs):
        colour = style.lighter(COLOURS[_charging(pair)], shade)
        dots: dict[str, Any] = {"marker": "o", "ms": 3.5} if kind == OVER_CYCLES else {}
        above.plot(*pair.computed, color=colour, **dots)
        above.plot(*pair.measured, color=style.BLACK, zorder=3, mfc="white", **MEASURED, **dots)
        if pair.apart is not None:
            below.plot(pair.apart.x, factor * pair.apart.residual, color=colour, **dots)
    below.axhline(0, color=style.FAINT, lw=0.8, zorder=0)
    below.margins(y=0.15)
    below.set_xlabel(AXES[kind][0])
    above.set_ylabel(AXES[kind][1])
    below.set_ylabel(f"Computed less\nmeasured / {unit.replace('/g', r' g$^{-1}$')}")
    if kind == OVER_CYCLES:
        below.xaxis.set_major_locator(MaxNLocator(integer=True))
    _legend(figure, above, pairs, label)
    return figure


def _legend(figure: Figure, axes: Axes, pairs: list[MeasuredPair], label: str) -> None:
    """Which colour is which way, and which line is measured."""
    ways = {_charging(pair): pair.what for pair in pairs}
    for charging in ways:
        name = "charge" if charging else "discharge"
        name = "computed" if pairs[0].kind == OVER_TIME else f"computed, {name}"
        axes.plot([], [], color=COLOURS[charging], label=name)
    axes.plot([], [], color=style.BLACK, **MEASURED, label=style.plain(f"measured: {label}", 44))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=3)


def _chosen(pairs: list[MeasuredPair]) -> list[tuple[MeasuredPair, float]]:
    """Pairs to be drawn, of many cycles some, and how light each is: late ones dark."""
    whats = list(dict.fromkeys(pair.what.partition(",")[0] for pair in pairs))
    if pairs[0].kind != OVER_CAPACITY:
        return [(pair, 0.0) for pair in pairs]
    places = np.unique(np.linspace(0, len(whats) - 1, MOST).round().astype(int))
    shades = {whats[place]: 0.6 * (1 - (k + 1) / len(places)) for k, place in enumerate(places)}
    named = ((pair, pair.what.partition(",")[0]) for pair in pairs)
    return [(pair, shades[name]) for pair, name in named if name in shades]


def _charging(pair: MeasuredPair) -> bool:
    """Whether it is of a charge, by its name; what is of a whole test is drawn as one."""
    return not pair.what.endswith("discharge")

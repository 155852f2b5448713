"""The figure of a screening: what inputs do at either end of their ranges, the strongest on top."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solver.results import style

ROW, ABOVE = 0.42, 1.1  # height in inches
SIDES = {"low": (style.BLUE, -0.2), "high": (style.VERMILION, 0.2)}  # colour, place in a row

# What an input does at either end of its range, "low" and "high", nan without a result; an end at
# which the nominal value is itself is left out
Bars = Mapping[str, float]
Panel = Mapping[str, Bars]  # by the label of the input; without those that do not act


def figure(panels: Mapping[str, Panel], axis: str) -> Figure:
    """Draw panels side by side, by title: bars from the nominal value to those at both ends."""
    labels = ranked(list(panels.values()))
    drawn = style.new_figure(2.2 + 2.6 * len(panels), ABOVE + ROW * len(labels))
    every = drawn.subplots(1, len(panels), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (title, panel) in zip(every, panels.items(), strict=True):
        _draw(axes, panel, labels)
        axes.set_title(style.plain(title), loc="left")
        axes.use_sticky_edges = False  # room for values beside bars of no length
    every[0].set_yticks(range(len(labels)), [_lines(label) for label in labels])
    every[0].set_ylim(len(labels) - 0.4, -0.6)
    every[0].margins(x=0.22)
    drawn.supxlabel(axis, fontsize="medium")
    drawn.legend(*every[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return drawn


def ranked(panels: Sequence[Panel]) -> list[str]:
    """Return the labels, those first that do most in any panel."""
    sizes: dict[str, float] = {}
    for panel in panels:
        for label, bars in panel.items():
            known = [abs(value) for value in bars.values() if not np.isnan(value)]
            sizes[label] = max([sizes.get(label, 0.0), *known])
    return sorted(sizes, key=lambda label: -sizes[label])


def _draw(axes: Axes, panel: Panel, labels: Sequence[str]) -> None:
    for side, (colour, offset) in SIDES.items():
        at = {row: panel[label] for row, label in enumerate(labels) if label in panel}
        bars = {row + offset: bars[side] for row, bars in at.items() if side in bars}
        axes.barh(list(bars), list(bars.values()), 0.36, color=colour, label=f"{side} end")
        for place, value in bars.items():
            _tell(axes, place, value, colour)
    for row, label in enumerate(labels):
        if label not in panel:
            _note(axes, row, "does not act")
    axes.axvline(0, color=style.BLACK, lw=0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _tell(axes: Axes, place: float, value: float, colour: str) -> None:
    """Write a value beside its bar, away from zero."""
    if np.isnan(value):
        _note(axes, place, "no result")
    else:
        _note(axes, place, f"{value:+.2f}", value, colour)


def _note(
    axes: Axes, place: float, text: str, value: float = 0.0, colour: str = style.FAINT
) -> None:
    side, away = ("left", 3) if value >= 0 else ("right", -3)
    axes.annotate(
        text, (value, place), (away, 0), color=colour, fontsize=6.5,
        textcoords="offset points", ha=side, va="center",
    )  # fmt: skip


def _lines(label: str) -> str:
    return "\n".join(style.plain(line) for line in label.splitlines())

"""The figure of retention by round, with the points that were measured."""

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import style
from solver.results.history import History
from solver.results.retention import Retention, computed, measured

AXIS = "Retention / %"
MEASURED: dict[str, Any] = {"marker": "D", "ms": 6, "mfc": "white", "ls": "none"}


def figure(cycles: History, resolved: Mapping[str, Any]) -> Figure | None:
    """Retention by round with the measured points, None without such points."""
    kept, known = computed(cycles), measured(resolved)
    if kept is None or known is None:
        return None
    drawn = style.new_figure(4.6, 3.2)
    axes = drawn.subplots()
    draw(axes, kept, known, {"color": style.VERMILION, "label": "computed"})
    axes.plot([], [], **MEASURED, color=style.VERMILION, label=style.plain(known.source))
    axes.set_xlabel("Round")
    axes.set_ylabel(AXIS)
    drawn.legend(*axes.get_legend_handles_labels(), loc="outside upper left")
    return drawn


def draw(axes: Axes, kept: Retention, known: Retention | None, line: dict[str, Any]) -> None:
    """A line of what was computed, open diamonds where it was measured."""
    axes.plot(kept.number, 100 * kept.share, marker="o", ms=3, **line)
    if known is not None:
        axes.plot(known.number, 100 * known.share, **MEASURED, color=line["color"], zorder=5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))

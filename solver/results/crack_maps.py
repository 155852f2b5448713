"""Maps of the boundaries at the ends of some cycles: how far they have broken, and what is wet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from solver.results import headers, style
from solver.results.chosen import chosen
from solver.results.cut import cut_open
from solver.results.frames import Floats, Frame, frame_times, outlines, read_frame
from solver.results.history import History

PANELS = 4
COLOURS, DAMAGE_WIDTH, WET_WIDTH = "YlOrRd", 1.6, 4.2  # widths in points
DAMAGED = 0.01  # below, a boundary is drawn as whole


def figure(directory: Path, history: History, cycles: History | None, name: str) -> Figure | None:
    """Boundaries at the end of up to four cycles; None for one cycle, or without fields."""
    fields = directory / "fields"
    times = frame_times(fields)
    number = history[headers.CYCLE_INDEX]
    shown = chosen(map(int, number), cycles, PANELS).cycles
    if len(times) == 0 or len(shown) < 2:
        return None
    ends = [history[headers.TEST_TIME][np.flatnonzero(number == each)[-1]] for each in shown]
    frames = [cut_open(read_frame(fields, int(np.argmin(np.abs(times - end))))) for end in ends]
    return draw(frames, [f"cycle {each}" for each in shown], name)


def draw(
    frames: Sequence[Frame], titles: Sequence[str], name: str, columns: int | None = None
) -> Figure | None:
    """Maps beside each other; None where there are no boundaries.

    columns: of maps in a row; default: all in one.
    """
    if any(len(frame.boundaries.cells) == 0 for frame in frames):
        return None
    across = min(columns or len(frames), len(frames))
    down = -(-len(frames) // across)
    drawn = style.new_figure(2.4 * across, 2.5 * down + 0.9)
    every = list(drawn.subplots(down, across, squeeze=False).flat)
    places = every[: len(frames)]
    wet = [_panel(axes, frame) for axes, frame in zip(places, frames, strict=True)]
    for axes, title in zip(places, titles, strict=True):
        axes.set_title(title, fontsize=9)
    for axes in every[len(frames) :]:
        axes.set_axis_off()
    scale = drawn.colorbar(
        places[0].collections[-1], ax=every, location="bottom", shrink=0.3, aspect=30
    )
    scale.set_label("Damage of the boundaries")
    if any(wet):
        line = Line2D([], [], color=style.SKY, lw=WET_WIDTH, label="wet")
        drawn.legend(handles=[line], loc="outside upper right")
    drawn.suptitle(name, fontsize=9.5)
    return drawn


def _panel(axes: Axes, frame: Frame) -> bool:
    """Outlines, what is wet behind, damaged boundaries in front; whether anything is wet."""
    grains, boundaries = frame.grains, frame.boundaries
    thin: Any = grains.points[outlines(grains.cells), :2]
    axes.add_collection(LineCollection(thin, colors=style.FAINT, linewidths=0.3))
    segments = boundaries.points[boundaries.cells, :2]
    damage = _mean(frame, headers.MAP_DAMAGE)
    wet = _mean(frame, headers.MAP_WETNESS) > 0.5
    behind: Any = segments[wet]
    axes.add_collection(LineCollection(behind, colors=style.SKY, linewidths=WET_WIDTH, alpha=0.6))
    order = np.argsort(damage)
    order = order[damage[order] > DAMAGED]
    front: Any = segments[order]
    look: Any = {"cmap": COLOURS, "norm": Normalize(0, 1), "capstyle": "round"}
    lines = LineCollection(front, array=damage[order], linewidths=DAMAGE_WIDTH, **look)
    axes.add_collection(lines)
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.set_axis_off()
    return bool(np.any(wet))


def _mean(frame: Frame, array: str) -> Floats:
    """An array of the boundaries as means over their facets, zero where it is not there."""
    part = frame.boundaries
    nowhere = np.zeros(len(part.points))
    return np.asarray(part.at_nodes.get(array, nowhere)[part.cells].mean(axis=1))

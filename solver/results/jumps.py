"""Where cycles were jumped: lines over time break there, and the ground is grey."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from solver.results import headers, style
from solver.results.history import Floats, History

SHADE = 0.22
JUMPED = "extrapolated"


def parted(history: History) -> History:
    """Return the history with a row of no time wherever cycles were jumped; else it is the same.

    Such a row repeats the one before: lines over time break there, and extremes stay.
    """
    count = history.get(headers.JUMPED_CYCLES, np.zeros(1))
    jumps = np.flatnonzero(np.diff(count) > 0) + 1
    if len(jumps) == 0:
        return history
    rows = np.insert(np.arange(len(count)), jumps, jumps - 1)
    gapped = history.of_rows(rows)
    gapped[headers.TEST_TIME][jumps + np.arange(len(jumps))] = np.nan
    return gapped


def spans(course: Floats) -> list[tuple[float, float]]:
    """Return from where to where a course that is parted has gaps."""
    return [(float(course[k - 1]), float(course[k + 1])) for k in np.flatnonzero(np.isnan(course))]


def shade(axes: Axes, gaps: list[tuple[float, float]], named: bool = False) -> None:
    """Lay grey ground where cycles were jumped. named: whether a legend tells it."""
    for place, (first, last) in enumerate(gaps):
        label = JUMPED if named and place == 0 else None
        axes.axvspan(first, last, color=style.FAINT, alpha=SHADE, lw=0, zorder=0, label=label)


def bridge(axes: Axes, line: Line2D) -> None:
    """Draw a thin line across the gaps of what is slow, and is extrapolated where cycles were."""
    x, y = (np.asarray(values, dtype=float) for values in line.get_data())
    there = np.isfinite(x)
    if not there.all():
        axes.plot(x[there], y[there], color=line.get_color(), lw=0.6)


def mark(axes: Axes, course: Floats, slow: bool) -> None:
    """Lay grey ground under the gaps of a course. slow: whether the lines are of what is slow."""
    shade(axes, spans(course), named=True)
    for line in axes.get_lines() if slow else ():
        bridge(axes, line)

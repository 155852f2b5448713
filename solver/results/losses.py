"""What discharges lack beside that of a reference, by cause: a figure, and rows in words."""

from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.bulk import bulk, checks_of
from solver.results.figures_of_merit import Rows, number
from solver.results.history import Floats, History
from solver.results.records import Record
from solver.units.groups import LOSSES

COLOURS = (style.VERMILION, style.BLUE, style.ORANGE, style.GREEN, style.SKY)
WHOLE = (headers.CAPACITY_LOSS, headers.UNEXPLAINED_LOSS)  # what is no part of the others


def figure(losses: History) -> Figure | None:
    """Losses by cause on each other, against the cycle; None for one cycle.

    Diamonds: what the causes do not explain of the losses in checks.
    """
    counted, check = _counted(losses), checks_of(losses) != 0
    if np.count_nonzero(counted) < 2:
        return None
    drawn = style.new_figure(5.0, 3.4)
    axes = drawn.subplots()
    cycles = losses[headers.CYCLE_INDEX]
    below = np.zeros(np.count_nonzero(counted))
    for (name, values), colour in zip(_parts(losses).items(), cycle(COLOURS), strict=False):
        above = below + values[counted]
        axes.fill_between(cycles[counted], below, above, color=colour, lw=0, label=name)
        below = above
    whole = losses[headers.CAPACITY_LOSS][counted]
    axes.plot(cycles[counted], whole, color=style.BLACK, label="measured")
    if np.any(check):
        told = losses[headers.UNEXPLAINED_LOSS][check]
        look: dict[str, Any] = {"color": style.BLACK, "ls": "none", "marker": "D", "mfc": "white", "ms": 5}
        axes.plot(cycles[check], told, label="unexplained in checks", **look)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel("Cycle")
    axes.set_ylabel(r"Loss of discharge capacity / mA h g$^{-1}$")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    drawn.legend(*axes.get_legend_handles_labels(), loc="outside right upper")
    return drawn


def rows(record: Record) -> Rows:
    """Return the losses of the last cycle of the bulk, and what the last check leaves open."""
    losses = record.table("losses")
    if not losses:
        return []
    told: Rows = []
    for last in np.flatnonzero(_counted(losses))[-1:]:
        whole, capacity = losses[headers.CAPACITY_LOSS][last], losses[headers.DISCHARGE_CAPACITY]
        reference = capacity[last] + whole
        at, since = losses[headers.CYCLE_INDEX][last], losses[headers.REFERENCE_CYCLE][last]
        told.append((f"lost in cycle {at:.0f} since {since:.0f}", _loss(whole, reference)))
        told += [(name, _loss(values[last], reference)) for name, values in _parts(losses).items()]
    for last in np.flatnonzero(checks_of(losses))[-1:]:
        whole, rest = (losses[h][last] for h in WHOLE)
        reference = losses[headers.DISCHARGE_CAPACITY][last] + whole
        told.append(("lost in the last check", _loss(whole, reference)))
        told.append(("unexplained of that", _loss(rest, reference)))
    return told


def _loss(lost: float, reference: float) -> str:
    """A loss with its share of the capacity of the reference."""
    return f"{number(float(lost), digits=3)} mA h/g ({number(100 * lost / reference, digits=3)} %)"


def _counted(losses: History) -> np.ndarray:
    return bulk(losses[headers.DISCHARGE_RATE], checks_of(losses))


def _parts(losses: History) -> dict[str, Floats]:
    """The parts that ever were anything, by their names."""
    columns = losses.group(LOSSES).items()
    parts = {h: c for h, c in columns if c.name.endswith(" Loss") and h not in WHOLE}
    return {
        column.name.lower(): losses[header]
        for header, column in parts.items()
        if np.any(np.nan_to_num(losses[header]))
    }

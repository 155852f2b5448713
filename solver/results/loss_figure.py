"""The figure of what discharges lack beside that of a reference: causes on each other."""

from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from solver.results import headers, style
from solver.results.bulk import checks_at_a_rate
from solver.results.history import History
from solver.results.losses import counted, parts

COLOURS = (style.VERMILION, style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY)


def figure(losses: History) -> Figure | None:
    """Losses by cause on each other, against the cycle; None for one cycle.

    Diamonds: what the causes do not explain of the losses in checks.
    """
    chosen, check = counted(losses), checks_at_a_rate(losses)
    if np.count_nonzero(chosen) < 2:
        return None
    drawn = style.new_figure(5.2, 4.0)
    axes = drawn.subplots()
    cycles = losses[headers.CYCLE_INDEX]
    below = np.zeros(np.count_nonzero(chosen))
    for (name, values), colour in zip(parts(losses).items(), cycle(COLOURS), strict=False):
        above = below + values[chosen]
        axes.fill_between(cycles[chosen], below, above, color=colour, lw=0, label=name)
        below = above
    whole = losses[headers.CAPACITY_LOSS][chosen]
    axes.plot(cycles[chosen], whole, color=style.BLACK, label="lost in all")
    if np.any(check):
        told = losses[headers.UNEXPLAINED_LOSS][check]
        name = "unexplained in checks"
        axes.plot(cycles[check], told, "D", color=style.BLACK, mfc="white", ms=5, label=name)
    axes.axhline(0, color=style.FAINT, lw=0.6, zorder=0)
    axes.set_xlabel("Cycle")
    axes.set_ylabel(r"Loss of discharge capacity / mA h g$^{-1}$")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    drawn.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return drawn

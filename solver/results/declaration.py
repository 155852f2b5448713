"""What every figure of a run must say: which slow laws were declared to be faster than they are."""

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

TITLE = 9  # points


def declare(figure: Figure, text: str | None) -> Figure:
    """Write it above a figure: under its title or over its legend, if it has one up there."""
    if text is None:
        return figure
    title = figure.get_suptitle()
    if figure.legends and not title:  # a title would stand on it
        figure.legends[0].set_title(text, prop=FontProperties(size=TITLE))
    else:
        figure.suptitle(f"{title}\n{text}" if title else text, fontsize=TITLE, linespacing=1.35)
    return figure

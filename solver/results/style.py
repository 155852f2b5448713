"""One look for all figures. Colours are Okabe and Ito's, apart for every kind of eye."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from solver.run_files import PICTURE, write_whole

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, BLACK = "#56B4E9", "#CC79A7", "#222222"
OLIVE, BROWN, INDIGO = "#8A8D0F", "#7F4F24", "#4B2E83"  # where seven are not enough
FAINT = "#9AA0A6"  # what stays in the background
DPI = 200

LOOK = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
    "mathtext.fontset": "dejavusans",
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.labelsize": 9,
    "axes.linewidth": 0.7,
    "axes.edgecolor": BLACK,
    "axes.labelcolor": BLACK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": BLACK,
    "xtick.color": BLACK,
    "ytick.color": BLACK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "xtick.direction": "out",
    "ytick.direction": "out",
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.title_fontsize": 8,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@contextmanager
def look() -> Iterator[None]:
    """Draw in the look of these figures."""
    with mpl.rc_context(LOOK):
        yield


class NotebookFigure(Figure):
    """A figure that a notebook shows where it is the last value of a cell, also without pyplot."""

    def _repr_png_(self) -> bytes:
        """The picture, as IPython asks for it."""
        written = BytesIO()
        self.savefig(written, format="png", dpi=self.dpi / 2)
        return written.getvalue()


def new_figure(width: float, height: float) -> Figure:
    """Figure of a size in inches, laid out without overlaps. Needs no display."""
    return NotebookFigure(figsize=(width, height), dpi=DPI, layout="constrained")


def save(figure: Figure, path: Path) -> Path:
    """Write a PNG, whole or not at all, and return its path. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = BytesIO()
    figure.savefig(picture, format="png", metadata=PICTURE)
    write_whole(path, picture.getvalue())
    return path


def png(figure: Figure) -> bytes:
    """Return a figure as a PNG."""
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def behind(axes: Axes, course: npt.ArrayLike, values: npt.ArrayLike, label: str) -> None:
    """Draw a faint curve on an axis of its own to the right, behind the others."""
    other = axes.twinx()
    other.plot(course, values, color=FAINT, lw=0.9)
    other.set_ylabel(label, color=FAINT)
    other.tick_params(axis="y", colors=FAINT)
    other.spines["right"].set(visible=True, color=FAINT)
    axes.set_zorder(other.get_zorder() + 1)
    axes.patch.set_visible(False)


def lighter(colour: str, share: float) -> tuple[float, ...]:
    """Colour mixed with a share of white."""
    return tuple(1 - (1 - part) * (1 - share) for part in to_rgb(colour))


def clock(seconds: float) -> str:
    """Time as people write it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"


def plain(text: str, most: int = 80) -> str:
    """Text of a user as one line of a figure, every character as it is: no formulas in dollars.

    A line that begins with `_` would be left out of legends; one that is too long is cut.
    """
    line = " ".join(text.split())
    line = line if len(line) <= most else f"{line[: most - 1]}…"
    return f"{' ' if line.startswith('_') else ''}{line}".replace("$", r"\$")

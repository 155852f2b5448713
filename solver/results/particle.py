"""The particle at one moment: lithium and first principal stress, cracks drawn by their opening."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.tri import Triangulation

from solver.results import headers, style
from solver.results.frames import Floats, Frame, outlines
from solver.results.prefix import with_prefix
from solver.results.records import TIMES
from solver.results.warp import deformed, enlargement, round_down
from solver.units.constants import CRACKED

STRESS, OPENING = headers.MAP_TENSION, headers.MAP_OPENING
CRACK_COLOURS = LinearSegmentedColormap.from_list("cracks", ["#F7A8B8", "#E0115F", "#4A0020"])
THINNEST, WIDEST, HALO = 0.5, 3.4, 1.3  # points
NARROWEST = 8e-3  # of the particle's width, a few dots
LONG = 2.0  # width over height of what is drawn below each other
VISIBLE = 0.1  # of the size of a particle: how far displacements are drawn, shrinkage included
LEAST_SPAN = 0.1  # of occupancy, so that rounding does not look like a pattern


class Scales(NamedTuple):
    """What the pictures of a run share: limit of stress (MPa), largest crack opening (nm)."""

    stress: float
    opening: float


def shared_scales(frames: list[Frame]) -> Scales:
    """Scales that suit all frames; the stress leaves out its outermost percent."""
    stress = np.concatenate([np.abs(frame.grains.at_nodes[STRESS]) for frame in frames])
    openings = np.concatenate([_openings(frame)[_cracked(frame)] for frame in frames])
    limit = max(float(np.percentile(stress, 99)), 1.0)
    return Scales(limit, float(np.max(openings, initial=0.0)))


class Panel(NamedTuple):
    """A field to be drawn. extend: ends of the colour bar beyond which values may lie."""

    values: Floats
    colours: str
    norm: Normalize
    label: str
    extend: str = "neither"


class CaptionedFrame(NamedTuple):
    """A frame to be drawn: what it shows, and when."""

    frame: Frame
    what: str
    when: str


def pictures(
    moments: Mapping[str, CaptionedFrame],
    panels: Callable[[Frame, Scales], list[Panel]],
    visible: float,
) -> dict[str, Figure]:
    """Moments of a body by name, on shared scales, displacements enlarged alike.

    panels: what is drawn of a frame. visible: how far displacements are drawn, of the body's size.
    """
    frames = list({moment.frame.time: moment.frame for moment in moments.values()}.values())
    scales, factor = shared_scales(frames), enlargement(frames, visible)
    by, drawn = f", displacements {TIMES}{factor:g}", {}
    for name, (frame, what, when) in moments.items():
        moved = deformed(frame, factor)
        drawn[name] = draw_panels(moved, scales, what, when + by, panels(moved, scales))
    return drawn


def lithium_and_stress(frame: Frame, scales: Scales) -> list[Panel]:
    """What is drawn of a particle with chemistry."""
    occupancy = frame.grains.at_nodes[headers.MAP_OCCUPANCY]
    colours = Normalize(*span(occupancy))
    return [Panel(occupancy, "viridis", colours, "Lithium occupancy"), tension(frame, scales)]


def tension(frame: Frame, scales: Scales) -> Panel:
    """First principal stress."""
    factor, unit = (1e-3, "GPa") if scales.stress >= 1000 else (1.0, "MPa")
    limit = factor * scales.stress
    label = f"First principal stress / {unit}"
    values = factor * frame.grains.at_nodes[STRESS]
    return Panel(values, "RdBu_r", Normalize(-limit, limit), label, "both")


def draw_panels(
    frame: Frame, scales: Scales, title: str, moment: str, panels: Sequence[Panel]
) -> Figure:
    """Fields beside each other, on a long body below each other, and what the lines mean."""
    width, height = np.ptp(frame.grains.points[:, :2], axis=0)
    if width > LONG * height:
        each = 0.75 + 6.4 * height / width
        figure = style.new_figure(6.8, 1.0 + each * len(panels))
        places = figure.subplots(len(panels), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    else:
        figure = style.new_figure(3.4 * len(panels), 4.4)
        places = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, panel in zip(places, panels, strict=True):
        draw_body(axes, frame, panel, scales.opening)
    scale_bar(places[0], frame)
    if scales.opening > 0:
        _crack_legend(figure, scales.opening)
    figure.suptitle(f"{title}\n{moment}", fontsize=9.5, linespacing=1.35)
    return figure


def draw_body(axes: Axes, frame: Frame, panel: Panel, largest: float) -> None:
    """A field, the outlines of the grains, and cracks by their opening, of which one is largest."""
    colours = _field(axes, frame, panel.values, panel.colours, panel.norm)
    _colour_bar(colours, axes, panel.label, panel.extend)
    _outlines(axes, frame)
    _cracks(axes, frame, largest)
    axes.set_aspect("equal")
    axes.set_axis_off()


def span(occupancy: Floats) -> tuple[float, float]:
    """Return the range of all but the outermost values, not narrower than the least; in 0 to 1."""
    low, high = np.nanpercentile(occupancy, [0.5, 99.5])
    missing = max(LEAST_SPAN - (high - low), 0.0) / 2
    beyond = max(high + missing - 1.0, 0.0) - max(missing - low, 0.0)
    return float(low - missing - beyond), float(high + missing - beyond)


def _colour_bar(colours: Any, axes: Axes, label: str, extend: str = "neither") -> None:
    bar = axes.figure.colorbar(
        colours, ax=axes, orientation="horizontal", shrink=0.74, aspect=30, pad=0.02, extend=extend
    )
    bar.set_label(label)
    bar.ax.xaxis.set_major_locator(MaxNLocator(5))


def _field(axes: Axes, frame: Frame, values: Floats, colours: str, norm: Normalize) -> Any:
    """Smooth colours; slivers of a cut in one colour each, smooth ones would stick out."""
    x, y = frame.grains.points[:, :2].T
    cells = frame.grains.cells[np.isfinite(values)[frame.grains.cells].all(axis=1)]
    wide = _wide(frame.grains.points[cells][:, :, :2], np.ptp(x))
    known = np.nan_to_num(values)
    look: Any = {"cmap": colours, "norm": norm, "rasterized": True}
    drawn = []
    if not wide.all():
        slivers = cells[~wide]
        middle = known[slivers].mean(axis=1)
        mesh = Triangulation(x, y, slivers)
        drawn.append(axes.tripcolor(mesh, facecolors=middle, edgecolors="face", **look))
    if wide.any():
        drawn.append(
            axes.tripcolor(Triangulation(x, y, cells[wide]), known, shading="gouraud", **look)
        )
    return drawn[-1]


def _wide(corners: Floats, width: float) -> npt.NDArray[np.bool_]:
    """Whether triangles (cells, 3, 2) are wide enough to be coloured smoothly."""
    sides = corners - np.roll(corners, 1, axis=1)
    longest = np.linalg.norm(sides, axis=2).max(axis=1)
    area = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0])
    return area > NARROWEST * width * longest


def _outlines(axes: Axes, frame: Frame) -> None:
    """Thin lines around the grains."""
    segments: Any = frame.grains.points[outlines(frame.grains.cells), :2]
    axes.add_collection(LineCollection(segments, colors=style.BLACK, linewidths=0.25, alpha=0.55))


def _openings(frame: Frame) -> Floats:
    """Opening of each boundary facet, nm; closed ones count as zero."""
    if len(frame.boundaries.cells) == 0:
        return np.empty(0)
    opening = frame.boundaries.at_nodes[OPENING][frame.boundaries.cells].mean(axis=1)
    return np.maximum(opening, 0.0)


def _cracked(frame: Frame) -> npt.NDArray[np.intp]:
    """Facets that are drawn as cracks, the least open first."""
    if len(frame.boundaries.cells) == 0:
        return np.empty(0, dtype=np.intp)
    damage = frame.boundaries.at_nodes[headers.MAP_DAMAGE][frame.boundaries.cells].mean(axis=1)
    cracked = np.flatnonzero(damage >= CRACKED)
    return cracked[np.argsort(_openings(frame)[cracked])]


def _cracks(axes: Axes, frame: Frame, largest: float) -> None:
    """Dark lines, wider and darker the more a crack is open, with a halo to stand out."""
    cracked = _cracked(frame)
    if len(cracked) == 0:
        return
    share = _openings(frame)[cracked] / max(largest, np.finfo(float).tiny)
    segments: Any = frame.boundaries.points[frame.boundaries.cells[cracked], :2]
    width = _width(share)
    for order, (colours, widths) in enumerate(
        (("white", width + HALO), (CRACK_COLOURS(share), width)), start=3
    ):
        axes.add_collection(
            LineCollection(
                segments, colors=colours, linewidths=widths, capstyle="round", zorder=order
            )
        )


def _width(share: npt.NDArray[np.floating]) -> Floats:
    return THINNEST + (WIDEST - THINNEST) * share


def _crack_legend(figure: Figure, largest: float) -> None:
    """Lines as wide and dark as cracks of round openings."""
    top = round_down(largest)
    values = np.array([0.0, top / 5, top / 2, top])
    shares = values / largest
    handles = [
        Line2D([], [], color=colour, lw=width)
        for colour, width in zip(CRACK_COLOURS(shares), _width(shares), strict=True)
    ]
    factor, unit = with_prefix(1e-9 * top, "m")
    wide = (f"open {1e-9 * factor * value:.3g} {unit}" for value in values[1:])
    labels = ["crack, closed", *wide]
    figure.legend(handles, labels, loc="outside lower center", ncols=4, columnspacing=1.8)


def scale_bar(axes: Axes, frame: Frame) -> None:
    """A bar of a round length in the lower left corner, where a disc leaves room."""
    points = frame.grains.points
    (left, bottom), (right, top) = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    length = round_down((right - left) / 5)
    if right - left > LONG * (top - bottom):
        bottom -= 0.05 * (right - left)  # below a body that is no disc
    axes.plot(
        [left, left + length], [bottom, bottom], color=style.BLACK, lw=2, solid_capstyle="butt"
    )
    factor, unit = with_prefix(1e-6 * length, "m")
    text = f"{1e-6 * factor * length:g} {unit}\n"
    axes.text(left + length / 2, bottom, text, ha="center", va="center", fontsize=8)

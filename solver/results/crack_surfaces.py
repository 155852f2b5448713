"""Cracks of a body in space as surfaces: the lower half of it, cut, and what is cracked above.

Drawn without a screen by sorting what lies behind, so that size costs little: cells of the cut and
cracked facets alone are drawn.
"""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from solver.results import headers, style
from solver.results.cut import cut_open
from solver.results.frames import Floats, Frame, outlines
from solver.results.prefix import with_prefix
from solver.units.constants import CRACKED

COLOURS = "inferno_r"
LIGHTEST = 0.12  # of the colours: a closed crack is to be seen on white
STEEP = np.radians(50.0)  # between the line of sight and the plane of the cut
AROUND = np.radians(-30.0)
LIGHT = np.array([0.35, -0.45, 0.82])
SHADE = 0.45  # how much darker what turns away from the light gets


def figure(frame: Frame, title: str) -> Figure | None:
    """Draw the cracks above the middle of a body in space; None in a plane, or without such.

    frame: positions in um, openings in nm.
    """
    boundaries = frame.boundaries
    if frame.grains.cells.shape[1] != 4 or len(boundaries.cells) == 0:
        return None
    corners = boundaries.points[boundaries.cells]
    damage = boundaries.at_nodes[headers.MAP_DAMAGE][boundaries.cells].mean(axis=1)
    shown = (damage >= CRACKED) & (corners[..., 2].mean(axis=1) > 0)
    if not shown.any():
        return None
    opening = boundaries.at_nodes[headers.MAP_OPENING][boundaries.cells[shown]].mean(axis=1)
    factor, unit = with_prefix(1e-9 * max(float(opening.max()), 1e-3), "m")
    width = 1e-9 * factor * np.maximum(opening, 0.0)
    drawn = style.new_figure(5.2, 4.9)
    axes = drawn.subplots()
    _floor(axes, frame)
    norm = Normalize(-LIGHTEST * width.max(), max(float(width.max()), 1e-12))
    _surfaces(axes, corners[shown], width, norm)
    axes.set_aspect("equal")
    axes.autoscale_view()
    axes.set_axis_off()
    bar = drawn.colorbar(
        ScalarMappable(norm, COLOURS), ax=axes, orientation="horizontal", shrink=0.7, aspect=30
    )
    bar.ax.set_xlim(0.0, norm.vmax)
    bar.set_label(f"Width of the cracks above the cut / {unit}")
    drawn.suptitle(title, fontsize=9.5)
    return drawn


def seen(points: Floats) -> tuple[Floats, Floats]:
    """Return where points (..., 3) are in the picture, (..., 2), and how near, (...)."""
    x = np.cos(AROUND) * points[..., 0] - np.sin(AROUND) * points[..., 1]
    y = np.sin(AROUND) * points[..., 0] + np.cos(AROUND) * points[..., 1]
    up = np.sin(STEEP) * y + np.cos(STEEP) * points[..., 2]
    near = np.sin(STEEP) * points[..., 2] - np.cos(STEEP) * y
    return np.stack([x, up], axis=-1), near


def _floor(axes: Axes, frame: Frame) -> None:
    """The face of the cut, grey, with the outlines of its grains."""
    face = cut_open(frame).grains
    where, _ = seen(face.points)
    cells: Any = where[face.cells]
    grey = PolyCollection(cells, facecolors="#e4e7ea", edgecolors="face", linewidths=0.3)
    grey.set_rasterized(True)
    axes.add_collection(grey)
    edges: Any = where[outlines(face.cells)]
    axes.add_collection(
        LineCollection(edges, colors=style.BLACK, linewidths=0.4, alpha=0.6, zorder=1)
    )


def _surfaces(axes: Axes, corners: Floats, width: Floats, norm: Normalize) -> None:
    """Facets (facets, 3, 3), the farthest first, by their width and in their shade."""
    where, near = seen(corners)
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.maximum(np.linalg.norm(normal, axis=1), np.finfo(float).tiny)
    lit = np.abs(normal @ LIGHT) / length
    colours = ScalarMappable(norm, COLOURS).to_rgba(width)
    colours[:, :3] *= (1 - SHADE * (1 - lit))[:, None]
    order = np.argsort(near.mean(axis=1))
    drawn: Any = where[order]
    facets = PolyCollection(drawn, facecolors=colours[order], edgecolors="face", linewidths=0.3)
    facets.set_zorder(3)
    facets.set_rasterized(True)
    axes.add_collection(facets)

"""A picture of a mesh before it is run: directions of the layers, and what fills the boundaries.

Spheres are cut open in the middle.
"""

import json
from pathlib import Path
from typing import Any

import meshio
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from solver.results import style
from solver.results.cut import cut_open
from solver.results.frames import Floats, Frame, FramePart, Integers

STATES = {"dry": style.BLACK, "liquid": style.BLUE, "lpo": style.VERMILION}
FILLERS = {"film": style.ORANGE, "coating": style.GREEN}
OXIDE = "#e9ecef"
SHORTEST = 1e-9
BOUNDARY = "boundary"


def draw_mesh(mesh: Path, table: Path, picture: Path, title: str) -> Path:
    """Draw a mesh (.msh) and its table (.json) into a PNG and return its path."""
    grains = json.loads(table.read_text(encoding="utf-8"))
    with style.look():
        return style.save(_figure(read_mesh(mesh), grains, title), picture)


def read_mesh(path: Path) -> Frame:
    """Grains and boundaries of a mesh file, as a frame without fields; `region` of the cells."""
    mesh = meshio.gmsh.read(path)
    kinds = {block.type for block in mesh.cells}
    cell, facet = ("tetra", "triangle") if "tetra" in kinds else ("triangle", "line")
    cells, region = _of_kind(mesh, cell)
    facets, group = _of_kind(mesh, facet)
    number = int(mesh.field_data[BOUNDARY][0]) if BOUNDARY in mesh.field_data else -1
    boundaries = facets[group == number]
    return Frame(
        0.0,
        FramePart(mesh.points, cells, {}, {"region": np.asarray(region - 1, np.float64)}),
        FramePart(mesh.points, boundaries, {}, {"pair": _pairs(boundaries, cells, region - 1)}),
    )


def _of_kind(mesh: meshio.Mesh, kind: str) -> tuple[Integers, Integers]:
    """Elements of a kind and their groups."""
    chosen = [
        (block.data, group)
        for block, group in zip(mesh.cells, mesh.cell_data["gmsh:physical"], strict=True)
        if block.type == kind
    ]
    return np.vstack([c for c, _ in chosen]), np.concatenate([g for _, g in chosen])


def _pairs(facets: Integers, cells: Integers, region: Integers) -> Floats:
    """Regions (facets, 2) on the two sides of boundary facets, the lower one first."""
    corners = cells.shape[1]
    of_cells = np.vstack([np.delete(cells, k, axis=1) for k in range(corners)])
    rows = np.sort(np.vstack([facets, of_cells]), axis=1)
    _, number = np.unique(rows, axis=0, return_inverse=True)
    place = np.full(int(number.max()) + 1, -1)
    place[number.ravel()[: len(facets)]] = np.arange(len(facets))
    own = place[number.ravel()[len(facets) :]]
    sides = np.tile(region, corners)
    low, high = np.full(len(facets), np.inf), np.full(len(facets), -np.inf)
    np.minimum.at(low, own[own >= 0], sides[own >= 0])
    np.maximum.at(high, own[own >= 0], sides[own >= 0])
    return np.column_stack([low, high])


def _figure(frame: Frame, table: dict[str, Any], title: str) -> Figure:
    cut = cut_open(frame)
    figure = style.new_figure(6.8, 3.9)
    left, right = figure.subplots(1, 2)
    colours = _directions(left, cut, table)
    bar = figure.colorbar(colours, ax=left, orientation="horizontal", shrink=0.74, aspect=30)
    bar.set_label("Angle of the c axis to the radius / °")
    handles = [*_boundaries(right, cut, table), *_cells(right, cut, table)]
    if handles:
        figure.legend(handles=handles, loc="outside lower right", ncols=len(handles))
    for axes in (left, right):
        axes.set_aspect("equal")
        axes.autoscale_view()
        axes.set_axis_off()
    figure.suptitle(style.plain(title), fontsize=9.5)
    return figure


def _directions(axes: Axes, frame: Frame, table: dict[str, Any]) -> Any:
    """Grains coloured by the angle between c axis and radius; lines along the c axes."""
    axis = np.array([grain["c_axis"] for grain in table["grains"]])
    middle = np.zeros_like(axis)
    centroids = np.array([grain["centroid"] for grain in table["grains"]])
    middle[:, : centroids.shape[1]] = centroids
    length = np.maximum(np.linalg.norm(middle, axis=1), SHORTEST)
    cosine = np.abs(np.einsum("ij,ij->i", axis, middle)) / length
    angle = np.degrees(np.arccos(np.clip(cosine, 0, 1)))
    region = frame.grains.in_cells["region"].astype(int)
    is_grain = np.array([grain["material"] == "grain" for grain in table["grains"]])
    shown = np.where(is_grain[region], angle[region], np.nan)
    drawn = PolyCollection(_polygons(frame), array=shown, cmap="cividis", rasterized=True)
    drawn.set_clim(0, 90)
    axes.add_collection(drawn)
    present = np.unique(region[is_grain[region]])
    places = np.array(
        [_polygons(frame)[region == r].reshape(-1, 2).mean(axis=0) for r in present]
    ).reshape(-1, 2)
    half = 0.3 * table["quality"]["grain_diameter"] * axis[present, :2]
    lines: Any = np.stack([places - half, places + half], axis=1)
    for colour, width in (("white", 2.2), (style.BLACK, 0.9)):
        axes.add_collection(LineCollection(lines, colors=colour, linewidths=width))
    return drawn


def _cells(axes: Axes, frame: Frame, table: dict[str, Any]) -> list[Artist]:
    """The cells of the mesh, films and coatings in their colours, and patches that name these."""
    region = frame.grains.in_cells["region"].astype(int)
    fill = np.array([FILLERS.get(grain["material"], OXIDE) for grain in table["grains"]])
    axes.add_collection(
        PolyCollection(
            _polygons(frame),
            facecolors=fill[region].tolist(),
            edgecolors=style.FAINT,
            linewidths=0.15,
            rasterized=True,
        )
    )
    present = [name for name in FILLERS if name in {g["material"] for g in table["grains"]}]
    return [Patch(color=FILLERS[name], label=name) for name in present]


def _boundaries(axes: Axes, frame: Frame, table: dict[str, Any]) -> list[Artist]:
    """Boundaries coloured by their state, and the lines that say which is which."""
    state = {tuple(entry["grains"]): entry["state"] for entry in table["boundaries"]}
    pairs = frame.boundaries.in_cells["pair"].astype(int)
    state_of_facet = np.array(
        [state.get((int(low), int(high)), "") for low, high in pairs], dtype="U16"
    )
    ends = frame.boundaries.points[frame.boundaries.cells][:, :, :2]
    present = [name for name in STATES if (state_of_facet == name).any()]
    for name in present:
        lines: Any = ends[state_of_facet == name]
        axes.add_collection(LineCollection(lines, colors=STATES[name], linewidths=0.9, zorder=3))
    return [Line2D([], [], color=STATES[name], label=f"{name} boundaries") for name in present]


def _polygons(frame: Frame) -> Any:
    return frame.grains.points[frame.grains.cells][:, :, :2]

"""Reads the fields of a run: one frame of the grains and one of their boundaries."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Collection
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.results import headers
from solver.results.transient import stored_frame, stored_times
from solver.units.vtkhdf import ENDING

if TYPE_CHECKING:
    import meshio

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class FramePart(NamedTuple):
    """Nodes (nodes, 3) in um, each of one grain; cells; values at nodes and in cells."""

    points: Floats
    cells: Integers
    at_nodes: dict[str, Floats]
    in_cells: dict[str, Floats]


class Frame(NamedTuple):
    """One moment. boundaries has no cells if the particle is a single grain."""

    time: float
    grains: FramePart
    boundaries: FramePart


GRAINS, BOUNDARIES = "particle", "boundaries"  # the maps of a run


def frame_times(fields: Path) -> Floats:
    """Times of all frames of a run, s; none if it has no fields."""
    stored = stored_map(fields, GRAINS)
    if stored is not None:
        return np.array(stored_times(stored))
    return np.array([time for time, _ in frame_files(fields / f"{GRAINS}.pvd")])


def stored_map(fields: Path, name: str) -> Path | None:
    """The file of a map that holds all frames, None if there is none such."""
    path = fields / f"{name}{ENDING}"
    return path if path.exists() else None


def frame_files(index: Path) -> list[tuple[float, list[Path]]]:
    """Return (time, pieces) of every frame of a `.pvd`; nothing if there is none."""
    if not index.exists():
        return []
    sets = ET.parse(index).getroot().iter("DataSet")
    return [
        (float(entry.attrib["timestep"]), _pieces(index.parent / entry.attrib["file"]))
        for entry in sets
    ]


def read_frame(fields: Path, number: int) -> Frame:
    """Read a frame by its number."""
    time = float(frame_times(fields)[number])
    return Frame(time, read_map(fields, GRAINS, number), read_map(fields, BOUNDARIES, number))


def read_map(
    fields: Path, name: str, number: int, only: Collection[str] | None = None
) -> FramePart:
    """Read a map of a frame; one without cells where there is none.

    only: headers of the arrays that are wanted at least, all if it is None.
    """
    stored = stored_map(fields, name)
    if stored is not None:
        there = number < len(stored_times(stored))  # a run may be killed between the maps
        return FramePart(*stored_frame(stored, number, only)) if there else _joined([])
    files = frame_files(fields / f"{name}.pvd")
    if name == GRAINS:
        return _merged(_joined(files[number][1]))
    return _joined(files[number][1] if number < len(files) else [])


def mean_openings(fields: Path) -> Floats:
    """Opening averaged over all boundaries in every frame, nm."""
    stored = stored_map(fields, BOUNDARIES)
    files = frame_files(fields / f"{BOUNDARIES}.pvd")
    number = len(files) if stored is None else len(stored_times(stored))
    means = []
    for frame in range(number):
        facets = read_map(fields, BOUNDARIES, frame, (headers.MAP_OPENING,))
        opening = np.maximum(facets.at_nodes[headers.MAP_OPENING], 0)[facets.cells].mean(axis=1)
        means.append(np.average(opening, weights=_sizes(facets)))
    return np.array(means)


def _sizes(facets: FramePart) -> Floats:
    """Length or area of facets, up to a common factor."""
    corners = facets.points[facets.cells]
    sides = corners[:, 1:] - corners[:, :1]
    across = sides[:, 0] if sides.shape[1] == 1 else np.cross(sides[:, 0], sides[:, 1])
    return np.linalg.norm(across, axis=1)


def _pieces(file: Path) -> list[Path]:
    if file.suffix == ".vtu":
        return [file]
    pieces = ET.parse(file).getroot().iter("Piece")
    return [file.parent / piece.attrib["Source"] for piece in pieces]


def _read(file: Path) -> meshio.Mesh:
    """Read a piece; ValueError if it is damaged, of which meshio prints and then exits."""
    import meshio

    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            return meshio.read(file)
    except (Exception, SystemExit) as error:
        raise ValueError(f"{file} cannot be read as a mesh") from error


def _joined(files: list[Path]) -> FramePart:
    """Read pieces and put them one after another."""
    meshes = [_read(file) for file in files]
    if not meshes:
        return FramePart(np.empty((0, 3)), np.empty((0, 2), dtype=np.int64), {}, {})
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    cells = [mesh.cells[0].data + start for mesh, start in zip(meshes, starts, strict=False)]
    first = meshes[0]
    return FramePart(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate(cells).astype(np.int64),
        {k: np.concatenate([mesh.point_data[k] for mesh in meshes]) for k in first.point_data},
        {k: np.concatenate([mesh.cell_data[k][0] for mesh in meshes]) for k in first.cell_data},
    )


def _merged(grains: FramePart) -> FramePart:
    """Nodes that pieces have in common made one again: the same place in the same grain."""
    grain_of_node = np.zeros((len(grains.points), 1))
    grain_of_node[grains.cells, 0] = grains.in_cells[headers.MAP_GRAIN][:, None]
    keys = np.hstack([np.round(grains.points, 9), grain_of_node])
    _, kept, number = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return FramePart(
        grains.points[kept],
        number.ravel()[grains.cells],
        {name: values[kept] for name, values in grains.at_nodes.items()},
        grains.in_cells,
    )


def outlines(cells: Integers) -> Integers:
    """Edges of triangles that belong to a single one: grains' outlines, since nodes are broken."""
    edges = np.sort(np.concatenate([cells[:, [0, 1]], cells[:, [1, 2]], cells[:, [2, 0]]]), axis=1)
    unique, count = np.unique(edges, axis=0, return_counts=True)
    return unique[count == 1]

"""Reads the fields of a run: one frame of the grains and one of their boundaries."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.results import headers

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
    time, pieces = frame_files(fields / "particle.pvd")[number]
    grains = _merged(_joined(pieces))
    facets = frame_files(fields / "boundaries.pvd")
    return Frame(time, grains, _joined(facets[number][1] if number < len(facets) else []))


def mean_openings(fields: Path) -> Floats:
    """Opening averaged over all boundaries in every frame, nm."""
    means = []
    for _, files in frame_files(fields / "boundaries.pvd"):
        facets = _joined(files)
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

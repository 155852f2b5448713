"""What the explorer shows: surfaces that move and change their colours, packed small.

Values and displacements are stored in two bytes each, over the range of the whole run: finer than a
screen shows. A value of 0 stands for none, as of lithium in a film of Li3PO4.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.results import headers, particle
from solver.results.frames import Floats, FramePart, Integers, frame_times, read_frame
from solver.results.warp import DISPLACEMENT, between_sides, enlargement

MOST_BYTES = 21e6  # of all frames; the page is a third longer, below 30 MB
BYTE, SHORT, LEVELS = 255, 32767, 65534  # levels of a value above 0, which is none
AT_NODES = {
    headers.MAP_OCCUPANCY: "viridis",
    headers.MAP_TENSION: "RdBu_r",
    headers.MAP_VON_MISES: "magma",
    headers.MAP_GRAIN_CRACK: "magma_r",
}
SEEN_OPENING = 1.0  # nm, from which boundaries are drawn at first
ON_BOUNDARIES = {headers.MAP_OPENING: "plasma_r", headers.MAP_DAMAGE: "magma_r"}


class NothingToExploreError(ValueError):
    """Why a run cannot be explored, in a sentence."""


class DrawnSurface(NamedTuple):
    """Triangles to be drawn.

    nodes: of the map that corners lie at, (corners,). faces: corners of triangles, (faces, 3).
    points: of the corners, um, (corners, 3). across: unit vectors by which lines are as wide as
    they are drawn, zero for what is a surface by itself, (corners, 3).
    """

    nodes: Integers
    faces: Integers
    points: Floats
    across: Floats


def scene(directory: Path) -> dict[str, Any]:
    """Return what a page draws, ready for JSON.

    Raises NothingToExploreError if the run has no fields, OSError or ValueError if they cannot be
    read.
    """
    times = frame_times(directory / "fields")
    if not len(times):
        raise NothingToExploreError(f"{directory} has no fields to show (output.fields)")
    first = read_frame(directory / "fields", 0)
    grains, cracks = faces_of_grains(first.grains), faces_of_cracks(first.boundaries)
    numbers = chosen(len(times), len(grains.nodes) + len(cracks.nodes))
    frames = [read_frame(directory / "fields", number) for number in numbers]
    moved = [frame.grains.at_nodes[DISPLACEMENT] for frame in frames]
    between = [between_sides(frame, frame.grains.at_nodes[DISPLACEMENT]) for frame in frames]
    largest = max(float(np.abs(values).max()) for values in moved) or 1.0
    return {
        "dimension": 2 if np.ptp(first.grains.points[:, 2]) == 0 else 3,
        "size": float(np.ptp(first.grains.points, axis=0).max()),
        "times": [float(times[number]) for number in numbers],
        "left_out": len(times) - len(numbers),
        "enlargement": enlargement(frames, particle.VISIBLE),
        "moved": largest,
        "grains": _packed(grains, [f.grains for f in frames], moved, largest, AT_NODES),
        "cracks": _packed(cracks, [f.boundaries for f in frames], between, largest, ON_BOUNDARIES),
    }


def chosen(frames: int, corners: int, kinds: int = 3) -> list[int]:
    """Return the frames that a page has room for, the first and the last among them.

    kinds: of values that a corner has, beside its displacement of three components.
    """
    room = int(MOST_BYTES / max((6 + 2 * kinds) * corners, 1))
    most = min(frames, max(room, 2))
    return sorted({int(number) for number in np.linspace(0, frames - 1, most).round()})


def faces_of_grains(grains: FramePart) -> DrawnSurface:
    """Triangles of a plane body; in space those that are of one cell alone, so of each grain.

    In space films and coatings are left out: they would lie on the grains that they cover.
    """
    cells = grains.cells
    if cells.shape[1] == 4:
        if headers.MAP_OCCUPANCY in grains.at_nodes:
            holds = np.isfinite(grains.at_nodes[headers.MAP_OCCUPANCY])
            cells = cells[holds[cells].all(axis=1)]
        faces = np.concatenate([outwards(grains.points, cells, corner) for corner in range(4)])
        _, at, count = np.unique(np.sort(faces, axis=1), axis=0, return_index=True,
                                 return_counts=True)  # fmt: skip
        cells = faces[at[count == 1]]
    nodes, corners = np.unique(cells, return_inverse=True)
    points = grains.points[nodes]
    return DrawnSurface(nodes, corners.reshape(cells.shape), points, np.zeros_like(points))


def outwards(points: Floats, cells: Integers, corner: int) -> Integers:
    """Return the faces of tetrahedra across from a corner, in the order that faces outwards."""
    faces = np.delete(cells, corner, axis=1)
    first, second, third = (points[faces[:, k]] for k in range(3))
    normal = np.cross(second - first, third - first)
    inwards = np.einsum("ij,ij->i", normal, points[cells[:, corner]] - first) > 0
    faces[inwards] = faces[inwards][:, ::-1]
    return faces


def faces_of_cracks(boundaries: FramePart) -> DrawnSurface:
    """Triangles of boundaries in space; in a plane each facet is drawn as a band of two."""
    cells = boundaries.cells
    if cells.shape[1] == 3:
        nodes, corners = np.unique(cells, return_inverse=True)
        points = boundaries.points[nodes]
        return DrawnSurface(nodes, corners.reshape(cells.shape), points, np.zeros_like(points))
    nodes = np.repeat(cells, 2, axis=1).ravel()  # each end on both sides of the line
    along = np.diff(boundaries.points[cells], axis=1)[:, 0]
    normal = np.cross([0.0, 0.0, 1.0], along)
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-30)[:, None]
    across = np.stack([normal, -normal, normal, -normal], axis=1).reshape(-1, 3)
    band = np.array([[0, 1, 2], [1, 3, 2]])
    faces = (4 * np.arange(len(cells))[:, None, None] + band).reshape(-1, 3)
    return DrawnSurface(nodes, faces, boundaries.points[nodes], across)


def _packed(
    surface: DrawnSurface,
    parts: Sequence[FramePart],
    moved: Sequence[Floats],
    largest: float,
    wanted: Mapping[str, str],
) -> dict[str, Any]:
    """A surface with its displacements and values in all frames."""
    kinds = [name for name in wanted if all(name in part.at_nodes for part in parts)]
    if any(len(part.points) != len(parts[0].points) for part in parts):
        raise ValueError("the mesh is not the same in all frames")
    return {
        "points": _text(surface.points, np.float32),
        "across": _text(surface.across, np.float32),
        "faces": _text(surface.faces, np.uint32),
        "moved": [
            _text(np.round(values[surface.nodes] / largest * SHORT), np.int16) for values in moved
        ],
        "fields": [
            _field(name, wanted[name], [part.at_nodes[name][surface.nodes] for part in parts])
            for name in kinds
        ],
    }


def _field(name: str, colours: str, values: Sequence[Floats]) -> dict[str, Any]:
    """Values with the range and the colours that they stand for, and from where they are drawn."""
    low, high = spanned(name, np.concatenate(values))
    least = min((SEEN_OPENING - low) / (high - low), 1.0) if name == headers.MAP_OPENING else 0.01
    return {
        "name": name,
        "low": low,
        "high": high,
        "colours": _text(_table(colours), np.uint8),
        "least": least,
        "values": [_text(levels(each, low, high), np.uint16) for each in values],
    }


def levels(values: Floats, low: float, high: float) -> Floats:
    """Return whole numbers from 1 at `low` to 65535 at `high`, and 0 where there is no value."""
    shares = np.clip((values - low) / (high - low), 0, 1)
    return np.where(np.isfinite(values), 1 + np.round(np.nan_to_num(shares) * LEVELS), 0)


def spanned(name: str, values: Floats) -> tuple[float, float]:
    """Return the range of a field in all frames.

    Stress goes as far to both sides and leaves out its outermost percent, damage from 0 to 1.
    """
    finite = values[np.isfinite(values)]
    if name in (headers.MAP_DAMAGE, headers.MAP_GRAIN_CRACK) or not finite.size:
        return 0.0, 1.0
    if name == headers.MAP_TENSION:
        limit = float(np.quantile(np.abs(finite), 0.99)) or 1.0
        return -limit, limit
    if name == headers.MAP_OCCUPANCY:
        return particle.span(finite)
    return 0.0, float(np.quantile(finite, 0.999)) or 1.0


def _table(name: str) -> npt.NDArray[np.float64]:
    """256 colours of a map of matplotlib, red, green and blue from 0 to 255."""
    from matplotlib import colormaps

    return np.round(BYTE * colormaps[name](np.linspace(0, 1, 256))[:, :3])


def _text(values: npt.ArrayLike, kind: npt.DTypeLike) -> str:
    """Numbers as text, in the order of bytes of all machines in use."""
    return b64encode(np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<"))).decode()

"""Run Gmsh in a process of its own, with a limit on the time it computes.

A busy machine must not decide which seed gives a mesh: only the time of the processor counts, as
long as there is any progress at all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.files.msh_file import PhysicalGroup, write_groups
from meshes.gmsh.grading import vertex_sizes
from meshes.gmsh.outlines import outlines
from meshes.gmsh.surface import Flat, Triangulation, triangulated
from meshes.simplices import Simplices, grain_names, oriented, without_unused_points
from meshes.sizes import Sizes, expected_cells
from meshes.tessellation.complexes import Complex, GrainCells, facet_lengths, loops
from meshes.tessellation.polyhedra import Polyhedra

WORKER = Path(__file__).with_name("worker.py")
CELLS_PER_SECOND = 2_000  # a tenth of what was measured, so that only a hanging Gmsh is killed
PATIENCE = 30.0  # s, for any mesh
BUSY = 20.0  # times the limit that may pass outside, if others use the machine too


def mesh_complex(cells: Complex, sizes: Sizes, folder: Path) -> Simplices:
    """Mesh a disc of grains with edge lengths in um, by way of files in `folder`.

    Raises MeshError when Gmsh fails, crashes or exceeds its time limit (it is killed then).
    """
    turns = loops(cells)
    signed = [
        -number - 1 if backwards else number + 1 for turn in turns for number, backwards in turn
    ]
    geometry = {
        "vertices": cells.vertices,
        "facets": cells.facets,
        "sides": cells.sides,
        "loops": np.array(signed),
        "loop_lengths": np.array([len(turn) for turn in turns]),
        "vertex_sizes": vertex_sizes(cells, cells.facets, facet_lengths(cells), sizes),
    }
    limit = time_limit(expected_cells(sizes, 2, cells.radius, cells.grain_count, cells.pore))
    arrays = _run_worker("disc", geometry | sizes._asdict(), limit, folder)
    return _grains(arrays, cells)


def fill_ball(cells: Polyhedra, sizes: Sizes, folder: Path) -> Simplices:
    """Mesh a ball of grains with edge lengths in um, by way of files in `folder`.

    Faces first, each once, then the volumes between them. Raises MeshError as `mesh_complex`.
    """
    limit = time_limit(expected_cells(sizes, 3, cells.radius, cells.grain_count, cells.pore))

    def mesh_flat(corners: Floats, starts: Ints) -> Flat:
        largest = max(sizes.boundary, sizes.surface)
        polygons = {"corners": corners, "starts": starts, "largest": largest}
        points, triangles, face = _run_worker("faces", polygons, limit, folder)
        return Flat(points[len(corners) :, :2], triangles, face)

    surface = triangulated(cells, outlines(cells, sizes), mesh_flat)
    write_groups(folder / "surface.msh", surface.points, _faces(surface, len(cells.sides)))
    arrays = _run_worker("volumes", {"sides": cells.sides} | sizes._asdict(), limit, folder)
    (folder / "surface.msh").unlink()
    return _grains(arrays, cells)


def _faces(surface: Triangulation, count: int) -> list[PhysicalGroup]:
    """Triangles of each face, as group of its number + 1."""
    starts = np.searchsorted(surface.face, np.arange(1, count))
    parts = np.split(surface.triangles, starts)
    return [
        PhysicalGroup(2, number, f"face_{number}", part) for number, part in enumerate(parts, 1)
    ]


def _run_worker(
    task: str, geometry: Mapping[str, Any], limit: float, folder: Path
) -> tuple[Floats, Ints, Ints]:
    """Points (n, 3), cells and their regions that Gmsh makes of a geometry within `limit` s.

    The worker reads geometry.npz in the folder it is given, and writes cells.npz there.
    """
    np.savez(folder / "geometry.npz", **geometry)
    seconds = ceil(limit)
    command = [sys.executable, "-P", str(WORKER), task, str(folder), str(seconds)]
    run_limited(command, BUSY * seconds)
    with np.load(folder / "cells.npz") as data:
        arrays = data["points"], data["cells"], data["region"]
    (folder / "geometry.npz").unlink()
    (folder / "cells.npz").unlink()
    return arrays


def _grains(arrays: tuple[Floats, Ints, Ints], grains: GrainCells) -> Simplices:
    points, cells, region = arrays
    points = points[:, : grains.vertices.shape[1]]
    names = grain_names(grains.grain_count)
    return without_unused_points(Simplices(points, oriented(points, cells), region, names))


def time_limit(cells: float) -> float:
    """Seconds of computing to grant a mesh of about so many cells."""
    return PATIENCE + cells / CELLS_PER_SECOND


def run_limited(command: Sequence[str], limit: float) -> None:
    """Run a command; raise MeshError if it fails, crashes or lasts over `limit` seconds."""
    try:
        done = subprocess.run(
            command,
            timeout=limit,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            env=_serial_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MeshError(f"Gmsh was killed after {limit:.3g} s") from error
    if done.returncode == -signal.SIGXCPU:
        raise MeshError("Gmsh was killed: it computed for longer than any such mesh takes")
    if done.returncode < 0:
        raise MeshError(f"Gmsh crashed (signal {-done.returncode})")
    if done.returncode > 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise MeshError(f"Gmsh failed: {lines[-1]}")


def _serial_environment() -> dict[str, str]:
    """Environment without the marks of an MPI rank, which a serial child must not inherit."""
    marks = ("OMPI_", "PMIX_", "PMI_", "PRTE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(marks)}

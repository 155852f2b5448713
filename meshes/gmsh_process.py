"""Run Gmsh in a process of its own, with a time limit."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from meshes.complexes import Complex, Floats, Ints, MeshError, loops

WORKER = Path(__file__).with_name("gmsh_mesh.py")
CELLS_PER_SECOND = 2_000  # a tenth of what was measured, so that only a hanging Gmsh is killed
PATIENCE = 30.0  # s, for any mesh


class Mesh(NamedTuple):
    """A triangle mesh by arrays.

    points: (P, 2), um. cells: (C, 3). grains: (C,) grain number. boundary: (B, 2) facets between
    two grains. outer: (S, 2) facets on the surface.
    """

    points: Floats
    cells: Ints
    grains: Ints
    boundary: Ints
    outer: Ints


def mesh_complex(cells: Complex, size: float, boundary_size: float, folder: Path) -> Mesh:
    """Mesh a complex with element sizes in um; leaves particle.msh in `folder`.

    Raises MeshError when Gmsh fails, crashes or exceeds its time limit (it is killed then).
    """
    turns = loops(cells)
    signed = [
        -number - 1 if backwards else number + 1 for turn in turns for number, backwards in turn
    ]
    np.savez(
        folder / "complex.npz",
        vertices=cells.vertices,
        facets=cells.facets,
        sides=cells.sides,
        loops=signed,
        loop_lengths=[len(turn) for turn in turns],
        size=size,
        boundary_size=boundary_size,
    )
    limit = time_limit(cells.radius, min(size, boundary_size))
    run_limited([sys.executable, "-P", str(WORKER), str(folder)], limit)
    with np.load(folder / "cells.npz") as data:
        mesh = Mesh(**data)
    (folder / "complex.npz").unlink()
    (folder / "cells.npz").unlink()
    return mesh


def time_limit(radius: float, size: float) -> float:
    """Seconds to grant a mesh whose elements are nowhere smaller than about `size`."""
    cells = np.pi * radius**2 / (np.sqrt(3) / 4 * size**2)
    return float(PATIENCE + cells / CELLS_PER_SECOND)


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
    if done.returncode < 0:
        raise MeshError(f"Gmsh crashed (signal {-done.returncode})")
    if done.returncode > 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise MeshError(f"Gmsh failed: {lines[-1]}")


def _serial_environment() -> dict[str, str]:
    """Environment without the marks of an MPI rank, which a serial child must not inherit."""
    marks = ("OMPI_", "PMIX_", "PMI_", "PRTE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(marks)}

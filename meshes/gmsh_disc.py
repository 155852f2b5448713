"""Mesh a disc of grains with Gmsh. Run as a script, so that a hanging Gmsh can be killed:

python gmsh_disc.py FOLDER reads geometry.npz there and writes cells.npz.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gmsh
import numpy as np

GROWTH = 0.3  # of element size per distance, from the boundaries inwards
FRONTAL_DELAUNAY = 6
TRIANGLE = 2
OUTSIDE = -1  # in place of a second grain


def main(folder: Path) -> None:
    """Mesh the complex in `folder`."""
    with np.load(folder / "geometry.npz") as data:
        cells = dict(data)
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        _set_options()
        surfaces = _draw(cells)
        _set_sizes(float(cells["boundary"]), float(cells["inside"]))
        gmsh.model.mesh.generate(2)
        np.savez(folder / "cells.npz", **_arrays(surfaces))
    finally:
        gmsh.finalize()


def _set_options() -> None:
    gmsh.model.add("particle")
    for name, value in {
        "General.Terminal": 0,
        "General.NumThreads": 1,
        "Mesh.Algorithm": FRONTAL_DELAUNAY,
        "Mesh.MeshSizeExtendFromBoundary": 0,
        "Mesh.MeshSizeFromPoints": 1,
    }.items():
        gmsh.option.setNumber(name, value)


def _draw(cells: dict[str, Any]) -> list[int]:
    """Build the geometry; the surfaces of the grains in order."""
    geometry, round_ones = gmsh.model.geo, cells["sides"][:, 1] < 0
    sizes = np.full(len(cells["vertices"]), float(cells["boundary"]))
    sizes[cells["facets"][cells["sides"][:, 1] == OUTSIDE]] = float(cells["surface"])
    centre = geometry.addPoint(0, 0, 0)
    points = [
        geometry.addPoint(x, y, 0, size)
        for (x, y), size in zip(cells["vertices"], sizes, strict=True)
    ]
    curves = []
    for (a, b), is_arc in zip(cells["facets"], round_ones, strict=True):
        ends = points[a], points[b]
        curve = (
            geometry.addCircleArc(ends[0], centre, ends[1]) if is_arc else geometry.addLine(*ends)
        )
        curves.append(curve)
    surfaces = []
    for loop in np.split(cells["loops"], np.cumsum(cells["loop_lengths"])[:-1]):
        signed = [np.sign(number) * curves[abs(number) - 1] for number in loop]
        surfaces.append(geometry.addPlaneSurface([geometry.addCurveLoop(signed)]))
    geometry.synchronize()
    return surfaces


def _set_sizes(boundary_size: float, size: float) -> None:
    """Let elements grow from the size found on the curves to `size` inside."""
    field = gmsh.model.mesh.field
    extend = field.add("Extend")
    field.setNumbers(extend, "CurvesList", [tag for _, tag in gmsh.model.getEntities(1)])
    field.setNumber(extend, "DistMax", max(abs(size - boundary_size) / GROWTH, boundary_size))
    field.setNumber(extend, "SizeMax", size)
    field.setNumber(extend, "Power", 1)
    field.setAsBackgroundMesh(extend)


def _arrays(surfaces: list[int]) -> dict[str, Any]:
    """Points, cells and their grains; points that no cell uses are left out."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    places = np.zeros((int(tags.max()) + 1, 2))
    places[tags] = coordinates.reshape(-1, 3)[:, :2]
    per_grain = [
        gmsh.model.mesh.getElementsByType(TRIANGLE, surface)[1].reshape(-1, 3)
        for surface in surfaces
    ]
    used, cells = np.unique(np.vstack(per_grain), return_inverse=True)
    return {
        "points": places[used],
        "cells": cells.reshape(-1, 3).astype(np.int64),
        "region": np.repeat(np.arange(len(surfaces)), [len(part) for part in per_grain]),
    }


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:  # Gmsh raises plain exceptions; the caller reads this one line
        sys.exit(str(error) or repr(error))

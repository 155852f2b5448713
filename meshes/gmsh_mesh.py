"""Mesh a complex with Gmsh. Run as a script, so that a hanging Gmsh can be killed:

python gmsh_mesh.py FOLDER reads complex.npz there, writes particle.msh and cells.npz.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gmsh
import numpy as np

BOUNDARY, OUTER = 1, 2  # physical groups of dimension one; grain g is group g + 1 of dimension two
GROWTH = 0.3  # of element size per distance, from the boundaries inwards
FRONTAL_DELAUNAY = 6
TRIANGLE, LINE = 2, 1


def main(folder: Path) -> None:
    """Mesh the complex in `folder`."""
    with np.load(folder / "complex.npz") as data:
        cells = dict(data)
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        _set_options()
        _draw(cells)
        _set_sizes(float(cells["boundary_size"]), float(cells["size"]))
        gmsh.model.mesh.generate(2)
        gmsh.write(str(folder / "particle.msh"))
        np.savez(folder / "cells.npz", **_arrays())
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
        "Mesh.MshFileVersion": 4.1,
        "Mesh.Binary": 1,
    }.items():
        gmsh.option.setNumber(name, value)


def _draw(cells: dict[str, Any]) -> None:
    """Build the geometry and name its parts."""
    geometry, size = gmsh.model.geo, float(cells["boundary_size"])
    centre = geometry.addPoint(0, 0, 0)
    points = [geometry.addPoint(x, y, 0, size) for x, y in cells["vertices"]]
    on_surface = cells["sides"][:, 1] < 0
    curves = []
    for (a, b), arc in zip(cells["facets"], on_surface, strict=True):
        ends = points[a], points[b]
        curve = geometry.addCircleArc(ends[0], centre, ends[1]) if arc else geometry.addLine(*ends)
        curves.append(curve)
    surfaces = []
    for loop in np.split(cells["loops"], np.cumsum(cells["loop_lengths"])[:-1]):
        signed = [np.sign(number) * curves[abs(number) - 1] for number in loop]
        surfaces.append(geometry.addPlaneSurface([geometry.addCurveLoop(signed)]))
    geometry.synchronize()
    for grain, surface in enumerate(surfaces):
        gmsh.model.addPhysicalGroup(2, [surface], grain + 1, f"grain_{grain}")
    numbers = np.array(curves)
    if not on_surface.all():
        gmsh.model.addPhysicalGroup(1, numbers[~on_surface], BOUNDARY, "boundary")
    gmsh.model.addPhysicalGroup(1, numbers[on_surface], OUTER, "outer")


def _set_sizes(boundary_size: float, size: float) -> None:
    """Let elements grow from the size found on the curves to `size` inside."""
    field = gmsh.model.mesh.field
    extend = field.add("Extend")
    field.setNumbers(extend, "CurvesList", [tag for _, tag in gmsh.model.getEntities(1)])
    field.setNumber(extend, "DistMax", max(abs(size - boundary_size) / GROWTH, boundary_size))
    field.setNumber(extend, "SizeMax", size)
    field.setNumber(extend, "Power", 1)
    field.setAsBackgroundMesh(extend)


def _arrays() -> dict[str, Any]:
    """Points, cells and facets as arrays, for measures that need no Gmsh."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    number = np.zeros(int(tags.max()) + 1, np.int64)
    number[tags] = np.arange(len(tags))
    grains = [tag for _, tag in gmsh.model.getPhysicalGroups(2)]
    per_grain = [_elements(2, tag, TRIANGLE) for tag in grains]
    groups = {tag for _, tag in gmsh.model.getPhysicalGroups(1)}
    none = np.empty((0, 2), np.int64)
    return {
        "points": coordinates.reshape(-1, 3)[:, :2],
        "cells": number[np.vstack(per_grain)],
        "grains": np.repeat(np.array(grains) - 1, [len(part) for part in per_grain]),
        "boundary": number[_elements(1, BOUNDARY, LINE)] if BOUNDARY in groups else none,
        "outer": number[_elements(1, OUTER, LINE)],
    }


def _elements(dimension: int, group: int, kind: int) -> Any:
    """Node tags (n, dimension + 1) of the elements of one physical group."""
    entities = gmsh.model.getEntitiesForPhysicalGroup(dimension, group)
    nodes = [gmsh.model.mesh.getElementsByType(kind, entity)[1] for entity in entities]
    return np.concatenate(nodes).reshape(-1, dimension + 1).astype(np.int64)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:  # Gmsh raises plain exceptions; the caller reads this one line
        sys.exit(str(error) or repr(error))

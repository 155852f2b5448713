"""Mesh with Gmsh. Run as a script, so that a hanging Gmsh can be killed:

python worker.py disc|faces|volumes FOLDER SECONDS reads geometry.npz there (volumes: surface.msh
too) and writes cells.npz: points (n, 3), cells and the region of each. It computes for SECONDS at
most.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import gmsh
import numpy as np

GROWTH = 0.3  # of element size per distance, from the boundaries inwards
FRONTAL_DELAUNAY, HXT = 6, 10
SIMPLEX = {2: 2, 3: 4}  # Gmsh's number of the simplex of a dimension

Arrays = dict[str, Any]


class Task(NamedTuple):
    """What to mesh: a function that draws it and returns its entities, their dimension, options."""

    draw: Callable[[Arrays, Path], list[int]]
    dimension: int
    options: dict[str, float]


def main(task: Task, folder: Path) -> None:
    """Mesh the geometry in `folder`."""
    with np.load(folder / "geometry.npz") as data:
        inputs = dict(data)
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        options = {"General.Terminal": 0, "General.NumThreads": 1} | task.options
        for name, value in options.items():
            gmsh.option.setNumber(name, value)
        gmsh.model.add("particle")
        entities = task.draw(inputs, folder)
        gmsh.model.mesh.generate(task.dimension)
        np.savez(folder / "cells.npz", **_arrays(entities, task.dimension))
    finally:
        gmsh.finalize()


def draw_disc(inputs: Arrays, folder: Path) -> list[int]:
    """Surfaces of the grains of a disc, in order."""
    geometry, is_round = gmsh.model.geo, inputs["sides"][:, 1] < 0
    centre = geometry.addPoint(0, 0, 0)
    points = [
        geometry.addPoint(x, y, 0, size)
        for (x, y), size in zip(inputs["vertices"], inputs["vertex_sizes"], strict=True)
    ]
    curves = []
    for (a, b), is_arc in zip(inputs["facets"], is_round, strict=True):
        ends = points[a], points[b]
        curve = (
            geometry.addCircleArc(ends[0], centre, ends[1]) if is_arc else geometry.addLine(*ends)
        )
        curves.append(curve)
    surfaces = []
    for loop in np.split(inputs["loops"], np.cumsum(inputs["loop_lengths"])[:-1]):
        signed = [np.sign(number) * curves[abs(number) - 1] for number in loop]
        surfaces.append(geometry.addPlaneSurface([geometry.addCurveLoop(signed)]))
    geometry.synchronize()
    _grow_inwards(inputs, 1)
    return surfaces


def draw_faces(inputs: Arrays, folder: Path) -> list[int]:
    """Surfaces of plane polygons whose corners are kept; no others are put on the outlines.

    Point k + 1 and line k + 1 begin at corner k; surface f + 1 is polygon f.
    """
    gmsh.option.setNumber("Mesh.MeshSizeMax", float(inputs["largest"]))
    geometry, corners, starts = gmsh.model.geo, inputs["corners"], inputs["starts"]
    for number, (x, y) in enumerate(corners.tolist(), start=1):
        geometry.addPoint(x, y, 0, 0, number)
    ends = [*starts[1:].tolist(), len(corners)]
    for face, (start, end) in enumerate(zip(starts.tolist(), ends, strict=True), start=1):
        lines = list(range(start + 1, end + 1))
        for line, following in zip(lines, [*lines[1:], start + 1], strict=True):
            geometry.addLine(line, following, line)
            geometry.mesh.setTransfiniteCurve(line, 2)
        geometry.addPlaneSurface([geometry.addCurveLoop(lines, face)], face)
    geometry.synchronize()
    return list(range(1, len(starts) + 1))


def draw_volumes(inputs: Arrays, folder: Path) -> list[int]:
    """Volumes g + 1 of the grains g, between the surfaces f + 1 of their faces f."""
    gmsh.open(str(folder / "surface.msh"))
    geometry, sides = gmsh.model.geo, inputs["sides"]
    grains = int(sides.max()) + 1
    face, side = np.nonzero(sides >= 0)
    order = np.argsort(sides[face, side], kind="stable")
    owner, surfaces = sides[face, side][order], face[order] + 1
    ends = np.searchsorted(owner, np.arange(1, grains))
    for grain, own in enumerate(np.split(surfaces, ends), start=1):
        geometry.addVolume([geometry.addSurfaceLoop(own.tolist())], grain)
    geometry.synchronize()
    _grow_inwards(inputs, 2)
    return list(range(1, grains + 1))


def _grow_inwards(inputs: Arrays, dimension: int) -> None:
    """Let elements grow from the size found on the entities of a dimension to that inside."""
    boundary, inside = float(inputs["boundary"]), float(inputs["inside"])
    field = gmsh.model.mesh.field
    extend = field.add("Extend")
    entities = [tag for _, tag in gmsh.model.getEntities(dimension)]
    field.setNumbers(extend, {1: "CurvesList", 2: "SurfacesList"}[dimension], entities)
    field.setNumber(extend, "DistMax", max(abs(inside - boundary) / GROWTH, boundary))
    field.setNumber(extend, "SizeMax", inside)
    field.setNumber(extend, "Power", 1)
    field.setAsBackgroundMesh(extend)


def _arrays(entities: list[int], dimension: int) -> Arrays:
    """All points in the order of their tags, those drawn first; cells and their regions."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    order = np.argsort(tags)
    number = np.zeros(int(tags.max()) + 1, np.int64)
    number[tags[order]] = np.arange(len(tags))
    cells = [
        gmsh.model.mesh.getElementsByType(SIMPLEX[dimension], entity)[1].reshape(-1, dimension + 1)
        for entity in entities
    ]
    return {
        "points": coordinates.reshape(-1, 3)[order],
        "cells": number[np.vstack(cells)],
        "region": np.repeat(np.arange(len(entities)), [len(part) for part in cells]),
    }


TASKS = {
    "disc": Task(
        draw_disc,
        2,
        {
            "Mesh.Algorithm": FRONTAL_DELAUNAY,
            "Mesh.MeshSizeExtendFromBoundary": 0,
            "Mesh.MeshSizeFromPoints": 1,
        },
    ),
    "faces": Task(
        draw_faces,
        2,
        {"Mesh.Algorithm": FRONTAL_DELAUNAY, "Mesh.MeshSizeExtendFromBoundary": 1},
    ),
    "volumes": Task(
        draw_volumes, 3, {"Mesh.Algorithm3D": HXT, "Mesh.MeshSizeExtendFromBoundary": 0}
    ),
}

if __name__ == "__main__":
    try:
        limit = int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        main(TASKS[sys.argv[1]], Path(sys.argv[2]))
    except Exception as error:  # Gmsh raises plain exceptions; the caller reads this one line
        sys.exit(str(error) or repr(error))

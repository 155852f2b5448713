"""Fill closed triangle surfaces with tetrahedra by Gmsh. Run as a script, that can be killed:

python gmsh_volumes.py FOLDER reads geometry.npz there and writes cells.npz.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gmsh
import numpy as np

HXT = 10
GROWTH = 0.3  # of element size per distance, from the boundaries inwards
TETRAHEDRON, TRIANGLE = 4, 2


def main(folder: Path) -> None:
    """Mesh the volumes in `folder`."""
    with np.load(folder / "geometry.npz") as data:
        given = dict(data)
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,
            "Mesh.Algorithm3D": HXT,
            "Mesh.MeshSizeExtendFromBoundary": 0,
        }.items():
            gmsh.option.setNumber(name, value)
        gmsh.model.add("volumes")
        grains = _draw(given)
        _set_sizes(float(given["boundary"]), float(given["inside"]))
        gmsh.model.mesh.generate(3)
        np.savez(folder / "cells.npz", **_arrays(len(given["points"]), grains))
    finally:
        gmsh.finalize()


def _draw(given: dict[str, Any]) -> int:
    """Surface f + 1 is face f, volume g + 1 is grain g; the number of grains."""
    points, triangles, face, sides = (given[k] for k in ("points", "triangles", "face", "sides"))
    owner = np.zeros(len(points), np.int64)
    owner[triangles] = face[:, None]
    ends = np.searchsorted(face, np.arange(len(sides) + 1))
    order = np.argsort(owner, kind="stable")
    node_ends = np.searchsorted(owner[order], np.arange(len(sides) + 1))
    for number in range(len(sides)):
        nodes = order[node_ends[number] : node_ends[number + 1]]
        gmsh.model.addDiscreteEntity(2, number + 1)
        gmsh.model.mesh.addNodes(2, number + 1, nodes + 1, points[nodes].ravel())
    for number in range(len(sides)):
        own = triangles[ends[number] : ends[number + 1]] + 1
        gmsh.model.mesh.addElementsByType(number + 1, TRIANGLE, [], own.ravel())
    grains = int(sides.max()) + 1
    for grain in range(grains):
        own = np.nonzero((sides == grain).any(axis=1))[0] + 1
        gmsh.model.geo.addVolume([gmsh.model.geo.addSurfaceLoop(own.tolist())], grain + 1)
    gmsh.model.geo.synchronize()
    return grains


def _set_sizes(boundary_size: float, size: float) -> None:
    """Let elements grow from the size found on the faces to `size` inside."""
    field = gmsh.model.mesh.field
    extend = field.add("Extend")
    field.setNumbers(extend, "SurfacesList", [tag for _, tag in gmsh.model.getEntities(2)])
    field.setNumber(extend, "DistMax", max(abs(size - boundary_size) / GROWTH, boundary_size))
    field.setNumber(extend, "SizeMax", size)
    field.setNumber(extend, "Power", 1)
    field.setAsBackgroundMesh(extend)


def _arrays(corners: int, grains: int) -> dict[str, Any]:
    """All points, those given first; cells and their grains."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    order = np.argsort(tags)
    number = np.zeros(int(tags.max()) + 1, np.int64)
    number[tags[order]] = np.arange(len(tags))
    cells = [
        gmsh.model.mesh.getElementsByType(TETRAHEDRON, grain)[1].reshape(-1, 4)
        for grain in range(1, grains + 1)
    ]
    return {
        "points": coordinates.reshape(-1, 3)[order],
        "cells": number[np.vstack(cells)],
        "region": np.repeat(np.arange(grains), [len(part) for part in cells]),
    }


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:  # Gmsh raises plain exceptions; the caller reads this one line
        sys.exit(str(error) or repr(error))

"""Fill closed triangle surfaces with tetrahedra by Gmsh. Run as a script, that can be killed:

python gmsh_volumes.py FOLDER reads surface.msh and geometry.npz there and writes cells.npz.
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
        gmsh.open(str(folder / "surface.msh"))
        grains = _draw(given["sides"])
        _set_sizes(float(given["boundary"]), float(given["inside"]))
        gmsh.model.mesh.generate(3)
        np.savez(folder / "cells.npz", **_arrays(grains))
    finally:
        gmsh.finalize()


def _draw(sides: Any) -> int:
    """Volume g + 1 is grain g, between the surfaces f + 1 of its faces f; the number of grains."""
    geometry, grains = gmsh.model.geo, int(sides.max()) + 1
    face, side = np.nonzero(sides >= 0)
    order = np.argsort(sides[face, side], kind="stable")
    owner, surfaces = sides[face, side][order], face[order] + 1
    ends = np.searchsorted(owner, np.arange(1, grains))
    for grain, own in enumerate(np.split(surfaces, ends), start=1):
        geometry.addVolume([geometry.addSurfaceLoop(own.tolist())], grain)
    geometry.synchronize()
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


def _arrays(grains: int) -> dict[str, Any]:
    """All points, those of the faces first; cells and their grains."""
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

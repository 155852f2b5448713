"""Mesh plane polygons with Gmsh. Run as a script, so that a hanging Gmsh can be killed:

python gmsh_faces.py FOLDER reads geometry.npz there and writes cells.npz. The corners given are
kept, no others are put on the outlines.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import gmsh
import numpy as np

FRONTAL_DELAUNAY = 6
TRIANGLE = 2


def main(folder: Path) -> None:
    """Mesh the polygons in `folder`."""
    with np.load(folder / "geometry.npz") as data:
        given = dict(data)
    gmsh.initialize(readConfigFiles=False, interruptible=False)
    try:
        for name, value in {
            "General.Terminal": 0,
            "General.NumThreads": 1,
            "Mesh.Algorithm": FRONTAL_DELAUNAY,
            "Mesh.MeshSizeExtendFromBoundary": 1,
            "Mesh.MeshSizeMax": float(given["largest"]),
        }.items():
            gmsh.option.setNumber(name, value)
        gmsh.model.add("faces")
        _draw(given["corners"], given["starts"])
        gmsh.model.mesh.generate(2)
        np.savez(folder / "cells.npz", **_arrays(len(given["corners"]), len(given["starts"])))
    finally:
        gmsh.finalize()


def _draw(corners: Any, starts: Any) -> None:
    """Point k + 1 and line k + 1 begin at corner k; surface f + 1 is polygon f."""
    geometry = gmsh.model.geo
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


def _arrays(corners: int, faces: int) -> dict[str, Any]:
    """Points that were added, triangles (corners counted first) and their faces."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes(2)
    number = np.zeros(int(gmsh.model.mesh.getMaxNodeTag()) + 1, np.int64)
    number[tags] = corners + np.arange(len(tags))
    own, _, _ = gmsh.model.mesh.getNodes(0)
    number[own] = np.arange(corners)
    triangles = [
        gmsh.model.mesh.getElementsByType(TRIANGLE, face)[1].reshape(-1, 3)
        for face in range(1, faces + 1)
    ]
    return {
        "points": coordinates.reshape(-1, 3)[:, :2],
        "cells": number[np.vstack(triangles)],
        "region": np.repeat(np.arange(faces), [len(part) for part in triangles]),
    }


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except Exception as error:  # Gmsh raises plain exceptions; the caller reads this one line
        sys.exit(str(error) or repr(error))

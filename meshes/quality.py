"""Measures of a mesh, from its arrays alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from meshes.complexes import Floats, MeshError, cross
from meshes.gmsh_process import Mesh

LEAST_SICN = 0.05  # below it a mesh is refused: its worst cell would spoil the linear algebra


class Quality(NamedTuple):
    """Size and shape of a mesh; lengths in um, quality as signed inverse condition number."""

    cells: int
    nodes: int
    boundary_facets: int
    outer_facets: int
    sicn_min: float
    sicn_median: float
    shortest_edge: float
    median_edge: float
    area_deficit: float


def measure(mesh: Mesh, radius: float) -> Quality:
    """Quality of a mesh of a disc; `area_deficit` is relative to the disc of `radius` (um)."""
    sicn = shape(mesh)
    edges = edge_lengths(mesh)
    return Quality(
        cells=len(mesh.cells),
        nodes=len(np.unique(mesh.cells)),
        boundary_facets=len(mesh.boundary),
        outer_facets=len(mesh.outer),
        sicn_min=float(sicn.min()),
        sicn_median=float(np.median(sicn)),
        shortest_edge=float(edges.min()),
        median_edge=float(np.median(edges)),
        area_deficit=float(1 - areas(mesh).sum() / (np.pi * radius**2)),
    )


def require_sound(mesh: Mesh, quality: Quality, count: int) -> None:
    """Raise MeshError for a missing grain or a cell that is turned over or nearly flat."""
    missing = count - len(np.unique(mesh.grains))
    if missing:
        raise MeshError(f"{missing} of {count} grains have no cells")
    if quality.sicn_min < LEAST_SICN:
        raise MeshError(f"the worst cell has a shape quality (SICN) of {quality.sicn_min:.2g}")


def areas(mesh: Mesh) -> Floats:
    """Signed areas (C,) of the cells, um^2; positive when counter-clockwise."""
    a, b, c = (mesh.points[mesh.cells[:, k]] for k in range(3))
    return 0.5 * cross(b - a, c - a)


def shape(mesh: Mesh) -> Floats:
    """Signed inverse condition number (C,) of the cells: 1 equilateral, 0 flat, < 0 inverted.

    For a triangle it is 4 sqrt(3) area / (sum of the squared edges).
    """
    square = _edges(mesh) ** 2
    return 4 * np.sqrt(3) * areas(mesh) / square.sum(axis=1)


def edge_lengths(mesh: Mesh) -> Floats:
    """Lengths of all edges of all cells (3 C,), um; inner edges come twice."""
    return _edges(mesh).ravel()


def grain_measures(mesh: Mesh, count: int) -> tuple[Floats, Floats]:
    """Areas (count,) um^2 and centroids (count, 2) um of the grains."""
    area = areas(mesh)
    total = np.bincount(mesh.grains, area, count).astype(np.float64)
    middle = mesh.points[mesh.cells].mean(axis=1)
    sums = [np.bincount(mesh.grains, area * column, count) for column in middle.T]
    return total, np.column_stack(sums) / total[:, None]


def _edges(mesh: Mesh) -> Floats:
    corners = mesh.points[mesh.cells]
    return np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2)

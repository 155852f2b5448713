"""How large a mesh will be, without meshing."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from meshes.image import expected_cells_of_image, grain_labels
from meshes.labels import read_labels
from meshes.simplices import Simplices, between_regions, facet_areas, facets, volumes
from meshes.sizes import BALL, DIMENSION, expected_cells, micrometres, sizes_of
from meshes.voxels import BACKGROUND

if TYPE_CHECKING:
    from solver.case import AnyParticle, ImageCase, ParticleCase

# Surface of a grain and of a ball of volume 1; that of grains is of regular hexagons and of
# truncated octahedra, with three percent for their irregularity.
GRAIN_SURFACE = {2: 1.03 * 3.722, 3: 1.03 * 5.315}
BALL_SURFACE = {2: 2 * pi**0.5, 3: (36 * pi) ** (1 / 3)}
FACET = {2: 1.0, 3: 0.433}  # area of a regular facet of edge 1
LATTICE_FACET = {2: 0.75, 3: 0.30}  # also across half cubes: smaller than regular ones
STAIRS = {2: pi / 4, 3: 2 / 3}  # area of a surface over that of its steps, all directions alike


class Estimate(NamedTuple):
    """Expected size of a mesh, good to 20 % or so.

    radius: of a ball of the same volume, um. boundary_area: of the boundaries per volume of the
    particle, each counted once, 1/um.
    """

    dimension: int
    grains: int
    radius: float
    cells: int
    points: int
    boundary_facets: int
    boundary_area: float


def estimate(particle: AnyParticle) -> Estimate:
    """Size that the mesh of a particle will have. MeshError if its file cannot be used."""
    if particle.shape == "image":
        return _of_image(particle)
    if particle.shape == "file":
        from meshes.imported import read_mesh

        return _of_mesh(read_mesh(Path(particle.path), micrometres(particle.unit)))
    return _of_round(particle)


def _of_round(particle: ParticleCase) -> Estimate:
    d, radius = DIMENSION[particle.shape], micrometres(particle.radius)
    sizes, count = sizes_of(particle), particle.grains.count
    cells = expected_cells(sizes, d, radius, count)
    volume = BALL[d] * radius**d
    area = 0.5 * (GRAIN_SURFACE[d] * count ** (1 / d) - BALL_SURFACE[d]) * volume ** (1 - 1 / d)
    area = area if count > 1 else 0.0
    outer = BALL_SURFACE[d] * volume ** (1 - 1 / d) / (FACET[d] * sizes.surface ** (d - 1))
    inner = area / (FACET[d] * sizes.boundary ** (d - 1))
    points = _points(d, cells, outer)
    return Estimate(d, count, radius, round(cells), points, round(inner), area / volume)


def _of_image(particle: ImageCase) -> Estimate:
    labels, voxel = read_labels(Path(particle.path)), micrometres(particle.voxel)
    size, d = micrometres(particle.mesh.size), labels.ndim
    cells = expected_cells_of_image(labels, voxel, size)
    padded = np.pad(labels, 1)
    inner, outer = 0, 0
    for axis in range(d):
        a, b = np.moveaxis(padded, axis, 0)[:-1], np.moveaxis(padded, axis, 0)[1:]
        at_outside = (a == BACKGROUND) | (b == BACKGROUND)
        inner += int(((a != b) & ~at_outside).sum())
        outer += int(((a != b) & at_outside).sum())
    volume = int((labels != BACKGROUND).sum()) * voxel**d
    area, facet = STAIRS[d] * voxel ** (d - 1), LATTICE_FACET[d] * size ** (d - 1)
    return Estimate(
        dimension=d,
        grains=len(grain_labels(labels)),
        radius=ball_radius(volume, d),
        cells=cells,
        points=_points(d, cells, outer * area / facet),
        boundary_facets=round(inner * area / facet),
        boundary_area=inner * area / volume,
    )


def _of_mesh(mesh: Simplices) -> Estimate:
    inner = between_regions(mesh, facets(mesh))
    volume = float(volumes(mesh).sum())
    return Estimate(
        dimension=mesh.dimension,
        grains=len(mesh.names),
        radius=ball_radius(volume, mesh.dimension),
        cells=len(mesh.cells),
        points=len(mesh.points),
        boundary_facets=len(inner.nodes),
        boundary_area=float(facet_areas(mesh.points, inner.nodes).sum()) / volume,
    )


def ball_radius(volume: float, d: int) -> float:
    """Radius of a disc or ball of a volume."""
    return float((volume / BALL[d]) ** (1 / d))


def _points(d: int, cells: float, outer: float) -> int:
    """Points of a mesh with that many cells and outer facets: Euler's formula in 2D."""
    return round(cells / 2 + outer / 2 + 1 if d == 2 else cells / 6 + outer / 4)

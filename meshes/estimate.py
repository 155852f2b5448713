"""How large a mesh will be, without meshing."""

from __future__ import annotations

from math import pi
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.errors import MeshError
from meshes.image.labels import labels_of
from meshes.image.mesh import expected_cells_of_image, grain_labels
from meshes.image.voxels import BACKGROUND
from meshes.simplices import Simplices, between_regions, facet_areas, facets, volumes
from meshes.sizes import (
    BALL,
    DIMENSION,
    expected_cells,
    micrometres,
    pore_radius,
    sizes_of,
    solid_radius,
)
from meshes.stereology import boundaries_of_ball
from solver.case.expected_mesh import ExpectedMesh

if TYPE_CHECKING:
    from solver.case import AnyParticle, ImageCase, ParticleCase
    from solver.case.particle import BoundaryCase

# Surface of a grain of volume 1: of regular hexagons and of truncated octahedra, with some percent
# for their irregularity.
GRAIN_SURFACE = {2: 1.04 * 3.722, 3: 1.09 * 5.315}
FACET = {2: 1.0, 3: 0.433}  # area of a regular facet of edge 1
# Facets that meshes have over regular ones: edges of the tessellation are cut into whole numbers.
FACET_EXCESS = {2: 1.0, 3: 1.2}
SIDE = 0.62  # of a hexagon, over the diameter of a disc as large
PER_FACET = {2: 2, 3: 3}  # cells that a layer on a facet has
LATTICE_FACET = {2: 0.75, 3: 0.30}  # also across half cubes: smaller than regular ones
STAIRS = {2: pi / 4, 3: 2 / 3}  # area of a surface over that of its steps, all directions alike


def estimate(particle: AnyParticle) -> ExpectedMesh:
    """Size that the mesh of a particle will have. MeshError if its file cannot be used."""
    return _with_phases(_of_grains(particle), particle)


def _of_grains(particle: AnyParticle) -> ExpectedMesh:
    if particle.shape == "image":
        return _of_image(particle)
    if particle.shape == "file":
        from meshes.files.imported import read_mesh

        return _of_mesh(read_mesh(Path(particle.path), micrometres(particle.unit)))
    return _of_round(particle)


def _with_phases(grains: ExpectedMesh, particle: AnyParticle) -> ExpectedMesh:
    """The size with the cells of a film, two layers of them, and of a coating."""
    boundary, d = particle.boundary, grains.dimension
    filled = boundary.thickness is not None or boundary.infusion is not None
    between = round(_filled_share(boundary, grains) * grains.boundary_facets) if filled else 0
    around = 0 if particle.coating is None else grains.outer_facets
    layers = 2 * between + around
    return grains._replace(
        cells=grains.cells + PER_FACET[d] * layers,
        points=grains.points + round(layers / (d - 1)),
        boundary_facets=grains.boundary_facets + between + around,
    )


def _filled_share(rule: BoundaryCase, grains: ExpectedMesh) -> float:
    """Part of the boundaries that a rule fills, at most."""
    if rule.depth is not None:
        return 1 - max(1 - micrometres(rule.depth) / grains.radius, 0.0) ** grains.dimension
    return 1.0 if rule.fraction is None else rule.fraction


def _of_round(particle: ParticleCase) -> ExpectedMesh:
    d, radius = DIMENSION[particle.shape], micrometres(particle.radius)
    sizes, count, pore = sizes_of(particle), particle.grains.count, pore_radius(particle)
    cells = expected_cells(sizes, d, radius, count, pore)
    solid = solid_radius(radius, pore, d)
    wall = BALL[d] * d * pore ** (d - 1)
    if d == 2 and count > 1:
        side = SIDE * 2 * solid / count**0.5
        sizes = sizes._replace(boundary=side / (side / sizes.boundary + 0.5))
    volume = BALL[d] * solid**d
    round_about = BALL[d] * d * radius ** (d - 1)
    whole = GRAIN_SURFACE[d] * count ** (1 / d) * volume ** (1 - 1 / d)
    area = 0.5 * (whole - round_about - wall) if count > 1 else 0.0
    outer = round_about / (FACET[d] * sizes.surface ** (d - 1))
    inner = wall / (FACET[d] * sizes.boundary ** (d - 1))
    return ExpectedMesh(
        dimension=d,
        grains=count,
        radius=solid,
        cells=round(cells),
        points=_points(d, cells, outer + inner),
        boundary_facets=round(FACET_EXCESS[d] * area / (FACET[d] * sizes.boundary ** (d - 1))),
        outer_facets=round(outer),
        boundary_area=area / volume,
        ball_boundary_area=boundaries_of_ball(area / volume, d),
        cell=edge_of_cell(volume / cells, d),
    )


def _of_image(particle: ImageCase) -> ExpectedMesh:
    labels, voxel = labels_of(particle), micrometres(particle.voxel)
    size, d, grains = micrometres(particle.mesh.size), labels.ndim, len(grain_labels(labels))
    cells = expected_cells_of_image(labels, voxel, size)
    if cells < grains:
        raise MeshError(
            f"mesh.size ({size:g} um) is too large for the image: about {cells} cells for "
            f"{grains} grains in {' x '.join(f'{n * voxel:.3g}' for n in labels.shape)} um"
        )
    padded = np.pad(labels, 1)
    inner, outer = 0, 0
    for axis in range(d):
        a, b = np.moveaxis(padded, axis, 0)[:-1], np.moveaxis(padded, axis, 0)[1:]
        at_outside = (a == BACKGROUND) | (b == BACKGROUND)
        inner += int(((a != b) & ~at_outside).sum())
        outer += int(((a != b) & at_outside).sum())
    volume = int((labels != BACKGROUND).sum()) * voxel**d
    area, facet = STAIRS[d] * voxel ** (d - 1), LATTICE_FACET[d] * size ** (d - 1)
    return ExpectedMesh(
        dimension=d,
        grains=grains,
        radius=ball_radius(volume, d),
        cells=cells,
        points=_points(d, cells, outer * area / facet),
        boundary_facets=round(inner * area / facet),
        outer_facets=round(outer * area / facet),
        boundary_area=inner * area / volume,
        ball_boundary_area=boundaries_of_ball(inner * area / volume, d),
        cell=edge_of_cell(volume / cells, d),
    )


def _of_mesh(mesh: Simplices) -> ExpectedMesh:
    every = facets(mesh)
    inner = between_regions(mesh, every)
    sizes = volumes(mesh)
    volume = float(sizes.sum())
    area = float(facet_areas(mesh.points, inner.nodes).sum())
    return ExpectedMesh(
        dimension=mesh.dimension,
        grains=len(mesh.names),
        radius=ball_radius(volume, mesh.dimension),
        cells=len(mesh.cells),
        points=len(mesh.points),
        boundary_facets=len(inner.nodes),
        outer_facets=int(every.is_outside.sum()),
        boundary_area=area / volume,
        ball_boundary_area=boundaries_of_ball(area / volume, mesh.dimension),
        cell=edge_of_cell(float(np.median(sizes)), mesh.dimension),
    )


def edge_of_cell(volume: float, d: int) -> float:
    """Edge of a regular triangle or tetrahedron of a volume."""
    return float((4 / 3**0.5 * volume) ** 0.5 if d == 2 else (6 * 2**0.5 * volume) ** (1 / 3))


def ball_radius(volume: float, d: int) -> float:
    """Radius of a disc or ball of a volume."""
    return float((volume / BALL[d]) ** (1 / d))


def _points(d: int, cells: float, outer: float) -> int:
    """Points of a mesh with that many cells and outer facets: Euler's formula in 2D."""
    return round(cells / 2 + outer / 2 + 1 if d == 2 else cells / 6 + outer / 4)

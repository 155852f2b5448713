"""Measures of a mesh, from its arrays alone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from meshes.arrays import Bools, Floats
from meshes.errors import MeshError
from meshes.simplices import (
    Simplices,
    between_regions,
    edge_lengths,
    facet_areas,
    facets,
    outer_and_pore,
    pore_volume,
    region_measures,
    require_valid,
    shape,
    volumes,
)
from meshes.sizes import BALL

LEAST_SICN = 0.05  # below it a mesh is refused: its worst cell would spoil the linear algebra


class Quality(NamedTuple):
    """Size and shape of a mesh; lengths in um, shape as signed inverse condition number (SICN).

    sicn_min, sicn_median: of cells of grains alone, as films and coatings are thin on purpose.
    region_nodes: those at boundaries count once in every region they belong to.
    volume_deficit: part of the ball of the radius given that the outside lacks, whatever cavities
    there are within. grain_diameter: mean diameter of a ball as large as a grain; grain_spread:
    standard deviation of its logarithm.
    boundary_area: of the boundaries per volume of the particle, each counted once, 1/um.
    """

    cells: int
    nodes: int
    region_nodes: int
    boundary_facets: int
    outer_facets: int
    sicn_min: float
    sicn_median: float
    shortest_edge: float
    median_edge: float
    volume_deficit: float
    grain_diameter: float
    grain_spread: float
    boundary_area: float


def measure(mesh: Simplices, radius: float) -> Quality:
    """Quality of a mesh of a disc or ball of `radius` (um)."""
    sicn, lengths, every = shape(mesh)[_in_grain(mesh)], edge_lengths(mesh), facets(mesh)
    boundary = between_regions(mesh, every)
    outer, pore = outer_and_pore(mesh, every)
    total = volumes(mesh).sum()
    within = total + pore_volume(mesh, pore)
    diameters = grain_diameters(mesh)
    return Quality(
        cells=len(mesh.cells),
        nodes=len(np.unique(mesh.cells)),
        region_nodes=len(np.unique(mesh.cells * len(mesh.names) + mesh.region[:, None])),
        boundary_facets=len(boundary.nodes),
        outer_facets=len(outer.nodes),
        sicn_min=float(sicn.min()),
        sicn_median=float(np.median(sicn)),
        shortest_edge=float(lengths.min()),
        median_edge=float(np.median(lengths)),
        volume_deficit=float(1 - within / (BALL[mesh.dimension] * radius**mesh.dimension)),
        grain_diameter=float(diameters.mean()),
        grain_spread=float(np.log(diameters).std()),
        boundary_area=float(facet_areas(mesh.points, boundary.nodes).sum() / total),
    )


def with_phases(mesh: Simplices, radius: float, grains: Simplices, bare: Quality) -> Quality:
    """Quality of a mesh that a film and a coating were added to.

    The area of its boundaries, and what it lacks of the ball, are those of the `bare` grains.
    """
    quality = measure(mesh, radius)
    area = bare.boundary_area * volumes(grains).sum()
    return quality._replace(
        volume_deficit=bare.volume_deficit,
        boundary_area=float(area / volumes(mesh).sum()),
    )


def pore_report(mesh: Simplices, radius: float) -> dict[str, float] | None:
    """Radius (um), area (um^(d-1)) and volume (um^d) of the cavities; None without any.

    radius: that of the round pore wanted; of a ball as large as the cavities if it is 0. deficit:
    part of that ball that the cavities lack.
    """
    pore, d = outer_and_pore(mesh, facets(mesh))[1], mesh.dimension
    if len(pore.nodes) == 0:
        return None
    volume = pore_volume(mesh, pore)
    radius = radius or (volume / BALL[d]) ** (1 / d)
    return {
        "radius": radius,
        "area": float(facet_areas(mesh.points, pore.nodes).sum()),
        "volume": volume,
        "deficit": 1 - volume / (BALL[d] * radius**d),
    }


def grain_diameters(mesh: Simplices) -> Floats:
    """Diameters (grains,) of discs or balls as large as the grains, um."""
    volume = region_measures(mesh)[0][_are_grains(mesh)]
    return 2 * (volume / BALL[mesh.dimension]) ** (1 / mesh.dimension)


def _are_grains(mesh: Simplices) -> Bools:
    """(regions,) whether a region is a grain."""
    return np.array([name.startswith("grain_") for name in mesh.names])


def _in_grain(mesh: Simplices) -> Bools:
    """(m,) whether a cell belongs to a grain."""
    return _are_grains(mesh)[mesh.region]


def require_sound(mesh: Simplices, quality: Quality) -> None:
    """Raise MeshError for an empty region, a cell turned over, or one of a grain nearly flat."""
    require_valid(mesh)
    if quality.sicn_min < LEAST_SICN:
        raise MeshError(f"the worst cell has a shape quality (SICN) of {quality.sicn_min:.2g}")

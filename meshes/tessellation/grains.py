"""The grains of a disc or a sphere as a case describes them: no mesh has a say in them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np

from meshes.errors import MeshError
from meshes.sizes import DIMENSION, micrometres, pore_radius
from meshes.tessellation.ball import ball_cells
from meshes.tessellation.columnar import stretched, unstretched
from meshes.tessellation.complexes import Complex, GrainCells
from meshes.tessellation.enclosed import require_clear
from meshes.tessellation.polyhedra import Polyhedra
from meshes.tessellation.power import Seeds
from meshes.tessellation.regularize import collapse_short, merge_arcs
from meshes.tessellation.regularize_ball import regularize_ball
from meshes.tessellation.seeds import disc_cells, laguerre_seeds, voronoi_seeds

if TYPE_CHECKING:
    from solver.case import ParticleCase

REDRAWS = 5

log = logging.getLogger(__name__)

Cells = TypeVar("Cells", bound=GrainCells)


class Grains(NamedTuple, Generic[Cells]):
    """Bodies of the grains, and the edges (sides of a polygon in the plane) given up for them.

    shortest: um; shorter edges were drawn together. collapsed: how many were. short: how many
    stayed, as their collapse would have pinched a grain or folded it over. failed: why earlier
    drawings of the grains could not be used.
    """

    cells: Cells
    shortest: float
    collapsed: int
    short: int
    failed: tuple[str, ...] = ()


def disc_grains(particle: ParticleCase) -> Grains[Complex]:
    """Grains of a disc as polygons with an arc outside (um), as they go to the mesher."""
    return _drawn(particle, _disc)


def sphere_grains(particle: ParticleCase) -> Grains[Polyhedra]:
    """Grains of a sphere as polyhedra with a round outside (um), as they go to the mesher."""
    return _drawn(particle, _ball)


def complex_of(particle: ParticleCase) -> Complex:
    """Polygons of the grains of a disc, um."""
    return disc_grains(particle).cells


def _drawn(
    particle: ParticleCase, draw: Callable[[ParticleCase, int], Grains[Cells]]
) -> Grains[Cells]:
    """Grains of the first seeds that give sound ones; MeshError if none do."""
    failed: list[str] = []
    for attempt in range(1 + REDRAWS):
        try:
            return draw(particle, attempt)._replace(failed=tuple(failed))
        except MeshError as error:
            failed.append(f"seed {particle.seed}, grains drawn {attempt + 1}: {error}")
            log.warning("no sound grains, %s", failed[-1])
    raise MeshError("no sound grains:\n{}".format("\n".join(failed)))


def _disc(particle: ParticleCase, attempt: int) -> Grains[Complex]:
    drawn = merge_arcs(_shaped(particle, disc_cells(*_seeds(particle, attempt))))
    return _sound(drawn, collapse_short(drawn, _shortest(particle)), _shortest(particle))


def _ball(particle: ParticleCase, attempt: int) -> Grains[Polyhedra]:
    drawn = _shaped(particle, ball_cells(*_seeds(particle, attempt)))
    return _sound(drawn, regularize_ball(drawn, _shortest(particle)), _shortest(particle))


def _sound(drawn: Cells, cells: Cells, shortest: float) -> Grains[Cells]:
    """Cells whose short edges were drawn together, each to one point."""
    require_clear(cells)
    start, end = cells.vertices[cells.edges.T]
    short = int((np.linalg.norm(end - start, axis=1) < shortest).sum())
    return Grains(cells, shortest, len(drawn.vertices) - len(cells.vertices), short)


def _shortest(particle: ParticleCase) -> float:
    """Length of the shortest edges that stay, um."""
    return micrometres(particle.grains.shortest_edge * particle.mean_grain_diameter)


def _seeds(particle: ParticleCase, attempt: int) -> tuple[Seeds, float, float]:
    """Seeds of equiaxed grains, the radius of the particle and that of the pore between them."""
    rng = np.random.default_rng((particle.seed, 0, attempt))
    grains, radius, pore = particle.grains, micrometres(particle.radius), pore_radius(particle)
    if grains.core_radius is not None and grains.aspect_ratio is not None:
        pore = unstretched(pore, radius, grains.core_radius, grains.aspect_ratio)
    dimension = DIMENSION[particle.shape]
    seeds = voronoi_seeds(grains.count, dimension, radius, grains.relaxation, rng, pore)
    if grains.structure == "laguerre" and grains.size_spread is not None:
        seeds = laguerre_seeds(seeds, radius, grains.size_spread, rng, pore)
    return seeds, radius, pore


def _shaped(particle: ParticleCase, cells: Cells) -> Cells:
    """Equiaxed cells, stretched to columns where these are wanted."""
    grains = particle.grains
    if grains.core_radius is None or grains.aspect_ratio is None:
        return cells
    vertices = stretched(cells.vertices, cells.radius, grains.core_radius, grains.aspect_ratio)
    return replace(cells, vertices=vertices, pore=pore_radius(particle))

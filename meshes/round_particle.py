"""Discs and spheres: seeds, cells, regularised, meshed; one pipeline for 2D and 3D."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from meshes.errors import MeshError
from meshes.gmsh.process import fill_ball, mesh_complex
from meshes.simplices import Simplices, shape
from meshes.sizes import DIMENSION, Sizes, micrometres, pore_radius, scaled, sizes_of
from meshes.tessellation.ball import ball_cells
from meshes.tessellation.columnar import stretched, unstretched
from meshes.tessellation.complexes import Complex, GrainCells
from meshes.tessellation.enclosed import require_clear
from meshes.tessellation.polyhedra import Polyhedra
from meshes.tessellation.power import Seeds
from meshes.tessellation.regularize import regularize
from meshes.tessellation.regularize_ball import regularize_ball
from meshes.tessellation.seeds import disc_cells, laguerre_seeds, voronoi_seeds

if TYPE_CHECKING:
    from solver.case import ParticleCase

CELLS_TOLERANCE = 0.1  # a wanted number of cells missed by more is corrected once
WANTED_SICN = {2: 0.4, 3: 0.1}  # of the worst cell
CHOOSY = 3  # first attempts, which fail if it is less; later ones take what there is

log = logging.getLogger(__name__)

Cells = TypeVar("Cells", bound=GrainCells)


def mesh_round(particle: ParticleCase, attempt: int, folder: Path) -> Simplices:
    """Mesh of a particle, made in `folder`; another for each attempt. MeshError if it fails."""
    sizes, wanted = sizes_of(particle), particle.mesh.cells
    mesh = _meshed(particle, sizes, attempt, folder)
    if wanted is not None and abs(len(mesh.cells) / wanted - 1) > CELLS_TOLERANCE:
        log.info("%d cells instead of %d: edge lengths corrected", len(mesh.cells), wanted)
        factor = (len(mesh.cells) / wanted) ** (1 / mesh.dimension)
        mesh = _meshed(particle, scaled(sizes, factor), attempt, folder)
    worst = float(shape(mesh).min())
    if attempt < CHOOSY and worst < WANTED_SICN[mesh.dimension]:
        raise MeshError(f"the worst cell has a shape quality (SICN) of only {worst:.2g}")
    return mesh


def complex_of(particle: ParticleCase, attempt: int = 0) -> Complex:
    """Grains of a disc as polygons with an arc outside (um), as they go to the mesher."""
    return _disc(particle, attempt, sizes_of(particle))


def polyhedra_of(particle: ParticleCase, attempt: int = 0) -> Polyhedra:
    """Grains of a sphere as polyhedra with a round outside (um), as they go to the mesher."""
    return _ball(particle, attempt, sizes_of(particle))


def _meshed(particle: ParticleCase, sizes: Sizes, attempt: int, folder: Path) -> Simplices:
    if particle.shape == "disc":
        return mesh_complex(_disc(particle, attempt, sizes), sizes, folder)
    return fill_ball(_ball(particle, attempt, sizes), sizes, folder)


def _disc(particle: ParticleCase, attempt: int, sizes: Sizes) -> Complex:
    cells = disc_cells(*_seeds(particle, attempt))
    cells = regularize(_shaped(particle, cells), sizes.boundary)
    require_clear(cells)
    return cells


def _ball(particle: ParticleCase, attempt: int, sizes: Sizes) -> Polyhedra:
    cells = ball_cells(*_seeds(particle, attempt))
    cells = regularize_ball(_shaped(particle, cells), sizes.boundary)
    require_clear(cells)
    return cells


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

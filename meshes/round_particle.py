"""Meshes of discs and spheres: the same grains at every edge length."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from meshes.arrays import Floats
from meshes.errors import MeshError
from meshes.gmsh.process import fill_ball, mesh_complex
from meshes.simplices import Simplices, shape
from meshes.sizes import Sizes, scaled, sizes_of
from meshes.tessellation.complexes import Complex
from meshes.tessellation.grains import Grains, disc_grains, sphere_grains
from meshes.tessellation.middles import middles_of
from meshes.tessellation.polyhedra import Polyhedra

if TYPE_CHECKING:
    from solver.case import ParticleCase

CELLS_TOLERANCE = 0.1  # a wanted number of cells missed by more is corrected once
WANTED_SICN = {2: 0.35, 3: 0.1}  # of the worst cell
CHOOSY = 3  # first attempts, which fail if it is less; later ones take what there is
FINER = 0.95  # edge lengths of an attempt over those of the one before

log = logging.getLogger(__name__)


class RoundMesh(NamedTuple):
    """The mesh of a disc or a sphere, the grains it is of, and their middles (grains, d), um."""

    mesh: Simplices
    grains: Grains[Complex] | Grains[Polyhedra]
    middles: Floats


def mesh_round(particle: ParticleCase, attempt: int, folder: Path) -> RoundMesh:
    """Mesh of a particle, made in `folder`; a finer one for each attempt. MeshError if it fails."""
    grains = disc_grains(particle) if particle.shape == "disc" else sphere_grains(particle)
    sizes, wanted = scaled(sizes_of(particle), FINER**attempt), particle.mesh.cells
    mesh = _meshed(grains.cells, sizes, folder)
    if wanted is not None and abs(len(mesh.cells) / wanted - 1) > CELLS_TOLERANCE:
        log.info("%d cells instead of %d: edge lengths corrected", len(mesh.cells), wanted)
        factor = (len(mesh.cells) / wanted) ** (1 / mesh.dimension)
        mesh = _meshed(grains.cells, scaled(sizes, factor), folder)
    worst = float(shape(mesh).min())
    if attempt < CHOOSY and worst < WANTED_SICN[mesh.dimension]:
        raise MeshError(f"the worst cell has a shape quality (SICN) of only {worst:.2g}")
    return RoundMesh(mesh, grains, middles_of(grains.cells))


def _meshed(cells: Complex | Polyhedra, sizes: Sizes, folder: Path) -> Simplices:
    if isinstance(cells, Complex):
        return mesh_complex(cells, sizes, folder)
    return fill_ball(cells, sizes, folder)

"""Discs and spheres: tessellate, regularise, mesh."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from meshes.complexes import Complex
from meshes.gmsh_process import mesh_complex
from meshes.regularize import regularize
from meshes.simplices import Simplices
from meshes.sizes import micrometres, sizes_of
from meshes.tessellation import tessellate

if TYPE_CHECKING:
    from solver.case import ParticleCase


def mesh_round(particle: ParticleCase, attempt: int, folder: Path) -> Simplices:
    """Mesh of a particle, made in `folder`; another for each attempt. MeshError if it fails."""
    return mesh_complex(complex_of(particle, attempt), sizes_of(particle), folder)


def complex_of(particle: ParticleCase, attempt: int = 0) -> Complex:
    """Grains of a particle as polygons with an arc outside (um), as they go to the mesher."""
    rng = np.random.default_rng((particle.seed, 0, attempt))
    grains, radius = particle.grains, micrometres(particle.radius)
    cells = tessellate(grains.count, radius, grains.relaxation, rng)
    return regularize(cells, sizes_of(particle).boundary)

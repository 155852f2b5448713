"""What a body is made of: the solids that bear load, and what its chemistry needs."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from solver.case import Case
from solver.materials import BoundaryMaterial, load_filler_material
from solver.materials.solid import solid_of
from solver.materials.stiffness import MaterialStiffness
from solver.model.boundary_laws import Materials, boundary_materials_of, materials_of
from solver.model.oxides import Oxides, oxides_of
from solver.particle.mesh import Particle


class Solids(NamedTuple):
    """What a body is made of, and its grains as these solids have them.

    crystal, filler: stiffness, Pa. boundaries: by state. materials, oxides: with chemistry.
    """

    particle: Particle
    crystal: MaterialStiffness
    filler: MaterialStiffness | None
    boundaries: dict[str, BoundaryMaterial]
    materials: Materials | None = None
    oxides: Oxides | None = None


def solids_of(case: Case, particle: Particle, materials: Materials | None = None) -> Solids:
    """Solids and boundaries of a case, and what its chemistry needs if it has one."""
    if case.physics.transport.enabled:
        materials = materials or materials_of(case, particle)
        grain, filler = materials.grain, materials.filler
        oxides = oxides_of(case, particle, (grain, *materials.others))
        stiffness = filler.stiffness if filler else None
        return Solids(particle, grain.stiffness, stiffness, materials.boundaries, materials, oxides)
    stiffness = None
    if case.materials.solid is not None:
        particle = without_axes(particle)
    elif particle.is_filler.any():
        stiffness = load_filler_material(case.materials.filler).stiffness
    crystal = solid_of(case.materials).stiffness
    return Solids(particle, crystal, stiffness, boundary_materials_of(case, particle))


def without_axes(particle: Particle) -> Particle:
    """The grains of an isotropic solid have no axes whose angle would weaken a boundary."""
    return replace(particle, c_axis=np.tile([0.0, 0.0, 1.0], (particle.n_grains, 1)))

"""Which law each point of the boundaries follows: materials and strength by its state."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from solver.case import Case
from solver.materials import (
    BoundaryMaterial,
    ElectrolyteMaterial,
    FillerMaterial,
    GrainMaterial,
    InterphaseMaterial,
    load_boundary_material,
    load_electrolyte_material,
    load_filler_material,
    load_grain_material,
    load_interphase_material,
)
from solver.materials.resistance import nominal_law
from solver.model.bond import SlidingLaw
from solver.model.regions import cell_values
from solver.model.spaces import Spaces
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle
from solver.physics.cohesive import Strength
from solver.physics.mechanics import Stiffness
from solver.physics.strength import strength_factor
from solver.units.constants import SECOND

Floats = npt.NDArray[np.floating]
UNBREAKABLE = 1e6  # times the given strength: what `cohesive: enabled: false` means
FILLED = "lpo"  # how a face between a grain and a filler holds
LIQUID = "liquid"  # how electrolyte fills a boundary


class Materials(NamedTuple):
    """What a particle is made of and what is around it.

    boundaries: by state. filler: of films, coatings and filled boundaries, if there are any.
    interphases: that grow on bare oxide and on a coating. others: oxides of the regions.
    """

    grain: GrainMaterial
    boundaries: dict[str, BoundaryMaterial]
    filler: FillerMaterial | None
    electrolyte: ElectrolyteMaterial
    interphases: tuple[InterphaseMaterial, InterphaseMaterial]
    others: tuple[GrainMaterial, ...] = ()


def materials_of(case: Case, particle: Particle) -> Materials:
    """Materials of a case from the library; MaterialError if one is wrong."""
    materials, boundaries = case.materials, boundary_materials_of(case, particle)
    return Materials(
        grain=load_grain_material(materials.grain),
        boundaries=boundaries,
        filler=load_filler_material(materials.filler) if FILLED in boundaries else None,
        electrolyte=load_electrolyte_material(materials.electrolyte),
        interphases=(
            load_interphase_material(materials.interphase.bare),
            load_interphase_material(materials.interphase.coated),
        ),
        others=tuple(load_grain_material(region.material) for region in materials.regions),
    )


def boundary_materials_of(case: Case, particle: Particle) -> dict[str, BoundaryMaterial]:
    """Boundary materials of a case by state; liquid may always come in where there is chemistry."""
    states = {case.particle.boundary.state, *particle.boundary_state.values()}
    states |= {LIQUID} if case.physics.transport.enabled else set()
    states |= {FILLED} if particle.is_filler.any() else set()
    materials = case.materials.boundary
    return {state: load_boundary_material(materials.of(state)) for state in sorted(states)}


def point_states(case: Case, particle: Particle, spaces: Spaces) -> npt.NDArray[np.str_]:
    """Name of the boundary material at each boundary point."""
    pairs, which = np.unique(spaces.boundaries.pair, axis=0, return_inverse=True)
    known, usual = particle.boundary_state, case.particle.boundary.state
    of_pairs = [known.get((int(low), int(high)), usual) for low, high in pairs]
    states = np.array(of_pairs, dtype="U16")[which.reshape(-1)]
    states[beside_filler(particle, spaces)] = FILLED
    return states


def beside_filler(particle: Particle, spaces: Spaces) -> npt.NDArray[np.bool_]:
    """Whether a film or a coating is on either side of each boundary point."""
    plus, minus = spaces.boundaries.pair.T
    return particle.is_filler[plus] | particle.is_filler[minus]


def sliding_laws(
    case: Case, particle: Particle, elastic: Stiffness, law: Strength
) -> Callable[[float], SlidingLaw]:
    """Return what tells how the boundaries of a case slide at a temperature in K. Collective.

    The relaxation time is that of boundaries between grains of the mean size d: a viscosity of
    time x C_44 / d, whatever the penalty is. A bond of the shear stiffness K_t alone has the time
    viscosity / K_t. Across the boundary the time is so many times as long, between grains that
    resist with the mean M of their stiffness along three axes: viscosity ratio x time x M / d; a
    bond of the penalty K has the time viscosity / K.
    """
    slow, friction = case.physics.sliding, case.physics.friction
    coefficient = friction.coefficient if friction.enabled else 0.0
    if not slow.enabled:
        return lambda temperature: SlidingLaw(np.inf, coefficient)
    size = grain_size(particle)

    def at(temperature: float) -> SlidingLaw:
        time = slow.time_at(temperature) * SECOND
        along = time * elastic.c44 / size / (law.penalty * law.shear_stiffness)
        if slow.across is None:
            return SlidingLaw(along, coefficient)
        viscosity = slow.across * time * mean_longitudinal(elastic) / size
        return SlidingLaw(along, coefficient, viscosity / law.penalty)

    return at


def mean_longitudinal(elastic: Stiffness) -> float:
    """Mean stiffness against strains along one of three axes alone, (2 C_11 + C_33) / 3, MPa."""
    return float(2 * elastic.c11 + elastic.c33) / 3


def grain_size(particle: Particle) -> float:
    """Edge of a cube (2D: a square) of the mean size of the grains, um. Collective."""
    grains = cell_values(particle, 1.0, 0.0) * ufl.dx(particle.mesh)
    volume = fem.assemble_scalar(dolfinx_api.compile_form(grains))
    total = float(particle.mesh.comm.allreduce(volume))
    return float((total / np.sum(~particle.is_filler)) ** (1 / particle.dimension))


def boundary_strength(
    case: Case, particle: Particle, spaces: Spaces, known: Mapping[str, BoundaryMaterial]
) -> Strength:
    """Resistance of every boundary point: what the case gives, else the boundary's material.

    Strength and toughness vary alike between grain pairs, so that the final opening does not.
    """
    cohesive, states = case.physics.cohesive, point_states(case, particle, spaces)
    main = known[case.particle.boundary.state]
    penalty = cohesive.penalty or main.penalty
    laws = {state: nominal_law(cohesive, material, penalty) for state, material in known.items()}

    def at_points(value: Callable[[str], float]) -> Floats:
        return np.select([states == state for state in known], [value(state) for state in known])

    def alike(value: Callable[[str], float]) -> Floats | float:
        """One number where all states have the same: faster."""
        values = {value(state) for state in known}
        return values.pop() if len(values) == 1 else at_points(value)

    factor = strength_factor(
        spaces.boundaries.pair,
        particle.c_axis,
        at_points(lambda s: known[s].scatter if cohesive.scatter is None else cohesive.scatter),
        at_points(lambda s: known[s].misorientation_weakening),
        case.particle.seed,
        cohesive.scatter_law,
    )
    strength: Floats = factor * at_points(lambda s: float(laws[s].strength))
    toughness: Floats = factor * at_points(lambda s: float(laws[s].toughness))
    law = laws[case.particle.boundary.state]._replace(
        strength=strength,
        toughness=toughness,
        shear_ratio=alike(lambda s: float(laws[s].shear_ratio)),
    )
    if not cohesive.enabled:
        strength = UNBREAKABLE * strength
        toughness = strength**2 / law.penalty  # final opening at twice the onset
        return law._replace(strength=strength, toughness=toughness, criterion="none")
    return law._replace(toughness_ratio=alike(lambda s: float(laws[s].toughness_ratio)))

"""From a case without chemistry to what is loaded: a solid, its boundaries, and its loads."""

from dataclasses import dataclass, replace

import numpy as np
from dolfinx import fem
from mpi4py import MPI

from solver.case import Case
from solver.case.physics import MaterialsCase
from solver.case.plane import components
from solver.materials import load_boundary_material, load_grain_material
from solver.materials.solid import solid_of
from solver.model.boundary_laws import LIQUID, boundary_strength, point_states, sliding_law
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.model.oxides import internal_stiffness
from solver.model.phase_field import GrainFracture, fracture_of_case, its_degradation
from solver.model.spaces import Spaces, make_spaces
from solver.model.specimen.loads import LoadError, Loads, make_loads
from solver.model.specimen.means import Means, make_means
from solver.model.specimen.patches import with_patches
from solver.model.state import State, make_state
from solver.model.wear import Wear, make_wear
from solver.particle.mesh import Particle
from solver.physics.corrosion import CorrosionLaw
from solver.physics.mechanics import Stiffness
from solver.units.axes import AXES

RESIDUAL = 1e-12  # share of the penalty that a boundary keeps: loads would feel more


@dataclass(frozen=True)
class Specimen:
    """What is loaded, and how.

    wear: what damages boundaries between increments. fracture: of grains inside, if they crack.
    means: over the whole body, if it is strained or stressed evenly.
    """

    case: Case
    particle: Particle
    spaces: Spaces
    state: State
    mechanics: MechanicalSystem
    loads: Loads
    wear: Wear
    fracture: GrainFracture | None = None
    means: Means | None = None

    @property
    def comm(self) -> MPI.Comm:
        """Communicator of the mesh."""
        return self.particle.mesh.comm

    @property
    def dofs(self) -> int:
        """Number of unknowns in all."""
        spaces = [field.function_space for field in self.mechanics.unknowns]
        return sum(V.dofmap.index_map.size_global * V.dofmap.index_map_bs for V in spaces)


def build_specimen(case: Case, particle: Particle) -> Specimen:
    """Set up spaces, laws and loads of a case on its mesh. Collective. Raises LoadError."""
    if case.materials.solid is not None:
        particle = _without_axes(particle)
    particle = with_patches(particle, case.patches)
    spaces = make_spaces(particle, case.mechanics.plane)
    state = make_state(spaces)
    states = {case.particle.boundary.state, *particle.boundary_state.values()}
    known = {
        state: load_boundary_material(case.materials.boundary.of(state)) for state in sorted(states)
    }
    law = boundary_strength(case, particle, spaces, known)._replace(residual=RESIDUAL)
    elastic = solid_stiffness(case.materials)
    wear = make_wear(case, particle, spaces, known)
    system = make_mechanical_system(
        particle,
        spaces,
        state,
        elastic,
        law,
        degradation=its_degradation(case, state, elastic),
        remaining=wear.remaining,
        sliding=sliding_law(case, particle, elastic, law),
    )
    crystal = solid_of(case.materials).stiffness
    fracture = fracture_of_case(case, crystal, particle, state, system)
    loads = make_loads(particle, spaces, case.loads, _measured(case, particle), elastic.c11)
    _crack_before(case, particle, spaces, state)
    if wear.corrosion is not None:
        _soak(case, particle, spaces, state, wear.corrosion)
    evenly = any(load.strain or load.stress for load in case.loads)
    means = make_means(spaces, system.node_volume) if evenly else None
    return Specimen(case, particle, spaces, state, system, loads, wear, fracture, means)


def _soak(case: Case, particle: Particle, spaces: Spaces, state: State, law: CorrosionLaw) -> None:
    """Wet the boundaries that hold liquid, and charge the oxide as much as it is in the beginning.

    A solid without chemistry counts as charged far enough for the full rate.
    """
    liquid = point_states(case, particle, spaces) == LIQUID
    state["wetness"][:] = liquid
    if case.materials.solid is None:
        potential = load_grain_material(case.materials.grain).potential_at(case.temperature)
        level = float(potential.value(np.array(case.initial.occupancy)))
    else:
        level = float(np.max(law.reference, initial=0.0))
    state["grain_potential"][:] = level


def _without_axes(particle: Particle) -> Particle:
    """The grains of an isotropic solid have no axes whose angle would weaken a boundary."""
    return replace(particle, c_axis=np.tile([0.0, 0.0, 1.0], (particle.n_grains, 1)))


def solid_stiffness(given: MaterialsCase) -> Stiffness:
    """Stiffness of the solid of a case, or of its oxide, MPa."""
    return internal_stiffness(solid_of(given).stiffness)


def _measured(case: Case, particle: Particle) -> list[str]:
    """Surfaces whose opening controls a step; LoadError if it is along an axis out of the plane."""
    openings = [step.opening for step in case.load_steps() if step.opening is not None]
    for along in {opening.along for opening in openings}:
        if AXES.index(along) >= components(particle.dimension, case.mechanics.plane):
            why = f"opening: there is no component {along} in {particle.dimension}D"
            raise LoadError(why, "protocol")
    return [name for opening in openings for name in opening.between]


def _crack_before(case: Case, particle: Particle, spaces: Spaces, state: State) -> None:
    """Let the facets of pre-cracks have parted. Collective."""
    boundaries = spaces.boundaries
    points = boundaries.space.dofmap.list
    cracked = fem.Function(boundaries.space)
    for name in case.precracks:
        facets = particle.surfaces.get(name, np.empty(0, np.int32))
        found = np.isin(boundaries.facets.parent_facet, facets)
        if boundaries.comm.allreduce(int(found.sum())) == 0:
            raise LoadError(
                f"no boundary between grains is named '{name}' in the mesh", "precracks"
            )
        cracked.x.array[points[found].ravel()] = 1.0
    cracked.x.scatter_forward()
    state["damage"][cracked.x.array > 0] = 1.0

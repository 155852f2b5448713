"""From a case and a particle to the model that a simulation solves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from mpi4py import MPI

from solver.case import Case
from solver.constants import (
    AMPERE,
    FARADAY,
    FARADAY_INTERNAL,
    GAS_CONSTANT,
    JOULE,
    METRE,
    MOLE,
    OHM,
    PASCAL,
    SECOND,
    SIEMENS,
)
from solver.materials import laws
from solver.materials.laws import Law
from solver.materials.library import (
    BoundaryMaterial,
    GrainMaterial,
    load_boundary_material,
    load_grain_material,
)
from solver.model.electro import (
    ElectrochemicalSystem,
    Electrochemistry,
    make_electrochemical_system,
)
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.particle.mesh import Particle
from solver.physics.cohesive import Strength
from solver.physics.mechanics import Stiffness
from solver.physics.strength import strength_factor
from solver.state import Spaces, State, make_spaces, make_state

Floats = npt.NDArray[np.floating]
UNBREAKABLE = 1e6  # times the given strength: what `cohesive: enabled: false` means


@dataclass(frozen=True)
class Extent:
    """Totals of the particle; in 2D per um of depth. volume um^3, outer_area um^2, mass kg."""

    volume: float
    outer_area: float
    mass: float


@dataclass(frozen=True)
class Model:
    """Everything that is solved, and the laws it is solved with.

    strain_a, strain_c: lattice strain by occupancy (zero without swelling). charge_density:
    F c_max, pC/um^3. relaxation_time: of the boundaries, s.
    """

    case: Case
    particle: Particle
    spaces: Spaces
    state: State
    mechanics: MechanicalSystem
    electro: ElectrochemicalSystem
    strain_a: Law
    strain_c: Law
    charge_density: float
    relaxation_time: float
    extent: Extent

    @property
    def comm(self) -> MPI.Comm:
        """Communicator of the mesh."""
        return self.particle.mesh.comm

    @property
    def dofs(self) -> int:
        """Number of unknowns in all."""
        spaces = [
            field.function_space for field in (*self.mechanics.unknowns, *self.electro.unknowns)
        ]
        return sum(V.dofmap.index_map.size_global * V.dofmap.index_map_bs for V in spaces)

    def lithium(self) -> float:
        """Lithium in the particle, fmol. Collective."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        local = float(self.mechanics.node_volume[:n_owned] @ self.state.occupancy.x.array[:n_owned])
        return float(self.comm.allreduce(local)) * self.electro.properties.max_concentration


def build_model(case: Case, particle: Particle) -> Model:
    """Set up spaces, laws and equations of a case on its particle. Collective."""
    grain = load_grain_material(case.materials.grain)
    boundary = load_boundary_material(case.particle.boundary.state)
    spaces = make_spaces(particle)
    state = make_state(spaces)
    elastic = Stiffness(*(PASCAL * getattr(grain.stiffness, name) for name in _STIFFNESSES))
    properties = electrochemistry(grain, boundary, case.temperature)
    mechanics = make_mechanical_system(
        particle, spaces, state, elastic, boundary_strength(case, boundary, particle, spaces)
    )
    electro = make_electrochemical_system(particle, spaces, state, properties)
    swelling = case.physics.swelling.enabled
    model = Model(
        case=case,
        particle=particle,
        spaces=spaces,
        state=state,
        mechanics=mechanics,
        electro=electro,
        strain_a=grain.strain_a if swelling else laws.constant(0.0),
        strain_c=grain.strain_c if swelling else laws.constant(0.0),
        charge_density=FARADAY_INTERNAL * properties.max_concentration,
        relaxation_time=case.physics.cohesive.relaxation_time * SECOND,
        extent=measure_extent(mechanics, electro, grain.density),
    )
    start_uniform(state, case.initial.occupancy, properties.potential)
    return model


_STIFFNESSES = ("C11", "C12", "C13", "C33", "C44")


def electrochemistry(
    grain: GrainMaterial, boundary: BoundaryMaterial, temperature: float
) -> Electrochemistry:
    """Properties of grain and boundary at a temperature (K), in internal units."""
    per_area = SIEMENS / METRE**2
    return Electrochemistry(
        potential=grain.potential,
        diffusivity=grain.diffusivity(temperature).scaled(METRE**2 / SECOND),
        exchange_current=grain.exchange_current(temperature).scaled(AMPERE / METRE**2),
        diffusivity_ratio=grain.diffusivity_ratio,
        max_concentration=grain.max_concentration * MOLE / METRE**3,
        collector_conductance=grain.collector_conductance * per_area,
        lithium_conductance=boundary.lithium_conductance * per_area,
        electron_conductance=boundary.electron_conductance * per_area,
        film_resistance=grain.surface_film_resistance * OHM * METRE**2,
        thermal_voltage=GAS_CONSTANT * temperature / FARADAY,
    )


def boundary_strength(
    case: Case, boundary: BoundaryMaterial, particle: Particle, spaces: Spaces
) -> Strength:
    """Resistance of every boundary point: what the case gives, else the boundary's material.

    Strength and toughness vary alike between grain pairs, so that the final opening does not.
    """
    given = case.physics.cohesive
    scatter = boundary.scatter if given.scatter is None else given.scatter
    factor = strength_factor(
        spaces.boundaries.pair,
        particle.c_axis,
        scatter,
        boundary.misorientation_weakening,
        case.particle.seed,
    )
    penalty = (given.penalty or boundary.penalty) * PASCAL / METRE
    strength = factor * (given.strength or boundary.strength) * PASCAL
    toughness = factor * (given.toughness or boundary.toughness) * JOULE / METRE**2
    if not given.enabled:
        strength = UNBREAKABLE * strength
        toughness = strength**2 / penalty  # final opening at twice the onset
    return Strength(
        strength=strength,
        toughness=toughness,
        shear_ratio=boundary.shear_ratio,
        penalty=penalty,
        residual=boundary.residual_stiffness,
    )


def measure_extent(
    mechanics: MechanicalSystem, electro: ElectrochemicalSystem, density: float
) -> Extent:
    """Volume, outer area and mass (density in kg/m^3). Collective."""
    spaces = mechanics.spaces
    n_owned = spaces.scalar.dofmap.index_map.size_local
    comm = spaces.boundaries.comm
    volume = float(comm.allreduce(float(mechanics.node_volume[:n_owned].sum())))
    area = float(comm.allreduce(float(electro.outer_area[:n_owned].sum())))
    return Extent(volume, area, volume * density / METRE**3)


def start_uniform(state: State, occupancy: float, potential: Law) -> None:
    """Give every grain the same occupancy, and all potentials its equilibrium value."""
    state.occupancy.x.array[:] = occupancy
    level = float(potential.value(np.array(occupancy)))
    state.grain_potential.x.array[:] = level
    state.collector_potential.x.array[:] = level


def nodal_stress(mechanics: MechanicalSystem, into: fem.Function) -> Floats:
    """Stress at the nodes, (nodes, 6) in MPa, by lumped projection. Collective."""
    into.x.array[:] = 0.0
    fem.assemble_vector(into.x.array, mechanics.nodal_stress)
    into.x.scatter_reverse(la.InsertMode.add)
    into.x.scatter_forward()
    return into.x.array.reshape(-1, 6) / mechanics.node_volume[:, None]


def collector_potential(model: Model) -> float:
    """Potential of the collector, V, on every rank. Collective."""
    field = model.state.collector_potential
    owned = field.function_space.dofmap.index_map.size_local
    local = float(field.x.array[0]) if owned else -np.inf
    return float(model.comm.allreduce(local, MPI.MAX))

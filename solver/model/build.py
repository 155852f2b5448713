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
    METRE,
    MOLE,
    OHM,
    PASCAL,
    SECOND,
    SIEMENS,
)
from solver.materials import laws
from solver.materials.laws import Law
from solver.materials.library import FillerMaterial, GrainMaterial
from solver.materials.library import Stiffness as MaterialStiffness
from solver.model.boundary_laws import (
    Conductances,
    Materials,
    boundary_conductances,
    boundary_strength,
    materials_of,
)
from solver.model.electro import ElectrochemicalSystem, Electrochemistry, Filler
from solver.model.electro_forms import make_electrochemical_system
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.particle.mesh import Particle
from solver.physics.mechanics import Stiffness
from solver.state import Spaces, State, make_spaces, make_state

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Extent:
    """Totals of the particle; in 2D per um of depth. Fillers do not count in volume and mass.

    volume: um^3. outer_area: um^2. mass: kg.
    """

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
        sites = self.mechanics.node_volume[:n_owned] * self.electro.in_oxide[:n_owned]
        local = float(sites @ self.state.occupancy.x.array[:n_owned])
        return float(self.comm.allreduce(local)) * self.electro.properties.max_concentration


def build_model(case: Case, particle: Particle, materials: Materials | None = None) -> Model:
    """Set up spaces, laws and equations of a case on its particle. Collective.

    materials: those of the case unless others are given.
    """
    materials = materials or materials_of(case, particle)
    grain, filler = materials.grain, materials.filler
    spaces = make_spaces(particle)
    state = make_state(spaces)
    contacts = boundary_conductances(case, particle, spaces, materials)
    properties = electrochemistry(grain, contacts, case.temperature, filler)
    mechanics = make_mechanical_system(
        particle,
        spaces,
        state,
        internal_stiffness(grain.stiffness),
        boundary_strength(case, particle, spaces, materials),
        internal_stiffness(filler.stiffness) if filler else None,
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
    start_uniform(model, case.initial.occupancy)
    return model


def internal_stiffness(stiffness: MaterialStiffness) -> Stiffness:
    """Stiffness of a material (Pa) in MPa."""
    names = ("C11", "C12", "C13", "C33", "C44")
    return Stiffness(*(PASCAL * getattr(stiffness, name) for name in names))


def electrochemistry(
    grain: GrainMaterial,
    contacts: Conductances,
    temperature: float,
    filler: FillerMaterial | None = None,
) -> Electrochemistry:
    """Properties at a temperature (K), in internal units.

    contacts: of the bonded boundary points, S/m^2.
    """
    per_area = SIEMENS / METRE**2
    return Electrochemistry(
        potential=grain.potential,
        diffusivity=grain.diffusivity(temperature).scaled(METRE**2 / SECOND),
        exchange_current=grain.exchange_current(temperature).scaled(AMPERE / METRE**2),
        diffusivity_ratio=grain.diffusivity_ratio,
        max_concentration=grain.max_concentration * MOLE / METRE**3,
        collector_conductance=grain.collector_conductance * per_area,
        lithium_conductance=contacts.lithium * per_area,
        electron_conductance=contacts.electrons * per_area,
        film_resistance=grain.surface_film_resistance * OHM * METRE**2,
        thermal_voltage=GAS_CONSTANT * temperature / FARADAY,
        filler=None if filler is None else internal_filler(filler, temperature),
    )


def internal_filler(filler: FillerMaterial, temperature: float) -> Filler:
    """Ionic properties of a filler at a temperature (K), in internal units."""
    return Filler(
        conductivity=filler.conductivity(temperature) * SIEMENS / METRE,
        electrolyte_conductance=filler.electrolyte_conductance * SIEMENS / METRE**2,
    )


def measure_extent(
    mechanics: MechanicalSystem, electro: ElectrochemicalSystem, density: float
) -> Extent:
    """Volume and mass of the oxide (density in kg/m^3), and the whole outer area. Collective."""
    spaces = mechanics.spaces
    n_owned = spaces.scalar.dofmap.index_map.size_local
    comm = spaces.boundaries.comm
    oxide = mechanics.node_volume[:n_owned] * electro.in_oxide[:n_owned]
    volume = float(comm.allreduce(float(oxide.sum())))
    area = float(comm.allreduce(float(electro.outer_area[:n_owned].sum())))
    return Extent(volume, area, volume * density / METRE**3)


def start_uniform(model: Model, occupancy: float) -> None:
    """Give every grain the same occupancy, and all potentials the value of equilibrium."""
    state, electro = model.state, model.electro
    state.occupancy.x.array[:] = np.where(electro.in_oxide, occupancy, 0.0)
    level = float(electro.properties.potential.value(np.array(occupancy)))
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

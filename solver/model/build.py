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
    PASCAL,
    SECOND,
    SIEMENS,
)
from solver.materials import laws
from solver.materials.bonded import potential_of
from solver.materials.laws import Law
from solver.materials.library import FillerMaterial, GrainMaterial
from solver.materials.library import Stiffness as MaterialStiffness
from solver.model.ageing import Ageing, Film, make_ageing, measure_film
from solver.model.boundary_laws import (
    Materials,
    boundary_strength,
    materials_of,
    sliding_law,
)
from solver.model.electro.build import make_electrochemical_system
from solver.model.electro.conditions import SurfaceLaws, set_conditions
from solver.model.electro.surface_laws import conducts_ions, surface_laws
from solver.model.electro.system import ElectrochemicalSystem, Electrochemistry
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.model.phase_field import GrainFracture, fracture_of_case, its_degradation
from solver.model.prewet import OutOfReachError
from solver.model.wear import Wear, make_wear
from solver.particle.mesh import Particle
from solver.physics import cohesive
from solver.physics.mechanics import Stiffness
from solver.state import Spaces, State, make_spaces, make_state
from solver.wet_area import WetAreaError

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

    strain_a, strain_c: lattice strain since the grains fit (zero without swelling). charge_density:
    F c_max, pC/um^3. relaxation_time: of the boundaries, s. lattice_a: um. surfaces: what ions and
    electrons meet there. ageing: what changes slowly between time steps. wear: what damages
    boundaries then. fracture: of grains inside, if they crack.
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
    lattice_a: float
    surfaces: SurfaceLaws
    fracture: GrainFracture | None
    ageing: Ageing
    wear: Wear

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

    def separation(self) -> Floats:
        """How far each boundary point has broken, 0 to 1."""
        return cohesive.separation(self.state.damage.x.array, self.mechanics.law)

    def update_conditions(self) -> None:
        """Give the chemistry the surfaces as they are now. Collective."""
        set_conditions(self.electro, self.surfaces, self.separation(), self.normal_gap())

    def normal_gap(self) -> Floats:
        """How far apart the sides stand at each boundary point, um; 0 where bonded or pressed."""
        gaps = self.mechanics.gaps(self.state.damage.x.array)
        return np.einsum("ij,ij->i", gaps, self.spaces.boundaries.normal)

    def age(self, dt: float) -> None:
        """Let what is slow follow a time step of dt (s). Collective."""
        gap, separation, gape = self.normal_gap(), self.separation(), self.state.gape.x.array
        gape[:] = np.maximum(gape, gap)
        self.ageing.advance(self.state, self.spaces, gap, separation, dt)

    def tire(self, old: State) -> None:
        """Let the openings and closings since `old` damage the boundaries."""
        self.wear.tire(self.mechanics, self.state, old)

    def corrode(self, dt: float) -> None:
        """Let the liquid in the boundaries weaken them for dt (s)."""
        self.wear.corrode(self.state, self.spaces, dt)

    def gliding(self) -> Floats:
        """Slip of the boundary points over the lattice parameter a."""
        slip = np.asarray(np.linalg.norm(self.mechanics.bond.slipped, axis=1))
        return slip / self.lattice_a

    def films(self) -> Film:
        """The interphase on everything wet. Collective."""
        return measure_film(self.state, self.spaces, self.surfaces.roughness)

    def wet_area(self) -> float:
        """Area in contact with the electrolyte, both sides of boundaries counted, um^2. Collective.

        The outside counts with its roughness, also where it is coated.
        """
        inside = 2.0 * self.spaces.boundaries.integral(self.state.wetness.x.array)
        return self.surfaces.roughness * self.extent.outer_area + inside

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
    properties = electrochemistry(grain, case, filler)
    wear = make_wear(case, particle, spaces, materials.boundaries)
    law = boundary_strength(case, particle, spaces, materials.boundaries)
    elastic = internal_stiffness(grain.stiffness)
    mechanics = make_mechanical_system(
        particle,
        spaces,
        state,
        elastic,
        law,
        internal_stiffness(filler.stiffness) if filler else None,
        degradation=its_degradation(case, state, elastic),
        remaining=wear.remaining,
        sliding=sliding_law(case, particle, elastic, law),
    )
    electro = make_electrochemical_system(
        particle,
        spaces,
        state,
        properties,
        with_network=conducts_ions(case, particle, spaces),
        uniform_flux=case.electrode.flux == "uniform",
    )
    extent = measure_extent(mechanics, electro, grain.density)
    surfaces = surface_laws(case, particle, electro, materials, roughness(case, extent))
    strain_a, strain_c = swelling_laws(case, grain)
    model = Model(
        case=case,
        particle=particle,
        spaces=spaces,
        state=state,
        mechanics=mechanics,
        electro=electro,
        strain_a=strain_a,
        strain_c=strain_c,
        charge_density=FARADAY_INTERNAL * properties.max_concentration,
        relaxation_time=case.physics.cohesive.relaxation_time * SECOND,
        extent=extent,
        lattice_a=grain.lattice_a * METRE,
        surfaces=surfaces,
        fracture=fracture_of_case(case, grain.stiffness, particle, state, mechanics),
        wear=wear,
        ageing=ageing_of_case(case, materials, electro, surfaces, extent),
    )
    start_uniform(model, case.initial.occupancy)
    model.ageing.begin(state, spaces)
    model.update_conditions()
    return model


def swelling_laws(case: Case, grain: GrainMaterial) -> tuple[Law, Law]:
    """Lattice strain within and across the layers, from where grains fit each other."""
    swelling = case.physics.swelling
    if not swelling.enabled:
        return laws.constant(0.0), laws.constant(0.0)
    return grain.swelling_since(swelling.stress_free_occupancy)


def ageing_of_case(
    case: Case,
    materials: Materials,
    electro: ElectrochemicalSystem,
    surfaces: SurfaceLaws,
    extent: Extent,
) -> Ageing:
    """Laws of what is slow. Collective; WetAreaError if more is to let liquid in than there is."""
    wetting = case.physics.wetting
    asked = wetting.initial_area if wetting.enabled else 0.0
    area = asked * METRE**2 * extent.mass
    try:
        return make_ageing(
            case, materials, surfaces.boundary, electro.spaces, electro.in_oxide, area
        )
    except OutOfReachError as error:
        there_is = error.available / METRE**2 / extent.mass
        raise WetAreaError(asked, there_is, " within reach of the outside") from error


def internal_stiffness(stiffness: MaterialStiffness) -> Stiffness:
    """Stiffness of a material (Pa) in MPa."""
    names = ("C11", "C12", "C13", "C33", "C44")
    return Stiffness(*(PASCAL * getattr(stiffness, name) for name in names))


def electrochemistry(
    grain: GrainMaterial, case: Case, filler: FillerMaterial | None = None
) -> Electrochemistry:
    """Properties at the temperature of the case, in internal units."""
    temperature, contact = case.temperature, case.electrode.contact or grain.collector_conductance
    return Electrochemistry(
        potential=potential_of(grain, case.physics, temperature),
        diffusivity=grain.diffusivity(temperature).scaled(METRE**2 / SECOND),
        exchange_current=grain.exchange_current(temperature).scaled(AMPERE / METRE**2),
        diffusivity_ratio=grain.diffusivity_ratio,
        max_concentration=grain.max_concentration * MOLE / METRE**3,
        collector_conductance=contact * SIEMENS / METRE**2,
        thermal_voltage=GAS_CONSTANT * temperature / FARADAY,
        conductivity=filler.conductivity(temperature) * SIEMENS / METRE if filler else 0.0,
    )


def roughness(case: Case, extent: Extent) -> float:
    """True over geometric area of the outside; 1 unless the case gives the true one."""
    given = case.physics.wetting.outer_area
    if given is None:
        return 1.0
    return given * METRE**2 * extent.mass / extent.outer_area


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

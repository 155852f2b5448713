"""From a case and a particle to the model that a simulation solves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.case import Case
from solver.case.wet_area import WetAreaError
from solver.entries import laws
from solver.entries.laws import Law
from solver.materials.bonded import potential_of
from solver.materials.library import FillerMaterial, GrainMaterial
from solver.model.ageing import Ageing, make_ageing
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
from solver.model.films import Film, measure_film
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.model.oxides import Each, Oxides, at_nodes, internal_stiffness, oxides_of
from solver.model.phase_field import GrainFracture, fracture_of_case, its_degradation
from solver.model.prewet import OutOfReachError
from solver.model.spaces import Spaces, make_spaces
from solver.model.state import State, make_state
from solver.model.wear import Wear, make_wear
from solver.particle.mesh import Particle
from solver.physics import cohesive
from solver.units.constants import (
    AMPERE,
    FARADAY,
    FARADAY_INTERNAL,
    GAS_CONSTANT,
    METRE,
    MOLE,
    SECOND,
    SIEMENS,
)

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Extent:
    """Totals of the particle; in 2D per um of depth. Fillers do not count in volume and mass.

    volume: um^3. outer_area: um^2. mass: kg. sites: for lithium in the oxide, fmol.
    """

    volume: float
    outer_area: float
    mass: float
    sites: float


@dataclass(frozen=True)
class Model:
    """Everything that is solved, and the laws it is solved with.

    strain_a, strain_c: lattice strain since the grains fit, by the occupancies of the nodes (zero
    without swelling). charge_density: F c_max, pC/um^3, at the nodes where it differs.
    relaxation_time: of the boundaries, s. lattice_a: um, at the boundary points where it differs.
    surfaces: what ions and electrons meet there. ageing: what changes slowly between time steps.
    wear: what damages boundaries then. fracture: of grains inside, if they crack. oxides: what
    each grain is.
    """

    case: Case
    particle: Particle
    spaces: Spaces
    state: State
    mechanics: MechanicalSystem
    electro: ElectrochemicalSystem
    strain_a: Law
    strain_c: Law
    charge_density: Each
    relaxation_time: float
    extent: Extent
    lattice_a: Each
    surfaces: SurfaceLaws
    fracture: GrainFracture | None
    ageing: Ageing
    wear: Wear
    oxides: Oxides

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
        return cohesive.separation(self.state["damage"], self.mechanics.law)

    def update_conditions(self) -> None:
        """Give the chemistry the surfaces as they are now. Collective."""
        set_conditions(self.electro, self.surfaces, self.separation(), self.normal_gap())

    def normal_gap(self) -> Floats:
        """How far apart the sides stand at each boundary point, um; 0 where bonded or pressed."""
        gaps = self.mechanics.gaps(self.state["damage"])
        return self.spaces.boundaries.across_and_along(gaps)[0]

    def age(self, dt: float) -> None:
        """Let what is slow follow a time step of dt (s). Collective."""
        gap, separation, gape = self.normal_gap(), self.separation(), self.state["max_opening"]
        gape[:] = np.maximum(gape, gap)
        self.ageing.advance(self.state, self.spaces, gap, separation, dt)

    def tire(self, old: State) -> None:
        """Let the openings and closings since `old` damage the boundaries."""
        self.wear.tire(self.mechanics, self.state, old)

    def corrode(self, dt: float) -> None:
        """Let the liquid in the boundaries weaken them for dt (s)."""
        self.wear.corrode(self.mechanics, self.state, dt)

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
        inside = 2.0 * self.spaces.boundaries.integral(self.state["wetness"])
        return self.surfaces.roughness * self.extent.outer_area + inside

    def lithium(self) -> float:
        """Lithium in the particle, fmol. Collective."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        sites = self.electro.sites(self.mechanics.node_volume)[:n_owned]
        return float(self.comm.allreduce(float(sites @ self.state["occupancy"][:n_owned])))


def build_model(case: Case, particle: Particle, materials: Materials | None = None) -> Model:
    """Set up spaces, laws and equations of a case on its particle. Collective.

    materials: those of the case unless others are given.
    """
    materials = materials or materials_of(case, particle)
    grain, filler = materials.grain, materials.filler
    oxides = oxides_of(case, particle, (grain, *materials.others))
    spaces = make_spaces(particle)
    state = make_state(spaces)
    of_node = spaces.grain_of_node
    properties = electrochemistry(oxides, case, of_node, filler)
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
        of_grains=oxides.stiffness(),
    )
    electro = make_electrochemical_system(
        particle,
        spaces,
        state,
        properties,
        with_network=conducts_ions(case, particle, spaces),
        uniform_flux=case.electrode.flux == "uniform",
    )
    extent = measure_extent(mechanics, electro, oxides)
    surfaces = surface_laws(case, particle, electro, materials, oxides, roughness(case, extent))
    concentration = at_nodes(properties.max_concentration, of_node)
    model = Model(
        case=case,
        particle=particle,
        spaces=spaces,
        state=state,
        mechanics=mechanics,
        electro=electro,
        strain_a=oxides.law(lambda each: swelling_laws(case, each)[0], of_node),
        strain_c=oxides.law(lambda each: swelling_laws(case, each)[1], of_node),
        charge_density=FARADAY_INTERNAL * concentration,
        relaxation_time=case.physics.cohesive.relaxation_time * SECOND,
        extent=extent,
        lattice_a=lattice_at_boundaries(oxides, spaces),
        surfaces=surfaces,
        fracture=fracture_of_case(case, grain.stiffness, particle, state, mechanics),
        wear=wear,
        ageing=ageing_of_case(case, materials, electro, surfaces, extent),
        oxides=oxides,
    )
    start_uniform(model)
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


def electrochemistry(
    oxides: Oxides,
    case: Case,
    grain_of_node: npt.NDArray[np.int32],
    filler: FillerMaterial | None = None,
) -> Electrochemistry:
    """Properties at the temperature of the case, in internal units."""
    temperature, contact = case.temperature, case.electrode.contact

    def law(of: Callable[[GrainMaterial], Law]) -> Law:
        return oxides.law(of, grain_of_node)

    return Electrochemistry(
        potential=law(lambda each: potential_of(each, case.physics, temperature)),
        diffusivity=law(lambda each: each.diffusivity(temperature).scaled(METRE**2 / SECOND)),
        exchange_current=law(
            lambda each: each.exchange_current(temperature).scaled(AMPERE / METRE**2)
        ),
        diffusivity_ratio=oxides.number(lambda each: each.diffusivity_ratio),
        max_concentration=oxides.number(lambda each: each.max_concentration * MOLE / METRE**3),
        collector_conductance=oxides.number(
            lambda each: (contact or each.collector_conductance) * SIEMENS / METRE**2
        ),
        thermal_voltage=GAS_CONSTANT * temperature / FARADAY,
        conductivity=filler.conductivity(temperature) * SIEMENS / METRE if filler else 0.0,
    )


def lattice_at_boundaries(oxides: Oxides, spaces: Spaces) -> Each:
    """Lattice parameter a, um: where it differs, the mean of both sides of each point."""
    a = oxides.number(lambda each: each.lattice_a * METRE)
    return a[spaces.boundaries.pair].mean(axis=1) if isinstance(a, np.ndarray) else a


def roughness(case: Case, extent: Extent) -> float:
    """True over geometric area of the outside; 1 unless the case gives the true one."""
    given = case.physics.wetting.outer_area
    if given is None:
        return 1.0
    return given * METRE**2 * extent.mass / extent.outer_area


def measure_extent(
    mechanics: MechanicalSystem, electro: ElectrochemicalSystem, oxides: Oxides
) -> Extent:
    """Volume, mass and sites of the oxide, and the whole outer area. Collective."""
    spaces, volume = mechanics.spaces, mechanics.node_volume
    n_owned = spaces.scalar.dofmap.index_map.size_local
    density = at_nodes(oxides.number(lambda each: each.density), spaces.grain_of_node)
    oxide = volume * electro.in_oxide
    of_nodes = (oxide, electro.outer_area, oxide * density / METRE**3, electro.sites(volume))
    local = np.array([values[:n_owned].sum() for values in of_nodes])
    return Extent(*map(float, spaces.boundaries.comm.allreduce(local)))


def start_uniform(model: Model) -> None:
    """Give the main oxide its occupancy, and all else the potential at which it is at rest."""
    state, electro, oxides, case = model.state, model.electro, model.oxides, model.case
    given = case.initial.occupancy
    of_oxides = [
        potential_of(each, case.physics, case.temperature).value for each in oxides.materials
    ]
    level = float(of_oxides[0](np.array(given)))
    same = [laws.occupancy_where(value, level) for value in of_oxides[1:]]
    x = np.array([given, *same])[oxides.of_grain[model.spaces.grain_of_node]]
    state["occupancy"][:] = np.where(electro.in_oxide, x, 0.0)
    state["grain_potential"][:] = level
    state["collector_potential"][:] = level


def collector_potential(model: Model) -> float:
    """Potential of the collector, V, on every rank. Collective."""
    field = model.state.function("collector_potential")
    owned = field.function_space.dofmap.index_map.size_local
    local = float(field.x.array[0]) if owned else -np.inf
    return float(model.comm.allreduce(local, MPI.MAX))

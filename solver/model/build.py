"""From a case and a particle to the model that a simulation solves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.case import Case
from solver.entries.files import MaterialError
from solver.entries.laws import Law
from solver.mechanisms import Conditions, Mechanism, Places
from solver.model.boundary_laws import Materials, boundary_strength, sliding_laws
from solver.model.chemistry import Chemistry, chemistry_of, start_uniform
from solver.model.electro import counter
from solver.model.electro.conditions import SurfaceLaws, set_conditions
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.extent import Extent, measure_extent
from solver.model.laws import LawsInForce, laws_of
from solver.model.loads.build import (
    RESIDUAL,
    crack_before,
    loads_of,
    means_of,
    soak,
)
from solver.model.loads.loads import Loads
from solver.model.loads.means import Means
from solver.model.loads.patches import with_patches
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.model.now import Present
from solver.model.oxides import Oxides, internal_stiffness
from solver.model.phase_field import GrainFracture, fracture_of_case, its_degradation
from solver.model.places import make_places
from solver.model.slow import SlowPhysics
from solver.model.solids import Solids, solids_of
from solver.model.spaces import Spaces, make_spaces
from solver.model.state import State, make_state
from solver.model.stress_potential import LatticeSwelling
from solver.particle.mesh import Particle
from solver.physics.sliding import tangential
from solver.units.constants import SECOND

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Model:
    """Everything that is solved, and the laws it is solved with.

    relaxation_time: of the boundaries, s. laws: at the present temperature. slow: what acts between
    steps. fracture: of grains inside, if they crack. loads: from outside, None of a free particle.
    means: over the whole body, if it is strained or stressed evenly. chemistry: None of a body that
    is loaded alone; what belongs to it is asked for by its name, of models that have it.
    """

    case: Case
    particle: Particle
    spaces: Spaces
    state: State
    mechanics: MechanicalSystem
    relaxation_time: float
    laws: LawsInForce
    fracture: GrainFracture | None
    slow: SlowPhysics
    loads: Loads | None
    means: Means | None
    chemistry: Chemistry | None

    @property
    def comm(self) -> MPI.Comm:
        """Communicator of the mesh."""
        return self.particle.mesh.comm

    @property
    def dofs(self) -> int:
        """Number of unknowns in all."""
        fields = [*self.mechanics.unknowns]
        fields += self.electro.unknowns if self.chemistry else []
        spaces = [field.function_space for field in fields]
        return sum(V.dofmap.index_map.size_global * V.dofmap.index_map_bs for V in spaces)

    @property
    def with_chemistry(self) -> Chemistry:
        """Its chemistry, where there must be one."""
        assert self.chemistry is not None
        return self.chemistry

    @property
    def temperature(self) -> float:
        """Present temperature, K."""
        return self.laws.now.temperature

    @property
    def electro(self) -> ElectrochemicalSystem:
        """What moves lithium and charge."""
        return self.with_chemistry.electro

    @property
    def strain_a(self) -> Law:
        """Lattice strain within the layers."""
        return self.with_chemistry.strain_a

    @property
    def strain_c(self) -> Law:
        """Lattice strain across the layers."""
        return self.with_chemistry.strain_c

    @property
    def extent(self) -> Extent:
        """Totals of the particle."""
        return self.with_chemistry.extent

    @property
    def surfaces(self) -> SurfaceLaws:
        """What ions and electrons meet at the surfaces."""
        assert self.laws.now.surfaces is not None
        return self.laws.now.surfaces

    @property
    def oxides(self) -> Oxides:
        """What each grain is."""
        return self.with_chemistry.oxides

    def swell(self) -> None:
        """Give the lattice the strain of its lithium, and of what does not fit into it."""
        mechanics, x = self.mechanics, self.electro.occupancy()
        strains = mechanics.lattice.strain((self.strain_a.value(x), self.strain_c.value(x)))
        for field, strain in zip((mechanics.strain_a, mechanics.strain_c), strains, strict=True):
            field.x.array[:] = strain * self.electro.in_oxide

    def swelling(self) -> LatticeSwelling:
        """Return how lithium swells the nodes at present."""
        mechanics, density = self.mechanics, self.electro.fresh_charge_density()
        return LatticeSwelling(
            mechanics.c_axis_of_node,
            self.strain_a,
            self.strain_c,
            mechanics.elastic_of_node,
            density,
        )

    def broken_share(self) -> Floats:
        """How far each boundary point has broken, 0 to 1."""
        return self.present().damage

    def update_conditions(self, dt: float = 0.0) -> None:
        """Give the chemistry what a coming step of dt (s) meets, or the moment. Collective."""
        now = self.present()
        made = self.slow.modify(now, dt)
        self.electro.change_sites(made.sites, made.trapped, made.leached)
        self.mechanics.lattice.change(self.electro.share_gone(), made.strain_a, made.strain_c)
        set_conditions(self.electro, self.surfaces, made, now.damage, now.gap)
        counter.bind(self.electro, self.slow, now, dt)

    def take_stock(self) -> None:
        """Let the counter electrode lack what films hold now. Collective."""
        counter.bind(self.electro, self.slow, self.present())
        counter.settle(self.electro)

    def present(self, old: State | None = None) -> Present:
        """Return the present moment as mechanisms see it. old: the accepted state before."""
        where = self.slow.places, self.spaces, self.mechanics
        return Present(*where, self.temperature, self.state, old or self.state)

    def set_temperature(self, temperature: float) -> bool:
        """Take all laws as they are at a temperature, K; return whether it is another.

        Where it is not, nothing is evaluated. MaterialError leaves everything as it was.
        """
        before = self.temperature
        if not self.laws.change(temperature):
            return False
        try:
            self.take_laws()
        except MaterialError:
            self.laws.change(before)
            self.take_laws()
            raise
        return True

    def take_laws(self) -> None:
        """Let every part go by the laws in force."""
        laws = self.laws.now
        self.state["temperature"][:] = laws.temperature
        self.mechanics.bond.sliding = laws.sliding
        self.slow.laws(laws.temperature)
        if laws.electro is not None:
            self.electro.set_laws(laws.electro)

    def isolated(self) -> npt.NDArray[np.bool_]:
        """Whether electrons have lost their way from each grain to the collector. Collective."""
        return self.with_chemistry.paths.isolated(self.electro)

    def sliding(self) -> Floats:
        """Slip of the boundary points along the boundary over the lattice parameter a."""
        bond = self.mechanics.bond
        slipped = tangential(bond.slipped, bond.boundaries.normal) if bond.creeps else bond.slipped
        slip = np.asarray(np.linalg.norm(slipped, axis=1))
        return slip / self.with_chemistry.lattice_a

    def wet_area(self) -> float:
        """Area in contact with the electrolyte, both sides of boundaries counted, um^2. Collective.

        The outside counts with its roughness, also where it is coated.
        """
        inside = 2.0 * self.spaces.boundaries.integral(self.state["wetness"])
        return self.slow.places.roughness * self.extent.outer_area + inside

    def sites(self) -> float:
        """Sites for lithium in the particle, fmol. Collective."""
        return float(self.comm.allreduce(float(self._owned_sites().sum())))

    def lithium(self) -> float:
        """Lithium in the particle, that which is trapped among it, fmol. Collective."""
        sites = self._owned_sites()
        held = float(sites @ self.state["occupancy"][: len(sites)])
        return float(self.comm.allreduce(held + self._owned("trapped")))

    def trapped(self) -> float:
        """The part of it that is trapped, fmol. Collective."""
        return float(self.comm.allreduce(self._owned("trapped")))

    def leached(self) -> float:
        """Lithium that has left the particle with sites that are gone, fmol. Collective."""
        return float(self.comm.allreduce(self._owned("leached")))

    def _owned(self, name: str) -> float:
        """What is at the nodes of this rank of a field per volume."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        return float(self.mechanics.node_volume[:n_owned] @ self.state[name][:n_owned])

    def _owned_sites(self) -> Floats:
        """Sites of each node of this rank, fmol."""
        n_owned = self.spaces.scalar.dofmap.index_map.size_local
        return self.electro.sites(self.mechanics.node_volume)[:n_owned]


def build_model(
    case: Case,
    particle: Particle,
    materials: Materials | None = None,
    extra: Sequence[Mechanism] = (),
) -> Model:
    """Set up spaces, laws and equations of a case on its particle. Collective; LoadError.

    With chemistry, with loads, or with both. materials: those of the case unless others are given.
    extra: mechanisms that act between time steps after those of the case.
    """
    solids = solids_of(case, particle, materials)
    particle = with_patches(solids.particle, case.patches)
    spaces = make_spaces(particle, case.mechanics.plane)
    state = make_state(spaces)
    mechanics = mechanics_of(case, particle, spaces, state, solids)
    extent = measure_extent(particle, mechanics, solids.oxides)
    places = make_places(case, particle, spaces, solids, extent, mechanics.node_volume)
    sliding = sliding_laws(case, particle, mechanics.elastic, mechanics.law)
    laws = LawsInForce(laws_of(case, particle, spaces, solids, places, sliding), case.temperature)
    slow = slow_physics(case, places, extra)
    for mechanism in slow.mechanisms:
        state.add(mechanism.fields)
    model = Model(
        case=case,
        particle=particle,
        spaces=spaces,
        state=state,
        mechanics=mechanics,
        relaxation_time=case.physics.cohesive.relaxation_time * SECOND,
        laws=laws,
        fracture=fracture_of_case(case, solids.crystal, particle, state, mechanics),
        slow=slow,
        loads=loads_of(case, particle, spaces, mechanics.elastic.c11),
        means=means_of(case, mechanics),
        chemistry=chemistry_of(
            case, particle, spaces, state, solids.oxides, laws.now.electro, extent, places
        ),
    )
    model.take_laws()
    crack_before(case, particle, spaces, state)
    begin(model)
    return model


def mechanics_of(
    case: Case, particle: Particle, spaces: Spaces, state: State, solids: Solids
) -> MechanicalSystem:
    """The mechanical system of a body, its boundaries as strong as they are when fresh."""
    law = boundary_strength(case, particle, spaces, solids.boundaries)
    law = law if solids.materials else law._replace(residual=RESIDUAL)
    elastic = internal_stiffness(solids.crystal)
    return make_mechanical_system(
        particle,
        spaces,
        state,
        elastic,
        law,
        internal_stiffness(solids.filler) if solids.filler else None,
        degradation=its_degradation(case, state, elastic),
        of_grains=solids.oxides.stiffness() if solids.oxides else None,
    )


def begin(model: Model) -> None:
    """Bring the state to what a case starts from. Collective."""
    if model.chemistry is None:
        soak(model.case, model.particle, model.spaces, model.state)
        model.slow.prepare(model.present())
        return
    start_uniform(model.chemistry, model.case)
    state, places = model.state, model.slow.places
    state["pervious"][:] = places.points.liquid
    state["wetness"][:] = places.flooded(state["pervious"], state["max_opening"])
    model.slow.prepare(model.present())
    model.update_conditions()
    counter.begin(model.electro)


def slow_physics(case: Case, places: Places, extra: Sequence[Mechanism]) -> SlowPhysics:
    """What acts between time steps. Collective; WetAreaError."""
    sections = case.physics.mechanisms().values()
    acting = [each for each in sections if case.physics.transport.enabled or each.in_solids]
    mechanisms = (*(section.mechanism(places) for section in acting), *extra)
    fresh = Conditions.fresh(len(places.nodes.grain), len(places.points.weight))
    return SlowPhysics(places, mechanisms, fresh)


def collector_potential(model: Model) -> float:
    """Potential of the collector against lithium metal, V, on every rank. Collective."""
    return model.state.ones("collector_potential")[0]


def cell_voltage(model: Model) -> float:
    """Potential of the collector against the counter electrode, V, on every rank. Collective."""
    collector, counter_electrode = model.state.ones("collector_potential", "counter_potential")
    return collector - counter_electrode

"""The mechanical system: swelling grains in equilibrium, held together by cohesive boundaries."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from ufl.core.expr import Expr

from solver.model.bond import Bond, SlidingLaw
from solver.model.elastic_body import ElasticBody, make_body, strain_of
from solver.model.electro.system import Table
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.model.stress import Stress, make_stress
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle
from solver.particle.spaces import broken_like
from solver.physics import cohesive, mechanics
from solver.physics.phase_field import Degradation

Floats = npt.NDArray[np.floating]


class BoundaryResistance:
    """What the boundary points resist with: fresh, and now that something has weakened them."""

    def __init__(self, fresh: cohesive.Strength) -> None:
        self.fresh = self.now = fresh

    def weaken(self, strength: Floats | float, toughness: Floats | float) -> None:
        """Leave shares of the fresh strength and toughness."""
        self.now = self.fresh.weakened(strength, toughness)


class Misfit(NamedTuple):
    """Part of the lattice strain (a, c) at the nodes that came without lithium."""

    a: fem.Function
    c: fem.Function


class Lattice(NamedTuple):
    """Strain of the lattice, e(x) + m, at the nodes; all are fields of the state.

    brought: m (a, c), of what has grown there. inert: share of each node that no lithium swells,
    but that goes along with the oxide it lies on. misfit: what the strain has gained by m, and in
    that share by e(x); what else it has gained is the work of lithium.
    """

    inert: fem.Function
    brought: tuple[fem.Function, fem.Function]
    misfit: Misfit

    @classmethod
    def of(cls, state: State) -> "Lattice":
        """Return that of a state."""
        brought = state.function("brought_a"), state.function("brought_c")
        misfit = Misfit(state.function("misfit_a"), state.function("misfit_c"))
        return cls(state.function("inert"), brought, misfit)

    def strain(self, swollen: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Return the strain (a, c) of nodes whose oxide lithium has swollen so far."""
        a, c = (own + m.x.array for own, m in zip(swollen, self.brought, strict=True))
        return a, c

    def change(self, inert: Floats, a: Floats, c: Floats) -> None:
        """Have this share and this m from now on."""
        for field, values in zip((self.inert, *self.brought), (inert, a, c), strict=True):
            field.x.array[:] = values


class Forms(NamedTuple):
    """Residual, one form per unknown, its derivatives, and the elastic energy of the grains."""

    residual: list[fem.Form]
    tangent: Table
    elastic_energy: fem.Form


@dataclass(frozen=True)
class MechanicalSystem:
    """Forms of equilibrium, and the point values they are written with.

    unknowns: displacement, and in 2D the axial strain. residual: one form per unknown. tangent: its
    derivatives. strain_a, strain_c: lattice strain at the nodes, lattice: what it is made of.
    traction, stiffness: of the boundary points. stress: what reads it. node_volume: what the vertex
    rule gives to each node. elastic_energy: of the grains, pJ. elastic: stiffness of the main
    oxide, MPa; elastic_of_node: of that at each node where it differs. resistance: of the boundary
    points. bond: how they slide.
    """

    unknowns: list[fem.Function]
    residual: list[fem.Form]
    tangent: Table
    stress: Stress
    elastic_energy: fem.Form
    node_volume: Floats
    strain_a: fem.Function
    strain_c: fem.Function
    lattice: Lattice
    traction: fem.Function
    stiffness: fem.Function
    resistance: BoundaryResistance
    bond: Bond
    c_axis_of_node: Floats
    elastic: mechanics.Stiffness
    elastic_of_node: mechanics.Stiffness
    body: ElasticBody
    spaces: Spaces
    grain_names: tuple[str, ...]

    @property
    def law(self) -> cohesive.Strength:
        """Resistance of the boundary points as weak as they are."""
        return self.resistance.now

    def lattice_work(self) -> tuple[Floats, Floats]:
        """What the elastic energy loses for a strain at each node, along a and c, pJ. Collective.

        Minus its derivatives by both lattice strains at fixed displacement, ghosts included.
        """
        found = []
        for form in self._lattice_work:
            gained = fem.Function(self.spaces.scalar)
            fem.assemble_vector(gained.x.array, form)
            gained.x.scatter_reverse(la.InsertMode.add)
            gained.x.scatter_forward()
            found.append(gained.x.array.copy())
        return found[0], found[1]

    @cached_property
    def _lattice_work(self) -> list[fem.Form]:
        """Forms of both derivatives, compiled where they are asked for."""
        strains = self.strain_a, self.strain_c
        energy = self.body.energy(self.body.elastic_strain(self.unknowns, *strains)) * self.body.dx
        return [dolfinx_api.compile_form(-ufl.derivative(energy, strain)) for strain in strains]

    def openings(self) -> Floats:
        """Opening vector at every boundary point, um, with what the penalty yields (see `gaps`)."""
        displacement = self.unknowns[0].x.array.reshape(-1, self.spaces.vector.dofmap.bs)
        return self.spaces.boundaries.jump(displacement)

    def gaps(self, damage: Floats) -> Floats:
        """Opening vectors without what the springs of the boundaries yield, um (points, d)."""
        return self.bond.gaps(self.openings(), damage, self.law)

    def update_boundaries(self, damage_old: Floats, share: float) -> cohesive.Response:
        """Evaluate the cohesive law at the present displacement; fills the traction."""
        response = self.bond.respond(self.openings(), damage_old, self.law, share)
        self.traction.x.array[:] = response.traction.ravel()
        return response

    def stiffen_boundaries(self, response: cohesive.Response, softening: float = 1.0) -> None:
        """Fill the stiffness of the boundary points, with a share of their softening."""
        stiffness = response.secant - softening * response.softening
        self.stiffness.x.array[:] = stiffness.ravel()

    def begin_step(self, damage_old: Floats) -> None:
        """Let slow sliding and friction start from the state as it is."""
        self.bond.begin(damage_old, self.law)

    def settle(self) -> None:
        """Let the boundaries have slid to the present displacement."""
        self.bond.settle(self.openings(), self.law)

    def hold(self, damage_old: Floats, for_good: bool = False) -> None:
        """Let `potential_energy` be that of the boundaries as they are now (see `Bond`)."""
        self.bond.hold(self.openings(), damage_old, self.law, for_good)

    def potential_energy(self, damage_old: Floats, share: float) -> float:
        """Energy whose derivative by the unknowns is the residual, pJ. Collective.

        Where the boundaries have no potential, so it is where they were last held.
        """
        boundaries = self.spaces.boundaries
        elastic = boundaries.comm.allreduce(fem.assemble_scalar(self.elastic_energy))
        bond = self.bond.potential(self.openings(), damage_old, self.law, share)
        return float(elastic) + boundaries.integral(bond)


def make_mechanical_system(
    particle: Particle,
    spaces: Spaces,
    state: State,
    elastic: mechanics.Stiffness,
    law: cohesive.Strength,
    filler: mechanics.Stiffness | None = None,
    sliding: SlidingLaw | None = None,
    degradation: Degradation | None = None,
    of_grains: mechanics.Stiffness | None = None,
) -> MechanicalSystem:
    """Set up the mechanical system of a particle. Collective.

    elastic: stiffness of the oxide, filler: of films and coatings, MPa. law: resistance of each
    fresh boundary point. sliding: of the boundaries, if they slide. degradation: by cracks in
    grains. of_grains: stiffness of each grain, where it differs.
    """
    body = make_body(particle, spaces, of_grains or elastic, filler or elastic, degradation)
    unknowns = _unknowns(particle, spaces, state)
    strain_a, strain_c = fem.Function(spaces.scalar), fem.Function(spaces.scalar)
    traction, stiffness = _boundary_functions(spaces)
    forms = _forms(body, spaces, unknowns, (strain_a, strain_c), (traction, stiffness))
    volume = node_volumes(spaces, body.dx)
    slip, stick = state.function("slip"), state.function("stick")
    return MechanicalSystem(
        unknowns=unknowns,
        residual=forms.residual,
        tangent=forms.tangent,
        stress=_stress(particle, spaces, body, unknowns, (strain_a, strain_c), volume),
        elastic_energy=forms.elastic_energy,
        node_volume=volume,
        strain_a=strain_a,
        strain_c=strain_c,
        lattice=Lattice.of(state),
        traction=traction,
        stiffness=stiffness,
        resistance=BoundaryResistance(law),
        bond=Bond(sliding or SlidingLaw(), spaces.boundaries, slip, stick),
        c_axis_of_node=particle.c_axis[spaces.grain_of_node],
        elastic=elastic,
        elastic_of_node=of_grains.at(spaces.grain_of_node) if of_grains else elastic,
        body=body,
        spaces=spaces,
        grain_names=particle.grain_names,
    )


def _unknowns(particle: Particle, spaces: Spaces, state: State) -> list[fem.Function]:
    """Displacement, and the strain along z where the plane leaves that free."""
    free = particle.dimension == 2 and spaces.plane == "generalised"
    return [state.function(name) for name in ("displacement", "axial_strain")[: 1 + free]]


def _forms(
    body: ElasticBody,
    spaces: Spaces,
    unknowns: list[fem.Function],
    lattice: tuple[fem.Function, fem.Function],
    points: tuple[fem.Function, fem.Function],
) -> Forms:
    """Equilibrium of grains that swell by a lattice strain (a, c) and of their boundaries.

    points: traction and stiffness of the boundary points. Collective.
    """
    elastic_strain = body.elastic_strain(unknowns, *lattice)
    residual, tangent = _equilibrium(body, spaces, unknowns, elastic_strain)
    bond, bond_tangent = _bond(spaces, *points)
    residual[0] += bond
    tangent[0][0] += bond_tangent

    def compiled(form: ufl.Form) -> fem.Form:
        return dolfinx_api.compile_form(form, [spaces.boundaries.facets])

    return Forms(
        residual=[compiled(form) for form in residual],
        tangent=[[compiled(form) for form in row] for row in tangent],
        elastic_energy=compiled(body.energy(elastic_strain) * body.dx),
    )


def _stress(
    particle: Particle,
    spaces: Spaces,
    body: ElasticBody,
    unknowns: list[fem.Function],
    lattice: tuple[fem.Function, fem.Function],
    node_volume: Floats,
) -> Stress:
    """What reads the stress of the body where it swells by a lattice strain (a, c). Collective."""
    swollen = body.eigenstrain(*lattice)

    def stress_of(strain: Expr) -> Expr:
        return body.stress(body.relieved(strain - swollen))

    return make_stress(particle, spaces, strain_of(unknowns), stress_of, body.dx, node_volume)


def _equilibrium(
    body: ElasticBody, spaces: Spaces, unknowns: list[fem.Function], elastic_strain: Expr
) -> tuple[list[ufl.Form], list[list[ufl.Form]]]:
    """Internal work of the grains for each test strain, and its derivatives."""
    axial = len(unknowns) == 2
    virtual = [body.relieved(e) for e in _virtual_strains(spaces, axial, ufl.TestFunction)]
    trial = [body.relieved(e) for e in _virtual_strains(spaces, axial, ufl.TrialFunction)]
    stress = body.stress(elastic_strain)
    residual = [mechanics.internal_work(stress, e, body.dx) for e in virtual]
    if body.degradation is not None and body.degradation.kept is not None:
        return residual, [[ufl.derivative(form, field) for field in unknowns] for form in residual]
    tangent = [
        [mechanics.internal_work(body.stress(de), e, body.dx) for de in trial] for e in virtual
    ]
    return residual, tangent


def _bond(
    spaces: Spaces, traction: fem.Function, stiffness: fem.Function
) -> tuple[ufl.Form, ufl.Form]:
    """Work of the boundary tractions, and its derivative; an opening is minus UFL's jump."""
    v, du = ufl.TestFunction(spaces.vector), ufl.TrialFunction(spaces.vector)
    dS = spaces.boundaries.dS
    work = -ufl.inner(traction("+"), ufl.jump(v)) * dS
    tangent = ufl.inner(ufl.jump(v), ufl.dot(stiffness("+"), ufl.jump(du))) * dS
    return work, tangent


def node_volumes(spaces: Spaces, dx: ufl.Measure) -> Floats:
    """Volume that vertex quadrature gives to each local and ghost node, um^d. Collective."""
    volume = fem.Function(spaces.scalar)
    form = dolfinx_api.compile_form(ufl.TestFunction(spaces.scalar) * dx)
    fem.assemble_vector(volume.x.array, form)
    volume.x.scatter_reverse(la.InsertMode.add)
    volume.x.scatter_forward()
    return volume.x.array.copy()


def _virtual_strains(spaces: Spaces, axial: bool, argument: type) -> list[Expr]:
    """Strain of a test or trial function of each unknown."""
    displacement = mechanics.strain(argument(spaces.vector), 0)
    if not axial:
        return [displacement]
    zz = ufl.as_tensor([[0, 0, 0], [0, 0, 0], [0, 0, 1]])
    return [displacement, argument(spaces.single) * zz]


def _boundary_functions(spaces: Spaces) -> tuple[fem.Function, fem.Function]:
    """Traction vector and stiffness tensor of the boundary points."""
    boundaries = spaces.boundaries
    d, msh = boundaries.normal.shape[1], boundaries.facets.mesh
    vector = broken_like(boundaries.space, fem.functionspace(msh, ("DG", 1, (d,))))
    tensor = broken_like(boundaries.space, fem.functionspace(msh, ("DG", 1, (d, d))))
    return fem.Function(vector), fem.Function(tensor)

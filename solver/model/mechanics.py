"""The mechanical system: swelling grains in equilibrium, held together by cohesive boundaries."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from ufl.core.expr import Expr

from solver import dolfinx_api
from solver.model.electro import Table
from solver.model.regions import axis_of_cells, cell_values
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.particle.spaces import broken_like
from solver.physics import cohesive, mechanics
from solver.state import Spaces, State

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class ElasticBody:
    """What strain and stress of a particle are made of: c axes and stiffness of its cells."""

    axis: fem.Function
    coefficients: Expr
    dx: ufl.Measure

    def eigenstrain(self, strain_a: Expr, strain_c: Expr) -> Expr:
        """Lattice strain as a tensor."""
        return mechanics.eigenstrain(strain_a, strain_c, self.axis)

    def elastic_strain(self, unknowns: list[fem.Function], a: Expr, c: Expr) -> Expr:
        """Strain of the unknowns less the lattice strain."""
        axial = unknowns[1] if len(unknowns) == 2 else 0
        return mechanics.strain(unknowns[0], axial) - self.eigenstrain(a, c)

    def stress(self, elastic_strain: Expr) -> Expr:
        """Stress of an elastic strain, MPa."""
        return mechanics.transversely_isotropic_stress(elastic_strain, self.axis, self.coefficients)


@dataclass(frozen=True)
class MechanicalSystem:
    """Forms of equilibrium, and the point values they are written with.

    unknowns: displacement, and in 2D the axial strain. residual: one form per unknown.
    tangent: all of it; boundary_tangent: the part that changes (displacement block).
    strain_a, strain_c: lattice strain at the nodes. traction, stiffness: of the boundary points.
    nodal_stress: form of the lumped projection; divide by node_volume. elastic_energy: of the
    grains, pJ. elastic: stiffness of the oxide, MPa. fresh: resistance of the boundary points
    before corrosion, 0 to 1, which leaves shares of strength and toughness; None: all.
    """

    unknowns: list[fem.Function]
    residual: list[fem.Form]
    tangent: Table
    boundary_tangent: fem.Form
    nodal_stress: fem.Form
    elastic_energy: fem.Form
    node_volume: Floats
    strain_a: fem.Function
    strain_c: fem.Function
    traction: fem.Function
    stiffness: fem.Function
    fresh: cohesive.Strength
    corrosion: fem.Function
    remaining: cohesive.Remaining | None
    c_axis_of_node: Floats
    elastic: mechanics.Stiffness
    body: ElasticBody
    spaces: Spaces
    grain_names: tuple[str, ...]

    @property
    def law(self) -> cohesive.Strength:
        """Resistance of the boundary points as corroded as they are."""
        if self.remaining is None:
            return self.fresh
        lost = self.corrosion.x.array
        return self.fresh.weakened(*(1.0 - lost * (1.0 - share) for share in self.remaining))

    def openings(self) -> Floats:
        """Opening vector at every boundary point, um."""
        displacement = self.unknowns[0].x.array.reshape(-1, self.spaces.vector.dofmap.bs)
        return self.spaces.boundaries.jump(displacement)

    def update_boundaries(self, history_old: Floats, share: float) -> cohesive.Response:
        """Evaluate the cohesive law at the present displacement; fills the traction."""
        boundaries = self.spaces.boundaries
        response = cohesive.respond(
            self.openings(), boundaries.normal, history_old, self.law, share
        )
        self.traction.x.array[:] = response.traction.ravel()
        return response

    def stiffen_boundaries(self, response: cohesive.Response, softening: float = 1.0) -> None:
        """Fill the stiffness of the boundary points, with a share of their softening."""
        stiffness = response.secant - softening * response.softening
        self.stiffness.x.array[:] = stiffness.ravel()

    def potential_energy(self, history_old: Floats, share: float) -> float:
        """Energy whose derivative by the unknowns is the residual, pJ. Collective."""
        boundaries = self.spaces.boundaries
        elastic = boundaries.comm.allreduce(fem.assemble_scalar(self.elastic_energy))
        bond = cohesive.potential(self.openings(), boundaries.normal, history_old, self.law, share)
        return float(elastic) + boundaries.integral(bond)


def make_mechanical_system(
    particle: Particle,
    spaces: Spaces,
    state: State,
    elastic: mechanics.Stiffness,
    law: cohesive.Strength,
    filler: mechanics.Stiffness | None = None,
    remaining: cohesive.Remaining | None = None,
) -> MechanicalSystem:
    """Set up the mechanical system of a particle. Collective.

    elastic: stiffness of the oxide, filler: of films and coatings, MPa. law: resistance of each
    fresh boundary point. remaining: what corrosion leaves of it, if it does anything.
    """
    body = make_body(particle, spaces, elastic, filler or elastic)
    plane = particle.dimension == 2
    unknowns = [state.displacement, state.axial_strain] if plane else [state.displacement]
    strain_a, strain_c = fem.Function(spaces.scalar), fem.Function(spaces.scalar)
    traction, stiffness = _boundary_functions(spaces)
    elastic_strain = body.elastic_strain(unknowns, strain_a, strain_c)
    residual, tangent = _equilibrium(body, spaces, plane, elastic_strain)
    bond, bond_tangent = _bond(spaces, traction, stiffness)
    residual[0] += bond
    tangent[0][0] += bond_tangent
    stress, six = body.stress(elastic_strain), ufl.TestFunction(spaces.tensor)

    def compiled(form: ufl.Form) -> fem.Form:
        return dolfinx_api.compile_form(form, [spaces.boundaries.facets])

    return MechanicalSystem(
        unknowns=unknowns,
        residual=[compiled(form) for form in residual],
        tangent=[[compiled(form) for form in row] for row in tangent],
        boundary_tangent=compiled(bond_tangent),
        nodal_stress=compiled(ufl.inner(mechanics.six_components(stress), six) * body.dx),
        elastic_energy=compiled(0.5 * ufl.inner(stress, elastic_strain) * body.dx),
        node_volume=node_volumes(spaces, body.dx),
        strain_a=strain_a,
        strain_c=strain_c,
        traction=traction,
        stiffness=stiffness,
        fresh=law,
        corrosion=state.corrosion,
        remaining=remaining,
        c_axis_of_node=particle.c_axis[spaces.grain_of_node],
        elastic=elastic,
        body=body,
        spaces=spaces,
        grain_names=particle.grain_names,
    )


def make_body(
    particle: Particle, spaces: Spaces, oxide: mechanics.Stiffness, filler: mechanics.Stiffness
) -> ElasticBody:
    """Elastic body of grains and fillers; stiffness in MPa."""
    pairs = zip(oxide.invariant_form(), filler.invariant_form(), strict=True)
    if particle.is_filler.any():
        coefficients = ufl.as_vector([cell_values(particle, float(a), float(b)) for a, b in pairs])
    else:
        coefficients = fem.Constant(particle.mesh, oxide.invariant_form())
    dx = ufl.Measure("dx", particle.mesh, metadata=VERTEX_RULE)
    return ElasticBody(axis_of_cells(particle, spaces), coefficients, dx)


def _equilibrium(
    body: ElasticBody, spaces: Spaces, plane: bool, elastic_strain: Expr
) -> tuple[list[ufl.Form], list[list[ufl.Form]]]:
    """Internal work of the grains for each test strain, and its derivatives."""
    virtual = _virtual_strains(spaces, plane, ufl.TestFunction)
    trial = _virtual_strains(spaces, plane, ufl.TrialFunction)
    stress = body.stress(elastic_strain)
    residual = [mechanics.internal_work(stress, e, body.dx) for e in virtual]
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


def _virtual_strains(spaces: Spaces, plane: bool, argument: type) -> list[Expr]:
    """Strain of a test or trial function of each unknown."""
    displacement = mechanics.strain(argument(spaces.vector), 0)
    if not plane:
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

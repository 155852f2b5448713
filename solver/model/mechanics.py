"""The mechanical system: swelling grains in equilibrium, held together by cohesive boundaries."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la

from solver import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.mesh import Particle
from solver.particle.spaces import broken_like
from solver.physics import cohesive, mechanics
from solver.state import Spaces, State

Floats = npt.NDArray[np.floating]
Table = list[list[fem.Form | None]]


@dataclass(frozen=True)
class MechanicalSystem:
    """Forms of equilibrium, and the point values they are written with.

    unknowns: displacement, and in 2D the axial strain. residual: one form per unknown.
    tangent: all of it; boundary_tangent: the part that changes (displacement block).
    strain_a, strain_c: lattice strain at the nodes. traction, stiffness: of the boundary points.
    nodal_stress: form of the lumped projection; divide by node_volume. elastic_energy: of the
    grains, pJ.
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
    law: cohesive.Strength
    c_axis_of_node: Floats
    elastic: mechanics.Stiffness
    spaces: Spaces
    grain_names: tuple[str, ...]

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
) -> MechanicalSystem:
    """Set up the mechanical system of a particle. Collective.

    elastic: stiffness in MPa. law: resistance of each boundary point.
    """
    msh, boundaries = particle.mesh, spaces.boundaries
    dx = ufl.Measure("dx", msh, metadata=VERTEX_RULE)
    strain_a, strain_c = fem.Function(spaces.scalar), fem.Function(spaces.scalar)
    axis = axis_of_cells(particle, spaces)
    constants = fem.Constant(msh, elastic.invariant_form())

    def stress_of(e: ufl.core.expr.Expr) -> ufl.core.expr.Expr:
        return mechanics.transversely_isotropic_stress(e, axis, constants)

    u, axial = state.displacement, state.axial_strain
    plane = particle.dimension == 2
    elastic_strain = mechanics.strain(u, axial) - mechanics.eigenstrain(strain_a, strain_c, axis)
    stress = stress_of(elastic_strain)
    unknowns = [u, axial] if plane else [u]
    virtual = _virtual_strains(spaces, plane, ufl.TestFunction)
    trial = _virtual_strains(spaces, plane, ufl.TrialFunction)
    traction, stiffness = _boundary_functions(spaces)
    v, du = ufl.TestFunction(spaces.vector), ufl.TrialFunction(spaces.vector)
    bond = -ufl.inner(traction("+"), ufl.jump(v)) * boundaries.dS
    bond_tangent = ufl.inner(ufl.jump(v), ufl.dot(stiffness("+"), ufl.jump(du))) * boundaries.dS
    residual = [mechanics.internal_work(stress, e, dx) for e in virtual]
    residual[0] += bond
    tangent = [[mechanics.internal_work(stress_of(de), e, dx) for de in trial] for e in virtual]
    tangent[0][0] += bond_tangent

    def compiled(form: ufl.Form) -> fem.Form:
        return dolfinx_api.compile_form(form, [boundaries.facets])

    six = ufl.TestFunction(spaces.tensor)
    return MechanicalSystem(
        unknowns=unknowns,
        residual=[compiled(form) for form in residual],
        tangent=[[compiled(form) for form in row] for row in tangent],
        boundary_tangent=compiled(bond_tangent),
        nodal_stress=compiled(ufl.inner(mechanics.six_components(stress), six) * dx),
        elastic_energy=compiled(0.5 * ufl.inner(stress, elastic_strain) * dx),
        node_volume=node_volumes(spaces, dx),
        strain_a=strain_a,
        strain_c=strain_c,
        traction=traction,
        stiffness=stiffness,
        law=law,
        c_axis_of_node=particle.c_axis[spaces.grain_of_node],
        elastic=elastic,
        spaces=spaces,
        grain_names=particle.grain_names,
    )


def axis_of_cells(particle: Particle, spaces: Spaces) -> fem.Function:
    """The c axis of each cell's grain, as a DG0 function."""
    axis = fem.Function(spaces.cell_axis)
    rows = axis.x.array.reshape(-1, 3)
    rows[spaces.cell_axis.dofmap.list[:, 0]] = particle.c_axis[particle.grain]
    return axis


def node_volumes(spaces: Spaces, dx: ufl.Measure) -> Floats:
    """Volume that vertex quadrature gives to each local and ghost node, um^d. Collective."""
    volume = fem.Function(spaces.scalar)
    form = dolfinx_api.compile_form(ufl.TestFunction(spaces.scalar) * dx)
    fem.assemble_vector(volume.x.array, form)
    volume.x.scatter_reverse(la.InsertMode.add)
    volume.x.scatter_forward()
    return volume.x.array.copy()


def _virtual_strains(spaces: Spaces, plane: bool, argument: type) -> list[ufl.core.expr.Expr]:
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

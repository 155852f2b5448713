"""Small elastic bodies with boundaries, held or free, for tests; um and MPa throughout."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse
import scipy.sparse.linalg
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from solver.case import ParticleCase
from solver.case.plane import Plane
from solver.model.mechanics import MechanicalSystem, make_mechanical_system
from solver.model.spaces import Spaces, make_spaces
from solver.model.state import State, make_state
from solver.particle import dolfinx_api
from solver.particle.mesh import Particle, particle_of_mesh
from solver.physics.cohesive import Strength
from solver.physics.mechanics import Stiffness
from solver.physics.strength import strength_factor
from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.mechanics import EquilibriumSolver
from solver.units.constants import METRE
from tests.shared_meshes import shared_mesh

STEEL_LIKE = Stiffness.isotropic(200e3, 0.3)
LAYERED = Stiffness(270e3, 90e3, 70e3, 190e3, 55e3)  # far from isotropic, about the c axis
TRIGONAL = LAYERED._replace(c14=30e3, c15=-14e3)
CUBIC = Stiffness(220e3, 80e3, 80e3, 220e3, 110e3, surplus=40e3)


class Body(NamedTuple):
    """A particle, ready to be brought into equilibrium."""

    particle: Particle
    spaces: Spaces
    state: State
    system: MechanicalSystem

    @property
    def displacement(self) -> np.ndarray:
        """Displacement at the nodes, (nodes, its components)."""
        return self.vectors(self.state["displacement"])

    def vectors(self, values: np.ndarray) -> np.ndarray:
        """Values of a field of vectors as (places, components of the displacement)."""
        return values.reshape(-1, self.spaces.vector.dofmap.bs)

    @property
    def nodes(self) -> np.ndarray:
        """Position of the nodes, (nodes, 3)."""
        return self.spaces.scalar.tabulate_dof_coordinates()

    def stress(self) -> np.ndarray:
        """Stress at the nodes, (nodes, 6). Collective."""
        return self.system.stress.read(fem.Function(self.spaces.tensor))

    def total(self, integrand: ufl.core.expr.Expr) -> float:
        """Integral over the body, quadrature of degree 4. Collective."""
        dx = ufl.Measure("dx", self.particle.mesh, metadata={"quadrature_degree": 4})
        local = fem.assemble_scalar(fem.form(integrand * dx))
        return float(self.particle.mesh.comm.allreduce(local))


def body_of(
    particle: Particle, elastic: Stiffness, law: Strength, plane: Plane = "generalised"
) -> Body:
    """Mechanics of a particle. Collective."""
    spaces = make_spaces(particle, plane)
    state = make_state(spaces)
    system = make_mechanical_system(particle, spaces, state, elastic, law)
    return Body(particle, spaces, state, system)


def unbreakable(penalty: float = 1e9, shear_ratio: float = 1.0) -> Strength:
    """A law whose onset no test comes near."""
    return Strength(1e12, 1e24 / penalty, shear_ratio, penalty, 1e-6)


def bricks(
    size: Sequence[float],
    cells: Sequence[int],
    grains: Sequence[int],
    c_axes: Sequence[Sequence[float]],
    number: Sequence[int] | None = None,
    rotation: np.ndarray | None = None,
    comm: MPI.Comm = MPI.COMM_SELF,
    a_axes: np.ndarray | None = None,
) -> Particle:
    """Rectangle or box from the origin, cut into equal upright bricks, then rotated. Collective.

    grains: bricks along each axis; brick i + n_x (j + n_y k) becomes grain `number[...]`.
    c_axes, a_axes: of the grains, not rotated.
    """
    corners = [np.zeros(len(size)), np.array(size, dtype=float)]
    ghosts = {"ghost_mode": mesh.GhostMode.shared_facet}
    if len(size) == 2:
        crossed = mesh.DiagonalType.crossed
        msh = mesh.create_rectangle(comm, corners, cells, diagonal=crossed, **ghosts)
    else:
        msh = mesh.create_box(comm, corners, cells, **ghosts)
    n_cells = len(msh.geometry.dofmap)
    middle = mesh.compute_midpoints(msh, len(size), np.arange(n_cells, dtype=np.int32))
    place = np.floor(middle[:, : len(size)] / np.array(size) * np.array(grains)).astype(int)
    brick = place @ np.cumprod([1, *grains[:-1]])
    grain = brick if number is None else np.array(number)[brick]
    if rotation is not None:
        msh.geometry.x[:] = msh.geometry.x @ rotation.T
    return particle_of_mesh(msh, grain, np.array(c_axes, dtype=float), a_axis=a_axes)


def discs(
    radii: Sequence[float], sizes: Sequence[float], c_axis: Sequence[float] = (0, 0, 1)
) -> Particle:
    """Concentric grains around a disc, all of one c axis; sizes: edge lengths at each radius."""
    import gmsh

    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        geo, loops = gmsh.model.geo, []
        for radius, size in zip(radii, sizes, strict=True):
            centre = geo.addPoint(0, 0, 0)
            corners = [(radius, 0), (0, radius), (-radius, 0), (0, -radius)]
            points = [geo.addPoint(x, y, 0, size) for x, y in corners]
            pairs = zip(points, points[1:] + points[:1], strict=True)
            loops.append(geo.addCurveLoop([geo.addCircleArc(p, centre, q) for p, q in pairs]))
        for number in range(len(radii)):
            inside = [-loops[number - 1]] if number else []
            geo.addPhysicalGroup(2, [geo.addPlaneSurface([loops[number], *inside])], number + 1)
        geo.synchronize()
        gmsh.model.mesh.generate(2)
        msh, tags, _ = dolfinx_api.model_to_mesh(gmsh.model, MPI.COMM_SELF, 2)
    finally:
        gmsh.finalize()
    grain = np.empty(len(msh.geometry.dofmap), dtype=np.int32)
    grain[tags.indices] = tags.values - 1
    return particle_of_mesh(msh, grain, np.tile(c_axis, (len(radii), 1)))


def section(
    comm: MPI.Comm, radius: float, grains: int, size: float, boundary_size: float
) -> Particle:
    """Disc of Voronoi grains of random axes, meshed with these edges. Collective."""
    case = ParticleCase.model_validate(
        {
            "radius": radius / METRE,
            "grains": {"count": grains},
            "mesh": {"size": size / METRE, "boundary_size": boundary_size / METRE},
        }
    )
    return shared_mesh(case, comm)


def aggregate(
    comm: MPI.Comm, radius: float, strength: float, toughness: float, grains: int = 12
) -> Body:
    """Disc of Voronoi grains on boundaries that can crack, unlike from pair to pair. Collective."""
    size = 0.23 * radius / np.sqrt(grains)
    particle = section(comm, radius, grains, 2 * size, size)
    spaces = make_spaces(particle)
    factor = strength_factor(spaces.boundaries.pair, particle.c_axis, 0.1, 0.2, seed=1)
    return body_of(
        particle, LAYERED, Strength(strength * factor, toughness * factor, 1.0, 1e7, 1e-6)
    )


def relax(
    body: Body,
    strain_a: np.ndarray | float,
    strain_c: np.ndarray | float,
    tolerance: float = 1e-11,
) -> EquilibriumSolver:
    """Bring a free body with these lattice strains into its first equilibrium. Collective."""
    solver = EquilibriumSolver(body.system, tolerance)
    body.system.strain_a.x.array[:] = strain_a
    body.system.strain_c.x.array[:] = strain_c
    body.state["damage"][:] = solver.solve(1.0)
    return solver


def hold(body: Body, load: ufl.Form, damage_old: np.ndarray, tolerance: float = 1e-12) -> None:
    """Equilibrium under a load that also keeps the body in place, by plain Newton, on one rank.

    load: virtual work of grips less that of forces, with the test function of the displacement.
    """
    system, u = body.system, body.state.function("displacement")
    inner = BlockVector(system.residual, system.unknowns)
    outer = BlockVector([fem.form(load)], [u])
    tangent = BlockMatrix(system.tangent)
    grips = BlockMatrix([[fem.form(ufl.derivative(load, u))]])
    stiff, place = _sparse(grips), outer.slices[0]
    scale = float(np.abs(stiff).sum(axis=1).max() * np.abs(body.displacement).max())
    for _ in range(30):
        response = system.update_boundaries(damage_old, 1.0)
        force = inner.assemble().array.copy()
        force[place] += outer.assemble().array
        scale = max(scale, float(np.abs(outer.vector.array).max()))
        if np.abs(force).max() <= tolerance * scale:
            body.state["damage"][:] = response.damage
            return
        system.stiffen_boundaries(response)
        tangent.assemble()
        matrix = _sparse(tangent)
        matrix[place, place] += stiff
        inner.vector.array_w[:] = scipy.sparse.linalg.spsolve(matrix.tocsc(), force)
        inner.add_to_fields(inner.vector, -1.0)
    raise AssertionError(f"not in equilibrium: {np.abs(force).max() / scale:.1e} of the load")


def _sparse(blocks: BlockMatrix) -> scipy.sparse.lil_matrix:
    starts, columns, values = blocks.matrix.getValuesCSR()
    return scipy.sparse.csr_matrix((values, columns, starts)).tolil()


VOIGT = [(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]


def stiffness_tensor(
    elastic: Sequence[float], axis: Sequence[float], across: Sequence[float] | None = None
) -> np.ndarray:
    """C_ijkl of a crystal of these c and a axes (any if None), by turning its Voigt matrix."""
    c11, c12, c13, c33, c44, *others = elastic
    c14, c15, surplus = others or (0.0, 0.0, 0.0)
    c66 = (c11 - c12) / 2 + surplus
    matrix = [
        [c11, c12, c13, c14, c15, 0],
        [c12, c11, c13, -c14, -c15, 0],
        [c13, c13, c33, 0, 0, 0],
        [c14, -c14, 0, c44, 0, -c15],
        [c15, -c15, 0, 0, c44, c14],
        [0, 0, 0, -c15, c14, c66],
    ]
    crystal = np.zeros((3, 3, 3, 3))
    for row, (i, j) in zip(matrix, VOIGT, strict=True):
        for value, (k, m) in zip(row, VOIGT, strict=True):
            crystal[i, j, k, m] = crystal[j, i, k, m] = value
            crystal[i, j, m, k] = crystal[j, i, m, k] = value
    c = np.array(axis) / np.linalg.norm(axis)
    a = np.linalg.svd(c[None])[2][1] if across is None else np.array(across)
    turn = np.column_stack([a, np.cross(c, a), c])
    return np.einsum("ip,jq,kr,ls,pqrs->ijkl", turn, turn, turn, turn, crystal, optimize=True)


def rotation_about(axis: Sequence[float], angle: float) -> np.ndarray:
    """Rotation matrix (Rodrigues)."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross

"""What a body of grains is from afar, for solvers of its equilibrium: see `GrainCycle`."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from petsc4py import PETSc

from solver.case.linear import LEAST_FOR_LEVELS, MechanicsChoice
from solver.model.mechanics import MechanicalSystem
from solver.model.rigid import rigid_motions
from solver.solve.linear.protocol import Levels
from solver.solve.span import span
from solver.solve.springs import row_numbers

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]


def goes_by_levels(system: MechanicalSystem, wanted: MechanicsChoice) -> bool:
    """Whether a body is solved by levels: if a case wants it, else if it is large and in 3D."""
    if wanted != "auto":
        return wanted == "multigrid"
    nodes = system.spaces.vector.dofmap
    unknowns = nodes.index_map.size_global * nodes.bs
    return system.spaces.scalar.mesh.topology.dim == 3 and unknowns >= LEAST_FOR_LEVELS


def levels_of(system: MechanicalSystem, matrix: PETSc.Mat) -> Levels:
    """Return the levels of a body whose tangent is a matrix. Collective."""
    conforming = _conforming(system)
    node = _joined_nodes(system, conforming)[: _owned_nodes(system)]
    joined = _joined(system, matrix, conforming, node)
    return Levels(
        joined=joined,
        rigid=_rigid(conforming, joined),
        motions=_motions(system, matrix),
        clusters=_clusters(node, system, matrix),
        clusters_of_cell=system.spaces.scalar.mesh.topology.dim + len(system.unknowns),
        block=conforming.dofmap.bs if len(system.unknowns) == 1 else 1,
        lasting=system.body.degradation is None,
    )


def _conforming(system: MechanicalSystem) -> fem.FunctionSpace:
    """Displacements of the body without openings."""
    components = system.spaces.vector.dofmap.bs
    return fem.functionspace(system.spaces.scalar.mesh, ("Lagrange", 1, (components,)))


def _owned_nodes(system: MechanicalSystem) -> int:
    return int(system.spaces.scalar.dofmap.index_map.size_local)


def _joined_nodes(system: MechanicalSystem, conforming: fem.FunctionSpace) -> Integers:
    """Node of the joined body at which each local and ghost node is."""
    found = np.empty(len(system.spaces.grain_of_node), dtype=np.int64)
    found[system.spaces.scalar.dofmap.list] = conforming.dofmap.list
    return found


def _joined(
    system: MechanicalSystem, matrix: PETSc.Mat, conforming: fem.FunctionSpace, node: Integers
) -> PETSc.Mat:
    """Columns: every node of the joined body moves all that lie on it; other unknowns as such."""
    d, extra = conforming.dofmap.bs, matrix.getLocalSize()[0]
    extra -= len(node) * d
    n_columns = conforming.dofmap.index_map.size_local * d + extra
    first = matrix.comm.tompi4py().exscan(n_columns) or 0
    own = first + n_columns - extra + np.arange(extra)
    columns = np.append(row_numbers(conforming, first).reshape(-1, d)[node], own)
    return _columns(matrix, n_columns, columns[:, None], np.ones((len(columns), 1)))


def _rigid(conforming: fem.FunctionSpace, joined: PETSc.Mat) -> PETSc.NullSpace:
    """Rigid motions of the joined body."""
    x, d = conforming.tabulate_dof_coordinates(), conforming.dofmap.bs
    motions = rigid_motions(x, d, conforming.mesh.geometry.dim)[0]
    owned = conforming.dofmap.index_map.size_local * d
    return span(motions, owned, joined.createVecRight())


def _motions(system: MechanicalSystem, matrix: PETSc.Mat) -> PETSc.Mat:
    """Columns: displacements of each grain that are quadratic in the coordinates."""
    spaces, d = system.spaces, system.spaces.vector.dofmap.bs
    owned, dim = _owned_nodes(system), system.spaces.scalar.mesh.topology.dim
    shapes = _quadratic(_within_grain(system)[:owned, :dim])
    grains, n = spaces.grain.dofmap.index_map, shapes.shape[1]
    number = grains.local_to_global(spaces.grain_dof_of_node[:owned].astype(np.int32))
    per_row = (np.arange(d)[:, None] * n + np.arange(n))[None]
    columns = (d * n * number[:, None, None] + per_row).reshape(-1, n)
    values = np.repeat(shapes, d, axis=0)
    return _columns(matrix, d * n * grains.size_local, columns, values)


def _quadratic(x: Floats) -> Floats:
    """Monomials of the coordinates up to the second degree, (points, monomials)."""
    dim = x.shape[1]
    products = [x[:, i] * x[:, j] for i in range(dim) for j in range(i, dim)]
    return np.column_stack([np.ones(len(x)), x, *products])


def _within_grain(system: MechanicalSystem) -> Floats:
    """Place of every local and ghost node from the middle of its grain, in sizes of the grain."""
    spaces = system.spaces
    x, owned = spaces.scalar.tabulate_dof_coordinates(), _owned_nodes(system)
    of_node = spaces.grain_dof_of_node

    def total(values: Floats) -> Floats:
        summed = fem.Function(spaces.grain)
        of_grain = np.bincount(of_node[:owned], values[:owned], len(summed.x.array))
        summed.x.array[:] = of_grain
        summed.x.scatter_reverse(la.InsertMode.add)
        summed.x.scatter_forward()
        return summed.x.array

    number = total(np.ones(len(x)))
    middle = np.column_stack([total(column) for column in x.T]) / number[:, None]
    away = x - middle[of_node]
    spread = total((away**2).sum(axis=1)) / number
    return away / np.sqrt(np.where(spread > 0, spread, 1.0))[of_node, None]


def _clusters(node: Integers, system: MechanicalSystem, matrix: PETSc.Mat) -> Integers:
    """Label of each row: nodes on one another have the same, any other unknown has its own."""
    d = system.spaces.vector.dofmap.bs
    extra = matrix.getLocalSize()[0] - len(node) * d
    beyond = node.max(initial=0) + 1
    return np.append(np.repeat(node, d), beyond + np.arange(extra))


def _columns(matrix: PETSc.Mat, n_columns: int, columns: Integers, values: Floats) -> PETSc.Mat:
    """Matrix with the first rows of another, as many entries in each, and so many columns here.

    columns, values: (rows, entries); rows beyond are empty.
    """
    local, every = matrix.getSizes()[0]
    rows = np.minimum(np.arange(local + 1), len(columns)) * columns.shape[1]
    csr = rows.astype(PETSc.IntType), columns.ravel().astype(PETSc.IntType), values.ravel()
    sizes = ((local, every), (n_columns, PETSc.DETERMINE))
    found = PETSc.Mat().createAIJ(sizes, csr=csr, comm=matrix.comm)
    found.assemble()
    return found

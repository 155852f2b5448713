"""From one value in each cell to values at the nodes, exact for linear ones up to the faces.

A linear function is fitted to the cells around every node inside a grain, weighted by volume
(Zienkiewicz and Zhu, Int. J. Numer. Meth. Eng. 33, 1992). A node on the faces of its grain, whose
cells all lie to one side, takes the mean of the functions of its neighbours further inside; where
a grain is too thin to have any, a node takes the mean of its cells. What a node takes depends on
the mesh alone, linearly on the values, and nothing passes from grain to grain.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from petsc4py import PETSc

from solver.particle import dolfinx_api
from solver.particle.interfaces import VERTEX_RULE
from solver.particle.matrices import OTHER_PATTERN, assembled, column_vector, let_go, thinned
from solver.particle.mesh import Particle

Floats = npt.NDArray[np.floating]
Truths = npt.NDArray[np.bool_]
FLAT = 0.02  # share of the spread of a patch; along directions with less a fit tends to a mean
LAYERS = 2  # of nodes that take the functions of nodes further inside


@dataclass(frozen=True)
class Recovery:
    """The matrix from values in cells to values at nodes, distributed as both are owned.

    Each row adds up to one.
    """

    matrix: PETSc.Mat
    from_cells: PETSc.Vec
    to_nodes: PETSc.Vec

    def apply(self, cells: fem.Function, nodes: fem.Function) -> None:
        """Fill a function of the nodes from one of the cells, by components. Collective."""
        values = cells.x.array.reshape(-1, cells.function_space.dofmap.bs)
        at_nodes = nodes.x.array.reshape(-1, nodes.function_space.dofmap.bs)
        n_cells, n_nodes = self.from_cells.local_size, self.to_nodes.local_size
        for k in range(values.shape[1]):
            self.from_cells.array_w[:] = values[:n_cells, k]
            self.matrix.mult(self.from_cells, self.to_nodes)
            at_nodes[:n_nodes, k] = self.to_nodes.array_r
        nodes.x.scatter_forward()


def make_recovery(
    particle: Particle, nodes: fem.FunctionSpace, cells: fem.FunctionSpace
) -> Recovery:
    """Recovery from a scalar DG0 space to the scalar P1 space broken at grains. Collective."""
    patches = _make_patches(particle, nodes, cells)
    reached = inside_of_grains(particle, nodes)[: patches.matrix.getLocalSize()[0]]
    value, slopes = patches.fits(reached)
    neighbours = assembled(ufl.TestFunction(nodes) * ufl.TrialFunction(nodes) * ufl.dx)
    place = [
        column_vector(neighbours, x) for x in nodes.tabulate_dof_coordinates().T[: len(slopes)]
    ]
    for _ in range(LAYERS):
        mean, taken = _mean_of_reached(neighbours, reached)
        further, steeper = mean.matMult(value), [mean.matMult(slope) for slope in slopes]
        for x, slope in zip(place, slopes, strict=True):
            further.axpy(1.0, _times_distance(mean, x).matMult(slope), OTHER_PATTERN)
        value.axpy(1.0, further, OTHER_PATTERN)
        for slope, more in zip(slopes, steeper, strict=True):
            slope.axpy(1.0, more, OTHER_PATTERN)
        reached = reached | taken
        del mean, further, steeper, more
        let_go(value.comm.tompi4py())
    value.axpy(1.0, patches.means(~reached), OTHER_PATTERN)
    return Recovery(value, *value.createVecs())


def inside_of_grains(particle: Particle, nodes: fem.FunctionSpace) -> Truths:
    """Whether each local and ghost node lies on no face of its grain. Collective."""
    topology, on_face = particle.mesh.topology, fem.Function(nodes)
    d = topology.dim
    topology.create_connectivity(d - 1, d)
    topology.create_connectivity(d, d - 1)
    n_owned = topology.index_map(d).size_local
    facets = topology.connectivity(d, d - 1).array.reshape(-1, d + 1)[:n_owned]
    sides = topology.connectivity(d - 1, d)
    first, last = sides.array[sides.offsets[:-1]], sides.array[sides.offsets[1:] - 1]
    inner = (first != last) & (particle.grain[first] == particle.grain[last])
    for corner in range(d + 1):  # a facet has the number of the corner that it lacks
        opposite = ~inner[facets[:, corner]]
        others = np.delete(nodes.dofmap.list[:n_owned], corner, axis=1)
        on_face.x.array[others[opposite]] = 1.0
    on_face.x.scatter_reverse(la.InsertMode.add)
    on_face.x.scatter_forward()
    return np.asarray(on_face.x.array == 0.0)


@dataclass(frozen=True)
class _Patches:
    """The cells around every owned node, as the entries of a sparse matrix.

    matrix: has the pattern. row: of each entry. weight: volume of the cell as a share of the patch.
    offset: of its middle from the node, um.
    """

    matrix: PETSc.Mat
    row: npt.NDArray[np.int64]
    weight: Floats
    offset: Floats

    def means(self, of: Truths) -> PETSc.Mat:
        """Matrix to the means over the patches of some nodes."""
        return self._matrix(self.weight, of)

    def fits(self, of: Truths) -> tuple[PETSc.Mat, list[PETSc.Mat]]:
        """Matrices to values and slopes at some nodes of the linear functions fitted there."""
        middle = self._mean(self.offset)
        away = self.offset - middle[self.row]
        spread = self._mean(away[:, :, None] * away[:, None, :])
        slope = np.einsum("eij,ej->ei", _steady_inverse(spread)[self.row], away)
        slope *= self.weight[:, None]
        value = self.weight - np.einsum("ei,ei->e", slope, middle[self.row])
        return self._matrix(value, of), [self._matrix(part, of) for part in slope.T]

    def _mean(self, values: Floats) -> Floats:
        """Weighted mean over each patch of values of its entries."""
        total = np.zeros((self.matrix.getLocalSize()[0], *values.shape[1:]))
        np.add.at(total, self.row, (self.weight * values.T).T)
        return total

    def _matrix(self, values: Floats, of: Truths) -> PETSc.Mat:
        """Matrix with these entries in the rows of some nodes, the others empty."""
        return thinned(self.matrix, values, of[self.row])


def _make_patches(
    particle: Particle, nodes: fem.FunctionSpace, cells: fem.FunctionSpace
) -> _Patches:
    msh, d = particle.mesh, particle.dimension
    x, middle = ufl.SpatialCoordinate(msh), fem.Function(fem.functionspace(msh, ("DG", 0, (d,))))
    middle.interpolate(dolfinx_api.point_expression(x, middle.function_space))
    dx = ufl.Measure("dx", msh, metadata=VERTEX_RULE)
    volume = ufl.TestFunction(nodes) * ufl.TrialFunction(cells)
    matrix = assembled(volume * dx)
    starts, _, weight = matrix.getValuesCSR()
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    direction = fem.Constant(msh, np.zeros(d))
    moment = ufl.inner(direction, middle - x) * volume * dx
    offset = np.empty((len(row), d))
    for axis in range(d):
        direction.value[:] = np.eye(d)[axis]
        offset[:, axis] = assembled(moment).getValuesCSR()[2] / weight
    weight /= np.bincount(row, weight)[row]
    return _Patches(matrix, row, weight, offset)


def _steady_inverse(spread: Floats) -> Floats:
    """Inverse of the covariance of each patch, (patches, d, d), bounded where it is flat.

    It tends to zero with the spread along a direction in which a patch has next to none.
    """
    share, along = np.linalg.eigh(spread)
    least = np.maximum(share, FLAT * share.sum(axis=1, keepdims=True))
    inverse = np.divide(share, least**2, where=least > 0, out=np.zeros_like(share))
    return np.asarray(np.einsum("nij,nj,nkj->nik", along, inverse, along))


def _mean_of_reached(neighbours: PETSc.Mat, reached: Truths) -> tuple[PETSc.Mat, Truths]:
    """Matrix to the mean over the neighbours that are reached, of nodes that are not but have any.

    Also which nodes these are.
    """
    known = column_vector(neighbours, reached)
    total = known.duplicate()
    neighbours.mult(known, total)
    taken = ~reached & (total.array_r > 0)
    share = np.divide(1.0, total.array_r, where=taken, out=np.zeros(len(taken)))
    mean = neighbours.copy()
    mean.diagonalScale(L=column_vector(neighbours, share), R=known)
    values = mean.getValuesCSR()[2]
    return thinned(mean, values, values != 0.0), taken


def _times_distance(matrix: PETSc.Mat, x: PETSc.Vec) -> PETSc.Mat:
    """Entries a_ij (x_i - x_j)."""
    product, column = matrix.copy(), matrix.copy()
    product.diagonalScale(L=x)
    column.diagonalScale(R=x)
    product.axpy(-1.0, column, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
    return product

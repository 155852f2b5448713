"""How freely gas gets from the boundaries of a particle to the outside."""

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from petsc4py import PETSc

from solver.particle.matrices import assembled
from solver.particle.network import Network

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


class Exposure:
    """Shares of what leaves the sides of closed boundaries that gets out along them.

    What both sides give off diffuses along the boundary, and holds them back: so far as gas comes
    out at all, u is 1, and it falls within the reach l = sqrt(D w / 2 k) of a boundary of width w::

        l^2 u'' = u,     u = 1 where it is open

    The answer is kept: boundaries open seldom.
    """

    def __init__(self, network: Network) -> None:
        """network: of the boundaries."""
        self._network = network
        self._reach = np.nan
        self._open: Booleans = np.zeros(0, dtype=bool)
        self._share: Floats = np.zeros(0)

    def of(self, reach: float, open_points: Booleans) -> Floats:
        """Return u at every boundary point. reach: l, um. open_points: collective."""
        network = self._network
        is_open = network.collect(open_points.astype(float)) > 0
        same = reach == self._reach and np.array_equal(is_open, self._open)
        if not network.boundaries.comm.allreduce(int(not same)):
            return self._share
        self._reach, self._open = reach, is_open
        self._share = self._solved(reach, is_open)[network.node]
        return self._share

    def _solved(self, reach: float, is_open: Booleans) -> Floats:
        """u at the nodes of the network. Collective."""
        network, u = self._network, fem.Function(self._network.space)
        u.x.array[:] = is_open
        if network.boundaries.comm.allreduce(len(is_open)) == 0:
            return u.x.array
        trial, test = ufl.TrialFunction(network.space), ufl.TestFunction(network.space)
        spread = reach**2 * ufl.inner(ufl.grad(trial), ufl.grad(test))
        matrix = assembled((spread + trial * test) * network.dx)
        owned = network.space.dofmap.index_map.size_local
        first = network.space.dofmap.index_map.local_range[0]
        value, right = matrix.createVecRight(), matrix.createVecLeft()
        value.array_w[:] = u.x.array[:owned]
        rows = (first + np.flatnonzero(is_open[:owned])).astype(PETSc.IntType)
        matrix.zeroRowsColumns(rows, 1.0, value, right)
        ksp = PETSc.KSP().create(matrix.comm)
        ksp.setOperators(matrix)
        ksp.setType(PETSc.KSP.Type.PREONLY)
        ksp.getPC().setType(PETSc.PC.Type.CHOLESKY)
        ksp.getPC().setFactorSolverType("mumps")
        ksp.solve(right, value)
        u.x.array[:owned] = value.array_r
        u.x.scatter_forward()
        return u.x.array.copy()

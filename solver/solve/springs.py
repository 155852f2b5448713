"""Stiffness of a body of elastic grains, which stays, and of its boundaries, which does not.

Seen from the vertices of its facets a boundary is a set of springs between pairs of nodes. Their
places in the matrix are found once; then only numbers are put there.
"""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from solver.model.mechanics import MechanicalSystem

Integers = npt.NDArray[np.int64]


class BodyMatrix:
    """Tangent of the equilibrium: grains and springs, as one PETSc matrix.

    grains: stiffness of the whole body without its boundaries, the displacement being the first
    of its unknowns.
    """

    def __init__(self, system: MechanicalSystem, grains: PETSc.Mat) -> None:
        boundaries, self._dimension = system.spaces.boundaries, system.spaces.vector.dofmap.bs
        self._grains, self.matrix = grains, grains.copy()
        self._stiffness, self._own = system.stiffness, np.flatnonzero(boundaries.weight > 0)
        self._weight = boundaries.weight[self._own][:, None, None]
        numbers = row_numbers(system.unknowns[0].function_space, grains.getOwnershipRange()[0])
        dofs = numbers.reshape(-1, self._dimension)
        sides = [dofs[side[self._own]] for side in (boundaries.plus, boundaries.minus)]
        self._dofs = np.hstack(sides).astype(PETSc.IntType)

    def assemble(self) -> PETSc.Mat:
        """Take over the present stiffness of the boundary points. Collective."""
        points = self._stiffness.x.array.reshape(-1, self._dimension, self._dimension)
        springs = self._weight * points[self._own]
        both = np.block([[springs, -springs], [-springs, springs]])
        self._grains.copy(self.matrix, structure=PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        self.matrix.setValuesRCV(self._dofs, self._dofs, both, addv=PETSc.InsertMode.ADD_VALUES)
        self.matrix.assemble()
        return self.matrix


def row_numbers(V: fem.FunctionSpace, first: int) -> Integers:
    """Row of a matrix of each local and ghost dof; owned ones begin with `first`. Collective."""
    number = fem.Function(V)
    n_owned = V.dofmap.index_map.size_local * V.dofmap.index_map_bs
    number.x.array[:n_owned] = first + np.arange(n_owned)
    number.x.scatter_forward()
    return number.x.array.round().astype(np.int64)

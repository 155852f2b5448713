"""A PETSc matrix that is a sum of entries whose places never change.

PETSc finds once where each entry belongs, on this rank or on another, and then takes numbers alone.
"""

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from solver.solve.linear.native import fill, lay_out

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]


class EntryMatrix:
    """Square matrix whose rows and columns are shared out alike.

    n_owned: rows of this rank. rows, columns: global number of each entry given here; the same
    place may come several times, and rows of other ranks may be among them.
    """

    def __init__(self, comm: MPI.Comm, n_owned: int, rows: Integers, columns: Integers) -> None:
        size = (n_owned, PETSc.DETERMINE)
        self.matrix = PETSc.Mat().create(comm)
        self.matrix.setSizes((size, size))
        self.matrix.setType(PETSc.Mat.Type.AIJ)
        self._count = len(rows)
        lay_out(self.matrix, rows, columns)

    def fill(self, values: Floats) -> PETSc.Mat:
        """Make the matrix the sum of entries with these values, in their order. Collective."""
        if values.shape != (self._count,):
            raise ValueError(f"{values.shape} values for {self._count} entries")
        fill(self.matrix, values)
        return self.matrix

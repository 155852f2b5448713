"""A PETSc matrix that is a sum of entries whose places never change.

PETSc finds once where each entry belongs, on this rank or on another, and then takes numbers alone.
petsc4py has no names for this, so PETSc's own functions are called.
"""

import ctypes

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
_PETSC = ctypes.CDLL(PETSc.__file__)  # its symbols are found through what petsc4py is linked with
_HANDLE, _COUNT, _ARRAY = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p
_PETSC.MatSetPreallocationCOO.argtypes = [_HANDLE, _COUNT, _ARRAY, _ARRAY]
_PETSC.MatSetValuesCOO.argtypes = [_HANDLE, _ARRAY, ctypes.c_int]


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
        places = [np.array(part, dtype=PETSc.IntType) for part in (rows, columns)]
        _check(
            _PETSC.MatSetPreallocationCOO(
                self.matrix.handle, self._count, *(place.ctypes.data for place in places)
            )
        )

    def fill(self, values: Floats) -> PETSc.Mat:
        """Make the matrix the sum of entries with these values, in their order. Collective."""
        if values.shape != (self._count,):
            raise ValueError(f"{values.shape} values for {self._count} entries")
        values = np.ascontiguousarray(values, dtype=PETSc.ScalarType)
        mode = int(PETSc.InsertMode.INSERT_VALUES)
        _check(_PETSC.MatSetValuesCOO(self.matrix.handle, values.ctypes.data, mode))
        return self.matrix


def _check(code: int) -> None:
    if code:
        raise PETSc.Error(code)

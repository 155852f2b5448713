"""PETSc's own functions for which petsc4py has no names."""

import ctypes

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
_PETSC = ctypes.CDLL(PETSc.__file__)  # its symbols are found through what petsc4py is linked with
_HANDLE, _COUNT, _ARRAY = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_void_p
_PETSC.MatSetPreallocationCOO.argtypes = [_HANDLE, _COUNT, _ARRAY, _ARRAY]
_PETSC.MatSetValuesCOO.argtypes = [_HANDLE, _ARRAY, ctypes.c_int]
_PETSC.MatSeqAIJGetArrayRead.argtypes = [_HANDLE, ctypes.POINTER(_ARRAY)]
_PETSC.MatSeqAIJRestoreArrayRead.argtypes = [_HANDLE, ctypes.POINTER(_ARRAY)]


def lay_out(matrix: PETSc.Mat, rows: Integers, columns: Integers) -> None:
    """Let a matrix have entries at these places, of global numbers. Collective."""
    places = [np.array(part, dtype=PETSc.IntType) for part in (rows, columns)]
    pointers = [place.ctypes.data for place in places]
    _check(_PETSC.MatSetPreallocationCOO(matrix.handle, len(rows), *pointers))


def fill(matrix: PETSc.Mat, values: Floats) -> None:
    """Make a matrix the sum of the entries that were laid out, in their order. Collective."""
    values = np.ascontiguousarray(values, dtype=PETSc.ScalarType)
    mode = int(PETSc.InsertMode.INSERT_VALUES)
    _check(_PETSC.MatSetValuesCOO(matrix.handle, values.ctypes.data, mode))


def values_of(matrix: PETSc.Mat, count: int) -> Floats:
    """The `count` values of a matrix of one process, row by row, where PETSc has them: no copy.

    They are to be read only, and only while the matrix is there.
    """
    start = _ARRAY()
    _check(_PETSC.MatSeqAIJGetArrayRead(matrix.handle, ctypes.byref(start)))
    _check(_PETSC.MatSeqAIJRestoreArrayRead(matrix.handle, ctypes.byref(ctypes.c_void_p())))
    if not count:
        return np.empty(0)
    seen = ctypes.cast(start, ctypes.POINTER(ctypes.c_double))
    values: Floats = np.ctypeslib.as_array(seen, shape=(count,))
    values.flags.writeable = False
    return values


def _check(code: int) -> None:
    if code:
        raise PETSc.Error(code)

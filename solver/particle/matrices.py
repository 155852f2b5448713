"""Sparse matrices over all ranks, from forms and from entries."""

from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx.fem import petsc
from mpi4py import MPI
from petsc4py import PETSc

from solver.particle import dolfinx_api

Floats = npt.NDArray[np.floating]
OTHER_PATTERN = PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN


def assembled(form: ufl.Form) -> PETSc.Mat:
    """Matrix of a bilinear form. Collective."""
    matrix = petsc.assemble_matrix(dolfinx_api.compile_form(form))
    matrix.assemble()
    return matrix


def matrix_of(like: PETSc.Mat, columns_each: int, rows: tuple[Any, Any, Floats]) -> PETSc.Mat:
    """Matrix with the rows of another and so many columns for each of its. Collective.

    rows: where each of this rank starts, columns numbered over all ranks, entries.
    """
    of_rows, (local, every) = like.getSizes()
    sizes = (of_rows, (columns_each * local, columns_each * every))
    matrix = PETSc.Mat().createAIJ(sizes, csr=rows, comm=like.comm)
    matrix.assemble()
    return matrix


def thinned(matrix: PETSc.Mat, values: Floats, keep: npt.NDArray[np.bool_]) -> PETSc.Mat:
    """Matrix with other values in the pattern of one, and only some of its entries. Collective."""
    starts, columns, _ = matrix.getValuesCSR()
    kept = np.concatenate([[0], np.cumsum(keep)]).astype(starts.dtype)
    return matrix_of(matrix, 1, (kept[starts], columns[keep], values[keep]))


def let_go(comm: MPI.Comm) -> None:
    """Free PETSc's objects that nobody names any more. Collective.

    On one rank that needs no words; on several PETSc keeps them until all ranks ask.
    """
    PETSc.garbage_cleanup(comm)


def column_vector(matrix: PETSc.Mat, values: npt.ArrayLike) -> PETSc.Vec:
    """Owned values as a vector that a matrix takes."""
    vector = matrix.createVecRight()
    vector.array_w[:] = np.asarray(values)[: vector.local_size]
    return vector

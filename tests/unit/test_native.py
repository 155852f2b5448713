"""PETSc's own functions do as their names say."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from solver.solve.entry_matrix import EntryMatrix
from solver.solve.linear.native import values_of

ROWS, COLUMNS = np.array([0, 2, 1, 2, 0]), np.array([1, 2, 0, 2, 0])


@pytest.fixture
def filled():
    entries = EntryMatrix(MPI.COMM_SELF, 3, ROWS, COLUMNS)
    entries.fill(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    return entries


def test_entries_at_the_same_place_are_summed(filled):
    dense = filled.matrix.convert("dense", out=PETSc.Mat())
    np.testing.assert_array_equal(dense.getDenseArray(), [[5, 1, 0], [3, 0, 0], [0, 0, 6]])


def test_entries_filled_anew_replace_those_before(filled):
    filled.fill(np.full(5, 0.5))
    np.testing.assert_array_equal(filled.matrix.getValuesCSR()[2], [0.5, 0.5, 0.5, 1.0])


def test_the_values_of_a_matrix_are_seen_where_they_are(filled):
    values = values_of(filled.matrix, 4)
    np.testing.assert_array_equal(values, filled.matrix.getValuesCSR()[2])
    filled.matrix.scale(2.0)
    np.testing.assert_array_equal(values, filled.matrix.getValuesCSR()[2])
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 1.0


def test_a_matrix_without_rows_has_no_values():
    empty = PETSc.Mat().createAIJ((0, 0), comm=PETSc.COMM_SELF)
    empty.assemble()
    assert values_of(empty, 0).shape == (0,)

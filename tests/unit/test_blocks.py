"""Several fields as one vector and several forms as one matrix."""

import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI

from solver.solve.blocks import BlockMatrix, BlockVector


@pytest.fixture
def two_fields():
    msh = mesh.create_unit_square(MPI.COMM_SELF, 2, 2)
    scalar = fem.functionspace(msh, ("Lagrange", 1))
    vector = fem.functionspace(msh, ("Lagrange", 1, (2,)))
    return fem.Function(scalar), fem.Function(vector)


def forms_of(p, u):
    q, v = ufl.TestFunction(p.function_space), ufl.TestFunction(u.function_space)
    residual = [(p**2 - ufl.div(u)) * q * ufl.dx, (ufl.inner(u, v) + p * ufl.div(v)) * ufl.dx]
    tangent = [[ufl.derivative(form, field) for field in (p, u)] for form in residual]
    return [fem.form(f) for f in residual], [[fem.form(f) for f in row] for row in tangent]


def set_values(fields, seed):
    rng = np.random.default_rng(seed)
    for field in fields:
        field.x.array[:] = rng.normal(size=field.x.array.size)


def test_vector_holds_each_residual_in_its_place_and_is_assembled_anew(two_fields):
    residual, _ = forms_of(*two_fields)
    vector = BlockVector(residual, two_fields)
    for seed in (1, 2):
        set_values(two_fields, seed)
        found = vector.assemble().array.copy()
        for form, place in zip(residual, vector.slices, strict=True):
            assert found[place] == pytest.approx(fem.assemble_vector(form).array, abs=1e-14)
    assert vector.slices[1].stop == len(found)


def test_matrix_is_the_derivative_of_the_vector(two_fields):
    residual, tangent = forms_of(*two_fields)
    vector = BlockVector(residual, two_fields)
    set_values(two_fields, 3)
    matrix = BlockMatrix(tangent)
    direction = vector.vector.duplicate()
    direction.array_w[:] = np.random.default_rng(4).normal(size=direction.local_size)
    predicted = (matrix.matrix * direction).array
    values = []
    for step in (1e-6, -2e-6):
        vector.add_to_fields(direction, step)
        values.append(vector.assemble().array.copy())
    assert (values[0] - values[1]) / 2e-6 == pytest.approx(predicted, abs=1e-7)


def test_a_block_that_changes_counts_once_it_is_merged(two_fields):
    p, _ = two_fields
    _, tangent = forms_of(*two_fields)
    matrix = BlockMatrix(tangent)
    before = matrix.matrix.norm()
    p.x.array[:] = 5.0
    matrix.assemble_block(0, 0)
    assert matrix.matrix.norm() == before
    assert matrix.merge().norm() > 1.1 * before
    assert matrix.matrix.norm() == BlockMatrix(tangent).matrix.norm() == matrix.assemble().norm()


def test_an_empty_block_is_zero(two_fields):
    _, tangent = forms_of(*two_fields)
    matrix = BlockMatrix([tangent[0], [None, tangent[1][1]]]).matrix
    n = two_fields[0].x.array.size
    dense = matrix.convert("dense").getDenseArray()
    assert np.all(dense[n:, :n] == 0)
    assert np.any(dense[:n, n:] != 0)

"""Linear solves with factors of an earlier matrix."""

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from solver.solve.linear import LEAST_WORTH, LaggedSolver, LinearSolveError

N = 60


def matrix_of(diagonal: float) -> PETSc.Mat:
    """Tridiagonal matrix, the second difference plus a diagonal."""
    matrix = PETSc.Mat().createAIJ((N, N), nnz=3, comm=MPI.COMM_SELF)
    for i in range(N):
        matrix.setValue(i, i, 2.0 + diagonal)
        for j in (i - 1, i + 1):
            if 0 <= j < N:
                matrix.setValue(i, j, -1.0)
    matrix.assemble()
    return matrix


def right_of(matrix: PETSc.Mat) -> PETSc.Vec:
    right = matrix.createVecLeft()
    right.array_w[:] = np.random.default_rng(1).normal(size=N)
    return right


def relative_error(matrix, right, solution) -> float:
    return (matrix * solution - right).norm() / right.norm()


def test_first_solve_factors_and_the_next_ones_reuse():
    matrix = matrix_of(0.5)
    solver, right, solution = LaggedSolver(matrix, "t1_"), right_of(matrix), matrix.createVecLeft()
    for _ in range(3):
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-8
    assert solver.factorizations == 1


def test_a_slightly_changed_matrix_is_solved_with_old_factors_and_exactly():
    matrix = matrix_of(0.5)
    solver, right, solution = LaggedSolver(matrix, "t2_"), right_of(matrix), matrix.createVecLeft()
    solver.solve(right, solution)
    matrix.shift(0.01)
    solver.solve(right, solution)
    assert solver.factorizations == 1
    assert relative_error(matrix, right, solution) < 1e-8


def test_factors_that_no_longer_help_are_renewed():
    matrix = matrix_of(0.001)
    solver, right, solution = LaggedSolver(matrix, "t3_"), right_of(matrix), matrix.createVecLeft()
    solver.solve(right, solution)
    diagonal = matrix.createVecLeft()
    diagonal.array_w[:] = np.geomspace(1, 1e6, N)
    matrix.setDiagonal(diagonal)
    solver.solve(right, solution)
    assert solver.factorizations == 2
    assert relative_error(matrix, right, solution) < 1e-8


def test_an_operator_with_a_null_space_needs_only_a_regular_neighbour():
    matrix = matrix_of(0.0)
    matrix.setValue(0, 0, 1.0)
    matrix.setValue(N - 1, N - 1, 1.0)
    matrix.assemble()
    constant = PETSc.NullSpace().create(constant=True, comm=matrix.comm)
    matrix.setNullSpace(constant)

    right = right_of(matrix)
    constant.remove(right)
    solver = LaggedSolver(matrix, "t4_", lambda factored: factored.shift(1e-6))
    solution = matrix.createVecLeft()
    solver.solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8
    assert abs(solution.sum()) < 1e-6 * solution.norm()


def test_what_cannot_be_solved_is_said_and_the_next_solve_starts_afresh():
    matrix = matrix_of(0.5)
    solver, right, solution = LaggedSolver(matrix, "t5_"), right_of(matrix), matrix.createVecLeft()
    matrix.zeroEntries()
    with pytest.raises(LinearSolveError, match="t5_"):
        solver.solve(right, solution)
    matrix.shift(2.0)
    solver.solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8


def test_a_residual_that_counts_as_nothing_costs_nothing():
    matrix = matrix_of(0.5)
    solver, right, solution = LaggedSolver(matrix, "t6_"), right_of(matrix), matrix.createVecLeft()
    solver.solve(right, solution, negligible=10 * right.norm())
    assert solver.iterations == 0
    assert solution.norm() == 0.0


def test_factors_that_have_grown_old_little_by_little_are_renewed():
    matrix = matrix_of(0.001)
    solver, right, solution = LaggedSolver(matrix, "t7_"), right_of(matrix), matrix.createVecLeft()
    solver.solve(right, solution)
    solver.solve(right, solution)
    diagonal = matrix.createVecLeft()
    diagonal.set(2.001)
    diagonal.array_w[::9] = 2.5
    matrix.setDiagonal(diagonal)
    while solver.factorizations == 1:
        solver.solve(right, solution)
        assert solver.iterations < 10 * LEAST_WORTH
    before = solver.iterations
    solver.solve(right, solution)
    assert solver.iterations - before <= 2
    assert relative_error(matrix, right, solution) < 1e-8

"""Linear solvers: factors of the very matrix or of an earlier one, parts in turn, options."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from solver.solve.linear.blocks import BlocksCycle
from solver.solve.linear.choice import choose
from solver.solve.linear.cycles import CycleSolver
from solver.solve.linear.direct import DirectSolver
from solver.solve.linear.lagged import LEAST_WORTH, LaggedSolver
from solver.solve.linear.parts import PartsSolver
from solver.solve.linear.protocol import LinearSolveError, LinearSystem, MatrixPart, TwoLevels
from tests.ranks import on_ranks

N = 60
BOTH = pytest.mark.parametrize("kind", ["direct", "lagged"])


def matrix_of(diagonal: float, comm: MPI.Comm = MPI.COMM_SELF) -> PETSc.Mat:
    """Tridiagonal matrix, the second difference plus a diagonal."""
    matrix = PETSc.Mat().createAIJ((N, N), nnz=3, comm=comm)
    for i in range(*matrix.getOwnershipRange()):
        matrix.setValue(i, i, 2.0 + diagonal)
        for j in (i - 1, i + 1):
            if 0 <= j < N:
                matrix.setValue(i, j, -1.0)
    matrix.assemble()
    return matrix


def vectors_of(matrix: PETSc.Mat) -> tuple[PETSc.Vec, PETSc.Vec]:
    """Right-hand side of random values, and a place for the solution."""
    right = matrix.createVecLeft()
    right.array_w[:] = np.random.default_rng(1).normal(size=right.local_size)
    return right, matrix.createVecRight()


def spread(matrix: PETSc.Mat) -> None:
    """Give a matrix a diagonal over six decades."""
    diagonal = matrix.createVecLeft()
    diagonal.array_w[:] = np.geomspace(1, 1e6, N)
    matrix.setDiagonal(diagonal)


def relative_error(matrix: PETSc.Mat, right: PETSc.Vec, solution: PETSc.Vec) -> float:
    return (matrix * solution - right).norm() / right.norm()


@contextmanager
def options(**values: object) -> Iterator[None]:
    """PETSc options that stand in its database for a while."""
    database = PETSc.Options()
    for name, value in values.items():
        database[name] = value
    yield
    for name in values:
        database.delValue(name)


@BOTH
def test_the_same_matrix_is_factored_once(kind):
    matrix = matrix_of(0.5)
    solver, (right, solution) = choose(LinearSystem("same", matrix), kind), vectors_of(matrix)
    for _ in range(3):
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-8
    assert solver.factorizations == 1


@pytest.mark.parametrize(("kind", "factorizations"), [("direct", 2), ("lagged", 1)])
def test_a_slightly_changed_matrix_is_solved_exactly_with_new_factors_or_old(kind, factorizations):
    matrix = matrix_of(0.5)
    solver, (right, solution) = choose(LinearSystem("change", matrix), kind), vectors_of(matrix)
    solver.solve(right, solution)
    matrix.shift(0.01)
    solver.solve(right, solution)
    assert solver.factorizations == factorizations
    assert relative_error(matrix, right, solution) < 1e-8


def test_factors_that_no_longer_help_are_renewed():
    matrix = matrix_of(0.001)
    solver, (right, solution) = LaggedSolver(LinearSystem("useless", matrix)), vectors_of(matrix)
    solver.solve(right, solution)
    spread(matrix)
    solver.solve(right, solution)
    assert solver.factorizations == 2
    assert relative_error(matrix, right, solution) < 1e-8


@BOTH
def test_an_operator_with_a_null_space_needs_only_a_regular_neighbour(kind):
    matrix = matrix_of(0.0)
    matrix.setValue(0, 0, 1.0)
    matrix.setValue(N - 1, N - 1, 1.0)
    matrix.assemble()
    constant = PETSc.NullSpace().create(constant=True, comm=matrix.comm)
    matrix.setNullSpace(constant)

    right, solution = vectors_of(matrix)
    constant.remove(right)
    system = LinearSystem("singular", matrix, regularize=lambda factored: factored.shift(1e-4))
    choose(system, kind).solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8
    assert abs(solution.sum()) < 1e-6 * solution.norm()


@BOTH
def test_what_cannot_be_solved_is_said_and_the_next_solve_starts_afresh(kind):
    matrix = matrix_of(0.5)
    solver, (right, solution) = choose(LinearSystem("empty", matrix), kind), vectors_of(matrix)
    matrix.zeroEntries()
    with pytest.raises(LinearSolveError, match="solver of empty stopped"):
        solver.solve(right, solution)
    matrix.shift(2.0)
    solver.solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8


@BOTH
def test_a_residual_that_counts_as_nothing_costs_nothing(kind):
    matrix = matrix_of(0.5)
    solver, (right, solution) = choose(LinearSystem("nothing", matrix), kind), vectors_of(matrix)
    solver.solve(right, solution, negligible=10 * right.norm())
    assert solver.iterations == 0
    assert solution.norm() == 0.0


def test_factors_that_have_grown_old_little_by_little_are_renewed():
    matrix = matrix_of(0.001)
    solver, (right, solution) = LaggedSolver(LinearSystem("ageing", matrix)), vectors_of(matrix)
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


def by_parts(name: str, matrix: PETSc.Mat) -> LinearSystem:
    """The first third changes, the second stays, the last couples to nothing."""
    thirds = [PETSc.IS().createStride(N // 3, first, 1, comm=matrix.comm) for first in (0, 20, 40)]
    for row in range(40, N):
        for column in {row - 1, row + 1} & set(range(N)):
            matrix.setValue(row, column, 0.0)
    matrix.assemble()
    first, second, third = thirds
    parts = (
        MatrixPart("a", first),
        MatrixPart("b", second, constant=True),
        MatrixPart("c", third, diagonal=True),
    )
    return LinearSystem(name, matrix, parts=parts)


def levels_of(matrix: PETSc.Mat) -> TwoLevels:
    """One value for every five rows, exactly; all rows, roughly."""
    coarse = PETSc.Mat().createAIJ((N, N // 5), nnz=1, comm=matrix.comm)
    for row in range(N):
        coarse.setValue(row, row // 5, 1.0)
    coarse.assemble()
    return TwoLevels(coarse, PETSc.IS().createStride(N, 0, 1, comm=matrix.comm))


def test_two_levels_solve_without_factors_of_the_whole():
    matrix = matrix_of(0.001)
    spread(matrix)
    system = LinearSystem("levels", matrix, two=levels_of(matrix))
    solver, (right, solution) = choose(system, "blocks"), vectors_of(matrix)
    for _ in range(2):
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-8
        matrix.shift(0.5)
    assert (type(solver), solver.factorizations) == (CycleSolver, 0)
    assert solver.iterations > 0


def test_where_two_levels_fail_factors_solve():
    matrix = matrix_of(0.5)
    levels = levels_of(matrix)
    levels.coarse.zeroEntries()  # the matrix of the few unknowns is then singular
    system = LinearSystem("fails", matrix, two=levels)
    solver, (right, solution) = CycleSolver(system, BlocksCycle), vectors_of(matrix)
    solver.solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8
    assert solver.factorizations == 1


def test_factors_do_for_a_while_after_two_levels_have_failed_twice():
    matrix = matrix_of(0.5)
    system = LinearSystem("hopeless", matrix, two=levels_of(matrix))
    with options(hopeless_ksp_max_it=0):
        solver = CycleSolver(system, BlocksCycle)
    (right, solution), tries, take = vectors_of(matrix), [], solver._cycle.take
    solver._cycle.take = lambda: (tries.append(solver), take())
    for _ in range(5):
        matrix.shift(0.1)
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-8
    assert len(tries) == 2


def test_parts_are_factored_as_often_as_they_change():
    matrix = matrix_of(0.5)
    system, (right, solution) = by_parts("parts", matrix), vectors_of(matrix)
    solver = choose(system)
    for value in (0.0, 3.0, 7.0):
        for row in range(20):
            matrix.setValue(row, row, 2.5 + value)
        matrix.assemble()
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-8
    assert solver.factorizations == 2 + 1 + 1
    assert 3 <= solver.iterations <= 15


def test_a_system_gets_what_a_case_wants_else_what_suits_it():
    matrix = matrix_of(0.5)
    whole, parted = LinearSystem("whole", matrix), by_parts("parted", matrix)
    wanted = [("auto", LaggedSolver), ("lagged", LaggedSolver), ("direct", DirectSolver)]
    assert [type(choose(whole, name)) for name, _ in wanted] == [kind for _, kind in wanted]
    assert isinstance(choose(parted), PartsSolver)


def test_an_option_reaches_the_solver_of_its_prefix_and_no_other():
    matrix = matrix_of(0.5)
    right, solution = vectors_of(matrix)
    errors = {}
    with options(roughly_ksp_rtol=0.1):
        solvers = {name: LaggedSolver(LinearSystem(name, matrix)) for name in ("roughly", "well")}
    for solver in solvers.values():
        solver.solve(right, solution)
    matrix.shift(0.3)
    for name, solver in solvers.items():
        solver.solve(right, solution)
        errors[name] = relative_error(matrix, right, solution)
    assert 1e-3 < errors["roughly"] < 0.1
    assert errors["well"] < 1e-9
    assert solvers["roughly"].iterations < solvers["well"].iterations


def test_a_method_that_measures_no_residual_gets_new_factors_every_time():
    matrix = matrix_of(0.5)
    right, solution = vectors_of(matrix)
    with options(once_ksp_type="preonly"):
        solver = LaggedSolver(LinearSystem("once", matrix))
    for _ in range(2):
        matrix.shift(0.5)
        solver.solve(right, solution)
        assert relative_error(matrix, right, solution) < 1e-12
    assert solver.factorizations == 2


def test_old_factors_may_fail_where_petsc_is_told_to_stop_at_failure():
    matrix = matrix_of(0.001)
    right, solution = vectors_of(matrix)
    with options(strict_ksp_error_if_not_converged=True):
        solver, fresh = (LaggedSolver(LinearSystem("strict", matrix)) for _ in range(2))
    solver.solve(right, solution)
    spread(matrix)
    solver.solve(right, solution)
    assert relative_error(matrix, right, solution) < 1e-8
    matrix.zeroEntries()
    with pytest.raises(LinearSolveError):
        fresh.solve(right, solution)


def fail_on_one(comm: MPI.Comm, kind: str) -> dict[str, list[str]]:
    """What each rank is told where the rows of the first one are empty."""
    matrix = matrix_of(0.5, comm)
    solver, (right, solution) = choose(LinearSystem("ranks", matrix), kind), vectors_of(matrix)
    solver.solve(right, solution)
    if comm.rank == 0:
        row = np.array([0.0, 0.0])
        matrix.setValues([0], [0, 1], row)
    matrix.assemble()
    try:
        solver.solve(right, solution)
    except LinearSolveError as error:
        return {"told": comm.allgather(str(error))}
    return {"told": comm.allgather("solved")}


@BOTH
def test_every_rank_is_told_of_a_row_that_is_empty_on_one(kind):
    told = on_ranks(2, "tests.unit.test_linear:fail_on_one", kind)["told"]
    assert len(set(told)) == 1
    assert len(told) == 2
    assert "solver of ranks stopped" in told[0]

"""Anderson acceleration: exact for small linear problems, and converging where turns diverge."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.solve.anderson import Anderson
from tests.ranks import on_ranks

HERE = "tests.unit.test_anderson"


def iterate(step, q, comm=MPI.COMM_SELF, limit=60, tolerance=1e-10):
    """Number of iterations until the residual of q -> step(q) is small, and the point."""
    mixer = Anderson(comm, len(q))
    for count in range(1, limit + 1):
        residual = step(q) - q
        size = comm.allreduce(float(np.abs(residual).max(initial=0.0)), MPI.MAX)
        if size < tolerance:
            return count, q
        q = mixer.advance(q, residual)
    raise AssertionError(f"{limit} iterations were not enough, residual {size:.1e}")


def test_the_first_advance_is_the_plain_iteration():
    mixer = Anderson(MPI.COMM_SELF, 2)
    assert mixer.advance(np.array([1.0, 2.0]), np.array([0.5, -1.0])) == pytest.approx([1.5, 1.0])


def test_a_linear_problem_of_few_unknowns_is_solved_in_as_many_turns():
    rng = np.random.default_rng(2)
    A, b = rng.standard_normal((4, 4)), rng.standard_normal(4)
    count, q = iterate(lambda q: A @ q + b, np.zeros(4), tolerance=1e-9)
    assert q == pytest.approx(np.linalg.solve(np.eye(4) - A, b), rel=1e-6)
    assert count <= 7  # n + 1 points and the check, one more for rounding


def test_turns_that_diverge_by_themselves_converge():
    factors = -np.linspace(0.2, 1.9, 40)  # as chemistry and mechanics near x = 0.32
    count, q = iterate(lambda q: factors * q + 1.0, np.zeros(40))
    print(f"contraction factors down to -1.9: {count} turns")
    assert q == pytest.approx(1 / (1 - factors), rel=1e-8)
    assert count < 30


def test_a_nonlinear_problem_converges():
    count, q = iterate(lambda q: 1.5 * np.cos(q), np.linspace(0.1, 1.0, 5))
    assert q == pytest.approx(1.5 * np.cos(q), abs=1e-9)
    assert count < 30


def test_restart_forgets_the_problem_before():
    mixer = Anderson(MPI.COMM_SELF, 1)
    mixer.advance(np.array([0.0]), np.array([1.0]))
    mixer.advance(np.array([1.0]), np.array([3.0]))
    mixer.restart()
    assert mixer.advance(np.array([5.0]), np.array([0.25])) == pytest.approx([5.25])


def turns_on_ranks(comm):
    """The same problem spread over the ranks, the last of which owns nothing if there are two."""
    share = [40, 0] if comm.size == 2 else [40]
    factors = -np.linspace(0.2, 1.9, 40)[: share[comm.rank]]
    count, q = iterate(lambda q: factors * q + 1.0, np.zeros(share[comm.rank]), comm)
    return {"count": count, "sum": float(comm.allreduce(q.sum()))}


def test_ranks_agree_even_if_one_owns_nothing():
    one, two = (on_ranks(n, f"{HERE}:turns_on_ranks") for n in (1, 2))
    assert one["count"] == two["count"]
    assert one["sum"] == pytest.approx(two["sum"], rel=1e-12)

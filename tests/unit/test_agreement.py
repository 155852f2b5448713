"""Turns between chemistry and mechanics: accelerated nearby, and down where the way back ends.

Few points that carry the mismatch go by their own secants.

The chemistry of a point: U(x) + s = V, s held as offset + slope x. The mechanics answer with
s = -RELAXED (x - X0). What both agree on is f(x) = U + s = V, with a wave in it: between the folds
at X0 -+ FOLD it rises with x, so that one more point of V has its solution far off.
"""

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from solver.solve import agreement
from solver.solve.agreement import Agreement
from solver.solve.anderson import Anderson
from tests.ranks import on_ranks

HERE = "tests.unit.test_agreement"
X0, FOLD, RELAXED, AT_FIXED_STRAIN = 0.32, 0.03, 0.3, 1.5
HEIGHT = 2 * FOLD**3  # of f at a fold over f(X0), in units of WAVE
WAVE = 100.0
MOST = 40


def agreed(x):
    """f: V over that of X0."""
    y = x - X0
    return WAVE * (3 * FOLD**2 * y - y**3)


def occupancy(held, point, voltage):
    """x that the chemistry of one point finds."""

    def excess(x):
        return agreed(x) + RELAXED * (x - X0) + held.offset[point] + held.slope[point] * x - voltage

    return brentq(excess, X0 - 1.0, X0 + 1.0, xtol=1e-14)


def turns(voltages, start, comm=MPI.COMM_SELF, limit=MOST):
    """Turns until the mismatch is below 1 uV, and the occupancies; `limit` and None if never."""
    x = np.array(start, dtype=float)
    search = Agreement(comm, len(x), lambda x: np.full(len(x), -AT_FIXED_STRAIN))
    search.begin(-RELAXED * (x - X0), x)
    for count in range(1, limit + 1):
        x = np.array([occupancy(search.held, i, v) for i, v in enumerate(voltages)])
        mismatch = -RELAXED * (x - X0) - search.held.value(x)
        largest = comm.allreduce(float(np.abs(mismatch).max(initial=0.0)), MPI.MAX)
        if largest < 1e-6:
            return count, x
        search.advance(mismatch, largest, x)
    return limit, None


BEYOND = WAVE * HEIGHT + 2e-4  # past the fold at X0 + FOLD: V of charging, of which x falls
NEAR = agreed(X0 + 2.5 * FOLD)
POINTS = 30


def charged(points):
    """Voltages and occupancies of points on the side of much lithium; the first loses its place."""
    voltages = np.full(points, NEAR)
    voltages[:1] = BEYOND
    return voltages, [X0 + 1.1 * FOLD, *[X0 + 2.4 * FOLD] * (points - 1)][:points]


def test_a_point_whose_solution_ends_finds_the_one_far_off():
    voltages, start = charged(POINTS)
    count, x = turns(voltages, start)
    print(f"{count} turns")
    assert x is not None
    assert x[0] == pytest.approx(brentq(lambda x: agreed(x) - BEYOND, 0.0, X0 - FOLD), abs=1e-6)
    assert x[1:] == pytest.approx(X0 + 2.5 * FOLD, abs=1e-6)


def test_acceleration_alone_stays_where_the_mismatch_is_least(monkeypatch):
    monkeypatch.setattr(agreement, "PATIENCE", 10 * MOST)
    assert turns(*charged(POINTS)) == (MOST, None)


def test_the_other_way_works_as_well():
    """Discharging, lithium rises past the other fold."""
    voltages = np.full(POINTS, -NEAR)
    voltages[0] = -BEYOND
    count, x = turns(voltages, [X0 - 1.1 * FOLD, *[X0 - 2.4 * FOLD] * (POINTS - 1)])
    print(f"{count} turns")
    assert x is not None
    assert x[0] == pytest.approx(brentq(lambda x: agreed(x) + BEYOND, X0 + FOLD, 1.0), abs=1e-6)


def test_turns_that_get_on_are_those_of_anderson():
    factors = -np.linspace(0.2, 1.9, 40)
    search = Agreement(MPI.COMM_SELF, 40, np.zeros_like)
    alone = Anderson(MPI.COMM_SELF, 40)
    x = np.zeros(40)
    search.begin(x, x)
    offset = np.zeros(40)
    for _ in range(12):
        mismatch = factors * offset + 1.0 - offset
        search.advance(mismatch, float(np.abs(mismatch).max()), x)
        offset = alone.advance(offset, mismatch)
        assert search.held.offset == pytest.approx(offset, rel=1e-12)


MANY = 300  # of which one is few


def test_one_point_of_many_that_loses_its_place_takes_fewer_turns_by_its_secant(monkeypatch):
    count, x = turns(*charged(MANY))
    assert x is not None
    assert x[0] == pytest.approx(brentq(lambda x: agreed(x) - BEYOND, 0.0, X0 - FOLD), abs=1e-6)
    assert x[1:] == pytest.approx(X0 + 2.5 * FOLD, abs=1e-6)
    monkeypatch.setattr(agreement, "FEW", 0.0)
    accelerated, _ = turns(*charged(MANY))
    print(f"{count} turns, {accelerated} without")
    assert count < 0.7 * accelerated


def offsets(factors, limit):
    """Offsets held after each turn, where that of a point changes its mismatch by a factor."""
    search = Agreement(MPI.COMM_SELF, len(factors), np.zeros_like)
    x = np.zeros(len(factors))
    search.begin(x, x)
    for _ in range(limit):
        mismatch = np.where(factors, 1.0 + (factors - 1.0) * search.held.offset, 0.0)
        search.advance(mismatch, float(np.abs(mismatch).max()), x)
        yield search.held.offset


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (0.6, [1.0, 2.5]),  # its end
        (0.9, [1.0, 3.0, 7.0, 10.0]),  # at most twice as far as before
        (-1.5, [1.0, 0.4]),  # back
        (1.5, [1.0, 4.0]),  # on, where it grows: twice the mismatch
    ],
)
def test_a_point_alone_goes_by_its_secant(factor, expected):
    alone = np.zeros(MANY)
    alone[7] = factor
    held = list(offsets(alone, len(expected)))
    assert [offset[7] for offset in held] == pytest.approx(expected)
    assert np.delete(held[-1], 7) == pytest.approx(0.0)


def test_small_mismatches_beside_it_go_by_themselves():
    """Of a point with a twentieth of the mismatch, what its neighbour does would be the secant."""
    search = Agreement(MPI.COMM_SELF, MANY, np.zeros_like)
    x = np.zeros(MANY)
    search.begin(x, x)
    first, second = np.zeros(MANY), np.zeros(MANY)
    first[:2], second[:2] = (1.0, 0.06), (0.8, 0.04)
    search.advance(first, 1.0, x)
    search.advance(second, 0.8, x)
    assert search.held.offset[:2] == pytest.approx([1.0 + 2.0, 0.06 + 0.04])


def turns_on_ranks(comm, points):
    """All points on one rank, and nothing on the other."""
    voltages, start = charged(points if comm.rank == 0 else 0)
    count, x = turns(voltages, start, comm)
    return {"count": count, "sum": float(comm.allreduce(x.sum()))}


@pytest.mark.parametrize("points", [POINTS, MANY])
def test_ranks_pass_a_fold_in_the_same_turns(points):
    one, two = (on_ranks(n, f"{HERE}:turns_on_ranks", points) for n in (1, 2))
    assert one["count"] == two["count"]
    assert one["sum"] == pytest.approx(two["sum"], rel=1e-12)

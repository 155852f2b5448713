"""Slow values some cycles ahead: each point by the law that it has followed."""

from math import inf

import numpy as np
import pytest

from solver.solve.extrapolation import (
    Extrapolation,
    Limits,
    ResolvedCycle,
    cycles_within,
    size_of,
)

SHARE, FILM = Limits(0.0, 1.0), Limits(0.0)


def past_of(value, cycles):
    """What cycles of these numbers showed of a function of the number, (points,) or a number."""
    now, before = (np.array([np.atleast_1d(value(n - k)) for n in cycles]) for k in (0, 1))
    return [ResolvedCycle(n, y, y - x) for n, y, x in zip(cycles, now, before, strict=True)]


COURSES = {
    "still": lambda n: 0.3,
    "steady": lambda n: 0.2 + 0.003 * n,
    "root": lambda n: np.sqrt(0.04 + 0.002 * n),
    "decaying": lambda n: 1 - 0.8 * np.exp(-0.02 * n),
}


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("cycles", [(2, 3, 4), (3, 4, 17, 41)])
def test_every_law_is_found_and_goes_on_exactly(name, cycles):
    course = COURSES[name]
    ahead = Extrapolation(past_of(course, cycles), SHARE)
    assert ahead.names() == [name]
    expected = course(cycles[-1] + 20) - course(cycles[-1])
    assert ahead.growth(20) == pytest.approx(expected, abs=1e-10)
    assert ahead.drift == pytest.approx(0.0, abs=1e-12)


def test_growth_beyond_a_limit_that_is_passed_on_is_kept():
    past = past_of(lambda n: 0.5 + 0.01 * n, (20, 21, 22))
    assert Extrapolation(past, Limits(0.0, 0.9)).growth(40) == pytest.approx(0.9 - 0.72)
    assert Extrapolation(past, Limits(0.0, 0.9, passes_on=True)).growth(40) == pytest.approx(0.4)


def test_points_take_laws_of_their_own():
    both = lambda n: np.array([0.1 + 0.002 * n, np.sqrt(0.09 + 0.003 * n)])  # noqa: E731
    ahead = Extrapolation(past_of(both, (4, 5, 20)), FILM)
    assert ahead.names() == ["steady", "root"]
    assert ahead.growth(10) == pytest.approx(both(30) - both(20))


def test_what_broke_at_once_stays_as_it_is():
    crack = lambda n: 0.9 if n >= 5 else 0.0  # noqa: E731
    for cycles in ((2, 3, 4, 5), (3, 4, 5, 6), (4, 5, 6, 30)):
        ahead = Extrapolation(past_of(crack, cycles), SHARE)
        assert ahead.growth(50) == pytest.approx(0.0, abs=1e-15)


def test_what_comes_at_once_does_not_drift_and_what_comes_slowly_does():
    jump = lambda n: np.array([0.11, 0.09]) if n >= 5 else np.zeros(2)  # noqa: E731
    assert Extrapolation(past_of(jump, (2, 3, 4, 5)), SHARE).drift == pytest.approx([0, 0.09 / 2])
    cover = lambda n: np.array([5.0, 0.0]) if n < 5 else np.array([9.0, 7.0])  # noqa: E731
    assert Extrapolation(past_of(cover, (2, 3, 4, 5)), FILM).drift == pytest.approx([4.0 / 2, 0])


def test_values_keep_to_their_limits():
    past = past_of(lambda n: np.array([0.9 + 0.01 * n, 0.1 - 0.01 * n]), (2, 3, 4))
    assert past[-1].value + Extrapolation(past, SHARE).growth(30) == pytest.approx([1.0, 0.0])


@pytest.mark.parametrize("exponent", [-1.6, -1.0, -0.7, 0.4, 1.0])
@pytest.mark.parametrize("cycles", [(3, 4, 5), (3, 4, 17, 41)])
def test_growth_that_goes_with_a_power_of_the_number_goes_on_so(exponent, cycles):
    course = lambda n: 1e-3 * np.sum(np.arange(1.0, n + 1) ** exponent)  # noqa: E731
    past = past_of(course, cycles)
    ahead = Extrapolation(past, Limits())
    assert ahead.names() == ["power"]
    expected = course(cycles[-1] + 20) - course(cycles[-1])
    assert ahead.growth(20) == pytest.approx(expected, rel=0.01)


def test_growth_that_fades_does_not_turn_and_what_rises_does_so_with_the_number_at_most():
    fading = past_of(lambda n: 0.5 - 0.001 * (10 - n) ** 2, (3, 4, 5))
    rising = past_of(lambda n: 1e-6 * n**4, (3, 4, 5))
    assert 0 < Extrapolation(fading, Limits()).growth(50) < 50 * fading[-1].growth
    most = rising[-1].growth * sum((5 + k) / 5 for k in range(1, 51))
    assert Extrapolation(rising, Limits()).growth(50) == pytest.approx(most, rel=0.01)


def test_without_limits_neither_root_nor_decay_is_asked():
    past = past_of(COURSES["root"], (3, 4, 5))
    assert Extrapolation(past, Limits()).names() == ["power"]


def test_two_cycles_suffice_for_the_simple_laws():
    assert Extrapolation(past_of(COURSES["root"], (3, 4)), FILM).names() == ["root"]
    assert Extrapolation(past_of(COURSES["steady"], (3, 4)), FILM).names() == ["steady"]


def test_drift_counts_the_cycles_that_were_looked_ahead():
    """Growth 0.01, expected again 20 cycles later, is then 0.012."""
    past = [
        ResolvedCycle(4, np.array([0.5]), np.array([0.01])),
        ResolvedCycle(24, np.array([0.7]), np.array([0.012])),
    ]
    ahead = Extrapolation(past, Limits())
    assert ahead.names() == ["steady"]
    assert ahead.drift == pytest.approx(0.002 / 20)


def test_what_points_miss_on_either_side_cancels_in_the_mean():
    past = [ResolvedCycle(n, np.full(2, 0.5), np.full(2, 0.01)) for n in (3, 4, 5)]
    past[-1].growth[:] = 0.009, 0.011
    assert Extrapolation(past, Limits()).drift == pytest.approx([-0.001, 0.001])


def test_the_error_of_a_jump_is_half_the_drift_times_its_square():
    assert cycles_within(0.01, 1e-4, 0.5) == pytest.approx(10.0)
    assert cycles_within(0.01, -1e-4, 0.5) == pytest.approx(10.0)
    assert cycles_within(0.01, 0.0, 0.5) == inf


def test_a_field_is_measured_by_its_mean_or_by_a_part_of_its_range():
    assert size_of(0.02, SHARE) == pytest.approx(0.1)
    assert size_of(0.3, SHARE) == pytest.approx(0.3)
    assert size_of(0.02, FILM) == pytest.approx(0.02)

"""The reaction law at points: it solves Butler-Volmer, its derivatives hold, nothing overflows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.physics.kinetics import linearize, moderate, overpotential

THERMAL = 0.025693  # V
EXCHANGE = np.array([1e-3, 0.5, 3.0, 40.0])


def solved(driving, exchange, resistance, start=0.0, iterations=60):
    """Current at the fixed point of Newton's steps."""
    current = np.full_like(exchange, start)
    for _ in range(iterations):
        current = linearize(current, driving, exchange, 0 * exchange, resistance, THERMAL).current
    return current


@pytest.mark.parametrize("driving", [-0.3, -0.01, 0.0, 0.02, 0.25])
def test_without_a_film_the_current_is_that_of_butler_and_volmer(driving):
    current = solved(np.full_like(EXCHANGE, driving), EXCHANGE, 0.0)
    half = driving / (2 * THERMAL)
    assert current == pytest.approx(EXCHANGE * (np.exp(half) - np.exp(-half)), rel=1e-10, abs=1e-14)


def test_a_film_takes_its_share_of_the_driving_potential():
    driving, resistance = np.full_like(EXCHANGE, 0.2), 0.05
    current = solved(driving, EXCHANGE, resistance)
    left = driving - resistance * current - overpotential(current, EXCHANGE, THERMAL)
    assert np.abs(left).max() < 1e-12
    assert np.all(current < 0.2 / resistance)


def test_a_reaction_at_equilibrium_carries_no_current():
    assert not solved(np.zeros_like(EXCHANGE), EXCHANGE, 0.01).any()


@pytest.mark.parametrize("driving", [-1e6, 1e6])
def test_an_absurd_driving_potential_overflows_nowhere(driving):
    with np.errstate(all="raise"):
        step = linearize(
            np.zeros_like(EXCHANGE), driving, EXCHANGE, np.ones_like(EXCHANGE), 0.0, THERMAL
        )
    assert all(np.isfinite(part).all() for part in step)


def residual(current, driving, exchange, resistance):
    return driving - current * resistance - overpotential(current, exchange, THERMAL)


def test_derivatives_are_those_of_the_law():
    current, driving = np.array([0.3, -2.0, 0.1, 5.0]), np.array([0.1, -0.05, 0.2, 0.0])
    slope, resistance, h = np.array([2.0, -1.0, 0.5, 3.0]), 0.02, 1e-6
    step = linearize(current, driving, EXCHANGE, slope, resistance, THERMAL)

    by_current = (
        residual(current + h, driving, EXCHANGE, resistance)
        - residual(current - h, driving, EXCHANGE, resistance)
    ) / (2 * h)
    by_occupancy = (
        residual(current, driving, EXCHANGE + h * 1e-3 * slope, resistance)
        - residual(current, driving, EXCHANGE - h * 1e-3 * slope, resistance)
    ) / (2e-3 * h)
    assert step.by_potential == pytest.approx(-1 / by_current, rel=1e-6)
    assert step.by_occupancy == pytest.approx(-by_occupancy / by_current, rel=1e-5)
    newton = current - residual(current, driving, EXCHANGE, resistance) / by_current
    assert step.current == pytest.approx(newton, rel=1e-6, abs=1e-7)


SIZES = st.floats(1e-12, 1e6)
RESISTANCES = st.one_of(st.just(0.0), st.floats(1e-12, 1e9))


@given(st.floats(-1e9, 1e9), st.floats(-50, 50), SIZES, RESISTANCES)
def test_a_current_too_large_for_its_potential_is_replaced_by_the_one_driven(
    current, driving, exchange, resistance
):
    given_ones = [np.array([value]) for value in (current, driving, exchange, resistance)]
    with np.errstate(over="raise", invalid="raise"):
        found = moderate(*given_ones, THERMAL)
    needed = resistance * current + overpotential(given_ones[0], given_ones[2], THERMAL)[0]
    if abs(needed) <= abs(driving):
        assert found[0] == current
    else:
        met = resistance * found[0] + overpotential(found, given_ones[2], THERMAL)[0]
        assert met == pytest.approx(driving, rel=1e-9, abs=1e-12)
        assert abs(found[0]) <= abs(current) * (1 + 1e-9)


@given(st.floats(-1e6, 1e6), st.floats(-2, 2), st.floats(1e-6, 1e3), RESISTANCES, RESISTANCES)
def test_newton_converges_from_any_current_beside_a_resistance(
    start, driving, exchange, film, beside
):
    """The potential behind the other resistance follows from the linearized current."""
    i, film, outer = np.array([start]), np.array([film]), beside + 1e-3
    exchange, seen = np.array([exchange]), np.array([driving])
    for _ in range(40):
        point = moderate(i, seen, exchange, film, THERMAL)
        step = linearize(point, seen, exchange, 0 * exchange, film, THERMAL)
        after = driving - outer * step.current
        change = (after - seen) / (1 + outer * step.by_potential)
        i, seen = step.current + step.by_potential * change, seen + change
    left = driving - outer * i - film * i - overpotential(i, exchange, THERMAL)
    assert np.abs(left).max() < 1e-8

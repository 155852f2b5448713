"""The reaction law at points: it solves Butler-Volmer, its derivatives hold, nothing overflows."""

import numpy as np
import pytest

from solver.physics.kinetics import linearize, overpotential

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

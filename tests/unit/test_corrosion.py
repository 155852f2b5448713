"""Corrosion of boundary points: its rate, its limits, and what it leaves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from solver.mechanisms.corrosion import CorrosionLaw, attack, corroded

LAW = CorrosionLaw(np.array([3e-6]), 4.2, 0.1)
SHARES = st.floats(0.0, 1.0)


@settings(max_examples=60, deadline=None)
@given(start=SHARES, wet=SHARES, potential=st.floats(2.5, 4.6), dt=st.floats(1.0, 1e7))
def test_it_follows_its_equation(start, wet, potential, dt):
    rate = 3e-6 * min(1.0, np.exp((potential - 4.2) / 0.1)) * wet
    exact = solve_ivp(lambda t, c: rate * (1 - c), (0.0, dt), [start], rtol=1e-11, atol=1e-13)
    after = corroded(np.array([start]), np.array([wet]), np.array([potential]), LAW, dt)
    assert after.item() == pytest.approx(exact.y[0, -1], abs=1e-10)


@settings(max_examples=60, deadline=None)
@given(start=SHARES, times=st.lists(st.floats(1.0, 1e6), min_size=1, max_size=12))
def test_many_steps_are_one(start, times):
    wet, potential = np.array([0.7]), np.array([4.15])
    stepwise = np.array([start])
    for dt in times:
        stepwise = corroded(stepwise, wet, potential, LAW, dt)
    assert stepwise == pytest.approx(
        corroded(np.array([start]), wet, potential, LAW, sum(times)), abs=1e-12
    )


def test_it_is_as_fast_as_it_gets_from_the_reference_on():
    potential = np.array([4.0, 4.1, 4.2, 4.3, 4.9])
    assert attack(potential, LAW) == pytest.approx([np.exp(-2), np.exp(-1), 1.0, 1.0, 1.0])


def test_what_is_dry_does_not_corrode():
    assert not corroded(np.zeros(1), np.zeros(1), np.array([4.5]), LAW, 1e9).any()

"""Cyclic damage: the law of Roe and Siegmund, integrated step by step, against its ODE."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.mechanisms.fatigue import FatigueLaw, Path, damage, unit_of_length
from solver.physics.cohesive import Strength

STRENGTH = Strength(np.array([2e3]), np.array([10.0]), 1.0, 1e7, 1e-6)
UNIT = unit_of_length(STRENGTH.strength, STRENGTH.toughness)
LAW = FatigueLaw(4.0, 1.0, 0.25, 1.0)
OPENINGS = st.floats(0.0, 0.01)


def on(start, end, reach, travelled=1.0, law=LAW):
    """Damage of a straight path at a point."""
    path = Path(*(np.array([value]) for value in (start, end, travelled)))
    return damage(path, reach, UNIT, law).item()


def test_the_unit_of_length_is_where_an_exponential_law_of_that_toughness_bears_most():
    opening = np.linspace(0.0, 50 * UNIT[0], 200001)
    traction = np.e * 2e3 * opening / UNIT * np.exp(-opening / UNIT)
    assert opening[traction.argmax()] == pytest.approx(UNIT[0], rel=1e-3)
    assert np.trapezoid(traction, opening) == pytest.approx(10.0, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(start=OPENINGS, end=OPENINGS, reach=st.floats(1e-4, 0.01))
def test_a_path_damages_as_the_integral_of_its_law(start, end, reach):
    points = np.linspace(start, end, 20001)
    drive = np.where(points <= reach, np.maximum(points / reach - 0.25, 0.0), 0.0)
    exact = abs(np.trapezoid(drive, points)) / (4 * UNIT[0])
    assert on(start, end, reach) == pytest.approx(exact, rel=1e-3, abs=1e-4 * 0.01 / UNIT[0])


@settings(max_examples=60, deadline=None)
@given(start=OPENINGS, end=OPENINGS, share=st.floats(0.0, 1.0), travelled=st.floats(0.0, 0.004))
def test_two_halves_of_a_path_damage_like_the_whole(start, end, share, travelled):
    middle = start + share * (end - start)
    halves = on(start, middle, 0.006, travelled)
    halves += on(middle, end, 0.006, travelled + abs(middle - start))
    assert halves == pytest.approx(on(start, end, 0.006, travelled), abs=1e-12)


def test_nothing_happens_before_the_threshold_of_travel():
    assert on(0.0, 0.9 * UNIT[0], UNIT[0], travelled=0.0) == 0.0
    assert on(0.0, 0.9 * UNIT[0], UNIT[0], travelled=UNIT[0]) > 0.0


def test_nothing_happens_below_the_endurance_limit():
    assert on(0.0, 0.249 * 0.004, 0.004) == 0.0
    assert on(0.0, 0.251 * 0.004, 0.004) > 0.0


def test_acceleration_counts_a_path_so_many_times():
    fast = LAW._replace(acceleration=20.0)
    assert on(0.001, 0.003, 0.004, law=fast) == pytest.approx(20 * on(0.001, 0.003, 0.004))
    assert on(0.0, 0.003, 0.004, travelled=0.0, law=fast) == pytest.approx(
        20 * (on(UNIT[0] / 20, 0.003, 0.004)), rel=1e-12
    )

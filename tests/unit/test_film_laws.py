"""Films grow by two steps in series: what passes them, and oxidation of the electrolyte."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.materials import load_interphase_material
from solver.physics.film_growth import Oxidation, parabolic, self_limiting
from solver.units.constants import FARADAY, GAS_CONSTANT, METRE

START, RATE, SPEED, LIMIT = 0.005, 1.3e-10, 1.6e-7, 0.004  # um, um^2/s, um/s, um
TIMES = st.floats(1e-3, 1e9)
SLOWNESSES = st.one_of(st.just(0.0), st.floats(1e3, 1e14))  # s/um


def exponential(thickness):
    return LIMIT / SPEED * np.exp(thickness / LIMIT)


@given(time=TIMES, slowness=SLOWNESSES)
def test_diffusion_and_oxidation_take_the_sum_of_their_times(time, slowness):
    after = parabolic(np.array([START]), RATE, slowness, time)
    taken = slowness * (after - START) + (after**2 - START**2) / RATE
    grown = (after - START) / START
    assert taken == pytest.approx(time, rel=1e-9 + 1e-15 / grown.item())


@given(time=TIMES, slowness=SLOWNESSES)
def test_leaking_and_oxidation_take_the_sum_of_their_times(time, slowness):
    after = self_limiting(np.array([START]), SPEED, LIMIT, slowness, time)
    taken = slowness * (after - START) + exponential(after) - exponential(START)
    grown = (after - START) / START
    assert taken == pytest.approx(time, rel=1e-9 + 1e-14 / grown.item())


def test_films_far_thicker_than_their_limit_stay_as_they_are():
    thick = np.array([5000 * LIMIT])
    assert self_limiting(thick, SPEED, LIMIT, 1e7, 1e9) == pytest.approx(thick, rel=1e-12)


@pytest.mark.parametrize("law", [parabolic, self_limiting])
def test_slow_oxidation_rules_alone_and_fast_oxidation_not_at_all(law):
    passing = (RATE,) if law is parabolic else (SPEED, LIMIT)
    start, time, slow = np.array([START]), 1e4, 1e13
    assert law(start, *passing, slow, time) - start == pytest.approx(time / slow, rel=1e-4)
    free, fast = (law(start, *passing, slowness, time) for slowness in (0.0, 1e-3))
    assert fast == pytest.approx(free, rel=1e-9)


def test_oxidation_follows_tafel_with_the_transfer_coefficient_of_the_material():
    film = load_interphase_material("carbonate").oxidation
    scale = GAS_CONSTANT * 298.15 / (film.transfer_coefficient * FARADAY)
    law = Oxidation(film.rate(298.15) * METRE, film.reference_potential, scale)
    found = 1 / law.slowness(np.array([3.7, 4.2, 4.5])) / METRE  # m/s
    assert found[1] == pytest.approx(1.3e-14)
    factors = found / found[1]
    assert factors == pytest.approx(np.exp(np.array([-0.5, 0.0, 0.3]) / 0.0513853), rel=1e-4)


def test_oxidation_is_activated_by_heat():
    rate = load_interphase_material("carbonate").oxidation.rate
    exact = np.exp(50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15))
    assert rate(333.15) / rate(298.15) == pytest.approx(exact, rel=1e-12)

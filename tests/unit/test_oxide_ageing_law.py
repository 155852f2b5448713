"""Ageing of the oxide: its law, its temperature, its values in case and material."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from solver.materials import load_grain_material
from solver.mechanisms.oxide_ageing import AgeingLaw, OxideAgeingCase, kept
from solver.mechanisms.places import Places
from solver.units.constants import GAS_CONSTANT

SHARES = st.floats(0.0, 1.0)


def law(rate=3e-6, exponent=1.0):
    return AgeingLaw(np.array([rate]), np.array([exponent]), np.array([1.0]))


@settings(max_examples=60, deadline=None)
@given(start=SHARES, x=SHARES, exponent=st.floats(0.0, 4.0), dt=st.floats(1.0, 1e6))
def test_it_follows_its_equation(start, x, exponent, dt):
    rate = 3e-6 * (2 * (1 - x)) ** exponent
    exact = solve_ivp(lambda t, a: rate * (1 - a), (0.0, dt), [start], rtol=1e-11, atol=1e-13)
    after = 1 - (1 - start) * kept(np.array([x]), law(exponent=exponent), dt)
    assert after.item() == pytest.approx(exact.y[0, -1], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(x=SHARES, times=st.lists(st.floats(1.0, 1e6), min_size=1, max_size=12))
def test_many_steps_are_one(x, times):
    stepwise = np.prod([kept(np.array([x]), law(), dt) for dt in times])
    assert stepwise == pytest.approx(kept(np.array([x]), law(), sum(times)).item(), abs=1e-12)


def test_charged_oxide_ages_faster_by_the_exponent_and_all_alike_without():
    x = np.array([0.1, 0.5, 0.9])
    rates = -np.log(kept(x, law(exponent=2.0), 1e3)) / 1e3
    assert rates == pytest.approx(3e-6 * np.array([3.24, 1.0, 0.04]))
    assert -np.log(kept(x, law(exponent=0.0), 1e3)) / 1e3 == pytest.approx([3e-6] * 3)


def test_overfull_oxide_does_not_heal():
    assert kept(np.array([1.0 + 1e-9]), law(), 1e9) == 1.0
    assert kept(np.array([1.0 + 1e-9]), law(exponent=0.5), 1e9) == 1.0


def places(*oxides):
    """A node in a grain of each oxide, and one in a filler that counts as of the first."""
    n = len(oxides)
    nodes = SimpleNamespace(grain=np.arange(n + 1), in_oxide=np.arange(n + 1) < n)
    stand_in = SimpleNamespace(nodes=nodes, oxides=oxides, oxide=np.array([*range(n), 0]))
    stand_in.fresh_sites = partial(Places.fresh_sites, stand_in)
    return stand_in


def rates_at(temperature, section=None, oxides=("NMC76",)):
    section = section or OxideAgeingCase(enabled=True)
    ageing = section.mechanism(places(*map(load_grain_material, oxides)))
    ageing.laws(temperature)
    return ageing.law


def test_the_rate_is_that_of_the_material_and_faster_when_hot():
    cold, hot = (rates_at(t).rate[0] for t in (298.15, 333.15))
    assert cold == pytest.approx(1.0e-8)
    ratio = np.exp(50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15))
    assert hot / cold == pytest.approx(ratio)
    assert ratio == pytest.approx(8.3, rel=0.01)


def test_fillers_and_oxides_without_an_entry_do_not_age():
    assert list(rates_at(298.15, oxides=("NMC811", "LCO")).rate > 0) == [True, False, False]


def test_what_the_case_says_stands_before_the_material():
    own = {"rate": 2e-7, "activation_energy": 2e4, "exponent": 0.5, "trapped_share": 0.25}
    found = rates_at(323.15, OxideAgeingCase(enabled=True, acceleration=3.0, **own))
    hotter = np.exp(2e4 / GAS_CONSTANT * (1 / 298.15 - 1 / 323.15))
    assert found.rate[0] == pytest.approx(3 * 2e-7 * hotter)
    assert (found.exponent[0], found.trapped_share[0]) == (0.5, 0.25)

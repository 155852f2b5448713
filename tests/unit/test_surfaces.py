"""Currents through surfaces: linear in the changes of the unknowns, none where nothing is open."""

from types import SimpleNamespace

import numpy as np
import pytest
from dolfinx import fem, mesh
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from solver.entries import laws
from solver.model.electro.losses import LossMeter
from solver.model.electro.surfaces import Passage, Surface, closed

THERMAL = 0.0257  # V
N = 5
SPACE = fem.functionspace(mesh.create_interval(MPI.COMM_SELF, N - 1, (0.0, 1.0)), ("Lagrange", 1))
LAW = laws.linear(0.2, 1.0)


def surface(current=0.0):
    """A surface of five points with this current."""
    at = Surface.at(np.arange(N, dtype=np.int32), np.zeros(N), SPACE)
    at.current[:] = current
    return at


def passage(**parts):
    """A passage open to liquid, but for what is given."""
    usual = dict.fromkeys(Passage._fields, 0.0) | {"liquid": 1.0}
    return Passage(**{name: np.full(N, value) for name, value in (usual | parts).items()})


def react(at, through, driving, x=0.5):
    at_points = np.full(N, x)
    return at.react(
        through, np.full(N, driving), LAW.value(at_points), LAW.slope(at_points), THERMAL
    )


def iterated(through, driving, x=0.5):
    """Current once the law is met."""
    at = surface()
    for _ in range(40):
        react(at, through, driving, x)
        at.follow(1.0, np.zeros(N), np.zeros(N))
    assert react(at, through, driving, x) < 1e-12
    return at.current[0]


@settings(max_examples=60, deadline=None)
@given(st.floats(-1.0, 1.0), st.floats(0.01, 0.99), st.floats(0.0, 10.0), st.floats(0.01, 5.0))
def test_liquid_multiplies_the_exchange_current_of_the_oxide(driving, x, resistance, liquid):
    i = iterated(passage(liquid=liquid, resistance=resistance), driving, x)
    exact = i * resistance + 2 * THERMAL * np.arcsinh(i / 2 / (liquid * (0.2 + x)))
    assert exact == pytest.approx(driving, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1.0, 1.0), st.floats(0.0, 10.0), st.floats(0.01, 5.0))
def test_a_constant_exchange_current_does_not_know_the_occupancy(driving, resistance, constant):
    through = passage(liquid=0.0, constant=constant, resistance=resistance)
    i = iterated(through, driving, x=np.nan)
    exact = i * resistance + 2 * THERMAL * np.arcsinh(i / 2 / constant)
    assert exact == pytest.approx(driving, abs=1e-9)


def test_a_transfer_that_costs_nothing_leaves_the_resistance_alone():
    through = passage(liquid=0.0, constant=np.inf, resistance=0.5)
    at = surface(1.7)
    react(at, through, 0.2)
    at.follow(1.0, np.zeros(N), np.zeros(N))
    assert at.current == pytest.approx(0.4, rel=1e-14)


def test_nothing_passes_where_all_is_closed():
    at = surface(3.0)
    assert react(at, closed(N), 0.7) == 0.0
    assert not at.current.any()
    assert not at.drawn(closed(N)).any()
    for share in (at.lithium, at.charge):
        assert not share.value.x.array.any()
        assert not share.by_potential.x.array.any()
    at.follow(1.0, np.ones(N), np.ones(N))
    assert not at.current.any()


def test_closed_points_beside_open_ones_stay_closed():
    open_ones = np.array([True, False, True, False, False])
    through = passage()._replace(liquid=open_ones.astype(float), parasitic=np.full(N, 0.3))
    at = surface(1.0)
    react(at, through, 0.1)
    assert np.array_equal(through.open, open_ones)
    assert np.array_equal(at.current != 0, open_ones)
    assert np.array_equal(at.charge.value.x.array != 0, open_ones)
    assert np.array_equal(at.drawn(through), at.current + 0.3 * open_ones)


def test_a_parasitic_current_carries_charge_but_no_lithium():
    at = surface(0.4)
    react(at, passage(parasitic=0.25), 0.1)
    difference = at.charge.value.x.array - at.lithium.value.x.array
    assert difference == pytest.approx(0.25, rel=1e-14)
    assert np.array_equal(at.charge.by_potential.x.array, at.lithium.by_potential.x.array)
    assert at.drawn(passage(parasitic=0.25)) == pytest.approx(0.65, rel=1e-14)


@pytest.mark.parametrize("factor", [1.0, 0.3])
def test_a_current_follows_the_share_of_the_step_that_was_taken(factor):
    """What the balances have seen is what the current becomes."""
    at, moved, dx = surface(0.4), np.linspace(-0.1, 0.1, N), np.linspace(0.0, 0.05, N)
    react(at, passage(resistance=0.1), 0.1)
    seen = at.lithium
    exact = 0.4 + factor * (seen.value.x.array - 0.4)
    exact += seen.by_potential.x.array * moved + seen.by_occupancy.x.array * dx
    at.follow(factor, moved, dx)
    assert at.current == pytest.approx(exact, rel=1e-14)


def test_the_law_says_by_how_much_it_is_not_met():
    at = surface(0.0)
    assert react(at, passage(), 0.8) == pytest.approx(0.8, rel=1e-12)


def test_what_drives_where_nothing_passes_yet_is_still_to_be_lost():
    """A point that opens in the next step loses the mean of this and of what its law asks then."""
    through = passage(resistance=0.5)
    through.liquid[[1, 4]] = 0.0
    meter = SimpleNamespace(_system=SimpleNamespace(laws=SimpleNamespace(thermal_voltage=THERMAL)))
    at = surface(np.where(through.open, 0.3, 0.0))
    driving = np.array([0.1, 0.2, 0.3, 0.4, -0.5])
    drop = LossMeter._drop(meter, at, through, np.full(N, 0.7), driving)
    reaction = 2 * THERMAL * np.arcsinh(0.3 / 1.4)
    assert drop.reaction == pytest.approx(np.where(through.open, reaction, driving))
    assert drop.resistance == pytest.approx(np.where(through.open, 0.15, 0.0))

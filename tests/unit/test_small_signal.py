"""Points of a surface under a small signal: circuits they must be, and the law they come from."""

import numpy as np
import pytest

from solver.physics.kinetics import linearize
from solver.physics.small_signal import SignalPoints

THERMAL = 0.025693  # V
CURRENT = np.array([0.0, 0.3, -2.0, 5.0])
EXCHANGE = np.array([1e-3, 0.5, 3.0, 40.0])
SLOPE = np.array([1.0, 2.0, -1.0, 3.0])
ONE = np.ones(4)


def points(exchange=EXCHANGE, resistance=0.02, capacity=0.1, relaxation=0.0):
    return SignalPoints.at(
        CURRENT,
        exchange,
        SLOPE,
        resistance * ONE,
        resistance * ONE,
        relaxation * ONE,
        capacity * ONE,
        THERMAL,
    )


def test_a_slow_signal_sees_the_derivatives_of_the_reaction_law():
    law = linearize(CURRENT, 0 * ONE, EXCHANGE, SLOPE, 0.02, THERMAL)
    for answer in points().oscillate(0.0):
        assert answer.by_potential == pytest.approx(law.by_potential, rel=1e-13)
        assert answer.by_occupancy == pytest.approx(law.by_occupancy, rel=1e-13)


def test_charge_meets_resistance_and_layer_like_a_circuit():
    s = 2j * np.pi * 30.0
    reaction = 2 * THERMAL / np.sqrt(CURRENT**2 + 4 * EXCHANGE**2)
    circuit = 0.02 + 1 / (1 / reaction + s * 0.1)
    lithium, charge = points().oscillate(s)
    assert charge.by_potential == pytest.approx(1 / circuit, rel=1e-13)
    assert lithium.by_potential == pytest.approx(1 / circuit / (1 + s * 0.1 * reaction), rel=1e-13)


def test_the_dielectric_of_a_film_bridges_its_resistance():
    s, relaxation = 2j * np.pi * 3e4, 2e-5
    reaction = 2 * THERMAL / np.sqrt(CURRENT**2 + 4 * EXCHANGE**2)
    film = 1 / (1 / 0.02 + s * relaxation / 0.02)
    circuit = film + 1 / (1 / reaction + s * 0.1)
    _, charge = points(relaxation=relaxation).oscillate(s)
    assert charge.by_potential == pytest.approx(1 / circuit, rel=1e-12)


def test_a_change_of_the_exchange_current_acts_behind_the_series_resistance():
    s = 2j * np.pi * 30.0
    lithium, charge = points().oscillate(s)
    stored = charge.by_occupancy - lithium.by_occupancy
    overpotential = -0.02 * charge.by_occupancy  # the driving potential is held
    assert stored == pytest.approx(s * 0.1 * overpotential, rel=1e-13)


def test_where_nothing_reacts_only_the_double_layer_answers():
    s = 2j * np.pi * 30.0
    lithium, charge = points(exchange=0 * ONE).oscillate(s)
    assert not lithium.by_potential.any()
    assert not lithium.by_occupancy.any()
    assert charge.by_potential == pytest.approx(1 / (0.02 + 1 / (s * 0.1)), rel=1e-13)


def test_where_transfer_costs_nothing_only_the_series_resistance_is_left():
    with np.errstate(all="raise"):
        answers = points(exchange=np.inf * ONE).oscillate(2j * np.pi * 1e5)
    for answer in answers:
        assert answer.by_potential == pytest.approx(50.0, rel=1e-13)
        assert not answer.by_occupancy.any()


def test_a_closed_point_lets_nothing_pass():
    for answer in points(0 * ONE, 0.0, 0.0).oscillate(1j):
        assert not answer.by_potential.any()
        assert not answer.by_occupancy.any()

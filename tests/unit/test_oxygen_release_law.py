"""How deep rock salt reaches below a hot surface: barrier, vacancies, direction, pressure."""

import numpy as np
import pytest

from solver.materials import load_grain_material
from solver.physics.oxygen_release import Release
from solver.units.constants import BOLTZMANN

EV = 1.602176634e-19
HOT = 823.15  # K
LCO = load_grain_material("LCO").entries["oxygen_release"]


def grown(speed, rate, arrest, old, dt):
    values = [np.array([value], dtype=float) for value in (speed, rate, arrest, old)]
    return float(Release(*values[:3]).depth(values[3], dt)[0])


def test_an_interface_that_waits_for_metals_moves_steadily():
    assert grown(2e-3, 1e30, 0.0, 1e-3, 5.0) == pytest.approx(1e-3 + 1e-2, rel=1e-12)


def test_one_that_waits_for_vacancies_moves_with_the_root_of_time():
    assert grown(1e30, 2e-4, 0.0, 1e-2, 5.0) == pytest.approx(np.sqrt(1e-4 + 1e-3), rel=1e-12)


def test_both_take_their_time_one_after_the_other():
    depth = grown(2e-3, 2e-4, 0.0, 1e-3, 7.0)
    time = (depth - 1e-3) / 2e-3 + (depth**2 - 1e-6) / 2e-4
    assert time == pytest.approx(7.0, rel=1e-12)
    assert depth < 0.9 * 1.5e-2  # slower than either alone


@pytest.mark.parametrize("speed", [1e-4, 1e-2, 1e30])
def test_it_stops_at_its_arrest_as_the_law_says(speed):
    arrest, rate, old, dt = 7.5e-3, 2e-5, 2e-3, 1.5
    depth = grown(speed, rate, arrest**-2, old, dt)

    def time(s):
        return s / speed - arrest**2 / rate * np.log1p(-((s / arrest) ** 2))

    assert time(depth) - time(old) == pytest.approx(dt, rel=1e-9)
    assert old < depth < arrest
    assert grown(speed, rate, arrest**-2, old, 1e9) == pytest.approx(arrest, rel=1e-9)


def test_many_short_steps_are_one_long_one():
    depth = 0.0
    for _ in range(40):
        depth = grown(1e-3, 2e-5, 1e4, depth, 0.5)
    assert depth == pytest.approx(grown(1e-3, 2e-5, 1e4, 0.0, 20.0), rel=1e-10)


@pytest.mark.parametrize(("speed", "rate", "old"), [(0.0, 1.0, 0.3), (1.0, 0.0, 0.3), (1, 1, 0.11)])
def test_what_stands_still_or_is_beyond_its_arrest_keeps_its_depth(speed, rate, old):
    assert grown(speed, rate, 100.0 if speed and rate else 0.0, old, 10.0) == old


def test_the_barrier_is_that_of_the_table():
    barrier = LCO.barrier.at(np.array([0.0, 0.005, 0.01, 0.03, 0.045, 0.2])) / EV
    assert barrier == pytest.approx([2.33, 1.645, 0.96, 0.96, 1.28, 2.33], rel=1e-9)


def test_hops_at_550_degrees_are_those_of_the_barriers():
    """0.054 per second over 2.33 eV, 1.3e7 over 0.96 eV; a hop is a third of c."""
    speed = LCO.net_speed(np.array([0.0, 0.02 / LCO.barrier.per_shear]), 0.0, HOT)
    assert speed / (14.05e-10 / 3) == pytest.approx([0.0543, 1.32e7], rel=0.01)


def test_vacancies_pass_125_nm_in_a_minute_at_550_degrees():
    diffusivity = LCO.kinetics.diffusivity(HOT)
    assert diffusivity == pytest.approx(1.3e-16, rel=0.02)
    assert np.sqrt(2 * diffusivity * 60.0) == pytest.approx(125e-9, rel=0.02)
    slope = np.log(LCO.kinetics.diffusivity(773.15) / diffusivity)
    assert slope == pytest.approx(-1.5 * EV / BOLTZMANN * (1 / 773.15 - 1 / HOT), rel=1e-9)


def test_oxygen_outside_holds_it_back_and_stops_it_at_equilibrium():
    equilibrium = LCO.equilibrium
    assert equilibrium.pressure(1050 + 273.15) == pytest.approx(0.21e5)
    pressure = equilibrium.pressure(HOT)
    assert pressure == pytest.approx(1.3e-3, rel=0.05)
    assert equilibrium.net(pressure / 4, HOT) == pytest.approx(0.5)
    assert equilibrium.net(0.0, HOT) == 1.0
    assert equilibrium.net(0.21e5, HOT) == 0.0
    half = LCO.net_speed(np.zeros(1), pressure / 4, HOT) / LCO.net_speed(np.zeros(1), 0.0, HOT)
    assert half == pytest.approx([0.5])

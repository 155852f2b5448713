"""How rock salt grows on a place, by direction, thickness, occupancy and gliding of the layers."""

from dataclasses import dataclass

import numpy as np
import pytest

from solver.materials import load_grain_material
from solver.mechanisms.rock_salt import RockSaltMaterial
from solver.physics.mechanics import basal_shear
from solver.physics.rock_salt import Growth, along_c
from solver.units.constants import BOLTZMANN

ARREST, RATE, RATIO = 7.5e-3, 1e-10, 0.1  # um, um^2/s
EV = 1.602176634e-19  # J
TIMES = np.geomspace(10.0, 4e6, 30)


def growing(squared_cosine):
    """Growth where the normal has this squared cosine with c."""
    share = np.array([squared_cosine])
    rate = RATE * (1 - (1 - RATIO) * share)
    return Growth(rate, share / ARREST**2, np.array([0.3]), np.array([0.05]))


def after(law, times, start=0.0, speed=1.0):
    thickness = np.array([start])
    for dt in times:
        thickness = law.grown(thickness, np.array([speed]), dt)
    return thickness


def test_across_the_layers_it_stops_at_the_arrest():
    law, stops = growing(1.0), ARREST**2 / (RATE * RATIO)
    half = after(law, [stops * np.log(4 / 3)])
    assert half == pytest.approx(ARREST / 2, rel=1e-12)
    assert after(law, [40 * stops]) == pytest.approx(ARREST, rel=1e-12)
    beyond = after(law, [1e12], start=2 * ARREST)
    assert beyond == pytest.approx(2 * ARREST, rel=1e-15)


def test_within_the_layers_it_is_parabolic_and_nothing_stops_it():
    thickness = after(growing(0.0), [1e6], start=0.003)
    assert thickness == pytest.approx(np.sqrt(0.003**2 + RATE * 1e6), rel=1e-12)
    assert thickness > 1.3 * ARREST


@pytest.mark.parametrize("squared_cosine", [0.0, 0.25, 1.0])
def test_many_steps_are_one(squared_cosine):
    law = growing(squared_cosine)
    assert after(law, TIMES) == pytest.approx(after(law, [TIMES.sum()]), rel=1e-12)


def test_a_tilted_side_stops_where_the_ellipsoid_does():
    """At 60 degrees to c it is twice as thick then, and grows by the tensor until then."""
    law = growing(0.25)
    assert after(law, [1e10]) == pytest.approx(2 * ARREST, rel=1e-12)
    assert after(law, [1.0]) == pytest.approx(np.sqrt(RATE * (0.75 + 0.25 * RATIO)), rel=1e-6)


def test_it_is_slower_in_fuller_oxide_and_full_below():
    law = growing(0.0)
    assert law.speed(np.array([0.1, 0.3, 0.35, 0.45])) == pytest.approx(
        [1.0, 1.0, np.exp(-1), np.exp(-3)], rel=1e-12
    )


def test_the_angle_is_that_between_normal_and_c():
    axes = np.array([[0.6, 0.0, 0.8], [0.0, 0.6, 0.8]])
    normals = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert along_c(normals, axes) == pytest.approx([0.36, 0.0])
    assert along_c(-np.eye(3)[[2, 2]], axes) == pytest.approx([0.64, 0.64])


@dataclass(frozen=True)
class Table:
    rock_salt: RockSaltMaterial = load_grain_material("NMC76").entries["rock_salt"]


def test_the_barrier_falls_to_its_least_at_one_to_three_percent_and_rises_again():
    energy = Table().rock_salt.barrier.at(np.array([0.0, 0.005, 0.01, 0.02, 0.03, 0.045, 0.2])) / EV
    assert energy == pytest.approx([2.33, 1.645, 0.96, 0.96, 0.96, 1.28, 2.33], rel=1e-9)


@pytest.mark.parametrize("temperature", [298.15, 823.15])
def test_gliding_hastens_growth_most_where_the_barrier_is_least(temperature):
    rock_salt, ratio = Table().rock_salt, np.array([0.0, 0.0002, 0.02, 0.06, 0.1])
    barrier = rock_salt.barrier
    factor = rock_salt.hastened(ratio / barrier.per_shear, temperature)
    raw = np.exp((barrier.energy[0] - barrier.at(ratio)) / (BOLTZMANN * temperature))
    assert factor == pytest.approx(10 * raw / (raw + 9), rel=1e-9)
    assert factor[0] == factor[-1] == pytest.approx(1.0)
    assert np.all(np.diff(factor[:3]) > 0)
    assert factor[2] > factor[3] > factor[4]
    assert factor[2] == pytest.approx(10.0, rel=1e-6)


def test_alone_the_barrier_would_be_that_of_a_hop():
    """2.33 to 0.96 eV are 23 decades at 25 degC: from 4e-27 to 6e-4 hops per second."""
    hops = 1e13 * np.exp(
        -Table().rock_salt.barrier.at(np.array([0.0, 0.02])) / (BOLTZMANN * 298.15)
    )
    assert hops == pytest.approx([4e-27, 6e-4], rel=0.1)


def test_the_shear_of_the_layers_is_that_of_the_stress_along_them():
    """Shear of 0.01 between planes across c, and what pulls and shears within them is none."""
    c_axis, a_axis = np.array([[0.6, 0.0, 0.8]]), np.array([[0.8, 0.0, -0.6]])
    tensor = 5e4 * 0.01 * (c_axis.T @ a_axis + a_axis.T @ c_axis) + 300.0 * c_axis.T @ c_axis
    tensor += 70.0 * a_axis.T @ a_axis
    six = tensor[[0, 1, 2, 0, 1, 0], [0, 1, 2, 1, 2, 2]][None]
    assert basal_shear(six, c_axis, 5e4) == pytest.approx([0.01], rel=1e-9)

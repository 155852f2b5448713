"""Strength of boundaries: what it depends on, and what it must not depend on."""

import numpy as np
import pytest
from scipy.special import gamma

from solver.physics.strength import (
    WIDEST_SCATTER,
    misorientation,
    pair_uniform,
    strength_factor,
    weibull_modulus,
)

PAIRS = np.array([[0, 1], [1, 2], [5, 3], [7, 100], [2, 0]])
MANY = np.array([(i, j) for i in range(150) for j in range(i)])


def test_a_pair_of_grains_has_one_number_whatever_its_order_and_place():
    drawn = pair_uniform(PAIRS, seed=3)
    assert np.array_equal(pair_uniform(PAIRS[:, ::-1], seed=3), drawn)
    assert np.array_equal(pair_uniform(PAIRS[::-1], seed=3), drawn[::-1])
    assert np.array_equal(pair_uniform(PAIRS[2:3], seed=3), drawn[2:3])


def test_the_numbers_do_not_change_from_one_release_to_the_next():
    """SplitMix64 in pure integers."""

    def mixed(z: int) -> int:
        z = (z + 0x9E3779B97F4A7C15) % 2**64
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    expected = [mixed(mixed(mixed(7) + min(p)) + max(p)) for p in PAIRS.tolist()]
    expected = [((z >> 11) + 0.5) / 2**53 for z in expected]
    assert pair_uniform(PAIRS, seed=7).tolist() == expected


def test_pairs_and_seeds_draw_evenly_and_independently():
    drawn = pair_uniform(MANY, seed=1)
    assert 0 < drawn.min() < drawn.max() < 1
    assert len(np.unique(drawn)) == len(MANY)
    share = np.histogram(drawn, bins=10, range=(0, 1))[0] / len(MANY)
    assert share == pytest.approx(np.full(10, 0.1), abs=0.01)
    other = pair_uniform(MANY, seed=2)
    assert abs(np.corrcoef(drawn, other)[0, 1]) < 0.03
    neighbours = np.corrcoef(drawn[:-1], drawn[1:])[0, 1]
    assert abs(neighbours) < 0.03


def test_misorientation_ignores_the_sign_of_the_axes():
    a = np.array([[1.0, 0, 0], [1, 0, 0], [0, 0.6, 0.8]])
    b = np.array([[0.6, 0.8, 0], [0, 1, 0], [0, 0.6, 0.8]])
    expected = [np.arccos(0.6), np.pi / 2, 0.0]
    for first in (1, -1):
        for second in (1, -1):
            assert misorientation(first * a, second * b) == pytest.approx(expected, abs=1e-7)


def test_unlike_neighbours_are_weaker_and_scatter_adds_to_it():
    axes = np.array([[0, 0, 1.0], [0, 0, -1], [1, 0, 0]])
    pairs = np.array([[0, 1], [0, 2]])
    assert strength_factor(pairs, axes, 0.0, 0.3, seed=1) == pytest.approx([1.0, 0.7])
    scattered = strength_factor(pairs, axes, 0.1, 0.3, seed=1)
    assert not np.allclose(scattered, [1.0, 0.7], atol=1e-4)
    assert scattered / [1.0, 0.7] == pytest.approx([1, 1], abs=0.1 * WIDEST_SCATTER)


def test_scatter_is_normal_with_the_given_deviation_and_cut_off():
    axes = np.tile([0, 0, 1.0], (150, 1))
    factor = strength_factor(MANY, axes, 0.1, 0.5, seed=4)
    assert factor.mean() == pytest.approx(1.0, abs=0.005)
    assert factor.std() == pytest.approx(0.1, rel=0.05)
    assert factor.min() == pytest.approx(1 - 0.1 * WIDEST_SCATTER)
    assert factor.max() == pytest.approx(1 + 0.1 * WIDEST_SCATTER)


def test_scatter_of_weibull_has_the_mean_the_deviation_and_the_shape():
    axes = np.tile([0, 0, 1.0], (150, 1))
    factor = strength_factor(MANY, axes, 0.1, 0.5, seed=4, scatter_law="weibull")
    assert factor.mean() == pytest.approx(1.0, abs=0.005)
    assert factor.std() == pytest.approx(0.1, rel=0.07)
    modulus = weibull_modulus(0.1)
    assert modulus == pytest.approx(12.15, abs=0.01)  # tables
    below = [np.mean(factor < x) for x in (0.85, 0.95, 1.05)]
    scale = 1 / gamma(1 + 1 / modulus)
    expected = [1 - np.exp(-((x / scale) ** modulus)) for x in (0.85, 0.95, 1.05)]
    assert below == pytest.approx(expected, abs=0.01)
    assert factor.min() > 0.5


@pytest.mark.parametrize("deviation", [5e-4, 2e-3, 0.3, 0.9])
def test_weibull_modulus_gives_the_deviation_it_is_for(deviation):
    m = weibull_modulus(deviation)
    squared = gamma(1 + 2 / m) / gamma(1 + 1 / m) ** 2 - 1
    assert np.sqrt(squared) == pytest.approx(deviation, rel=2e-3)


def test_a_state_without_scatter_does_not_scatter():
    axes, scatter = np.tile([0, 0, 1.0], (101, 1)), np.array([0.0, 0.2, 0.0, 0.2, 0.4])
    factor = strength_factor(PAIRS, axes, scatter, 0.0, seed=4, scatter_law="weibull")
    assert factor[scatter == 0] == pytest.approx(1.0)
    assert np.all(np.abs(factor[scatter > 0] - 1) > 1e-3)

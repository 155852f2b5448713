"""Deviations of curves that are straight between their points, against integrals by hand."""

from math import sqrt

import numpy as np
import pytest

from solver.results.deviation import Curve2D, at_points, deviation, pooled


def curve(x, y):
    return Curve2D(np.array(x, dtype=float), np.array(y, dtype=float))


def test_rmse_is_of_the_lines_and_not_of_their_points():
    """Residual 3 - x over 0 to 2: the mean of its square is (27 - 1)/6, whatever the points."""
    computed = curve([0, 2], [3, 1])
    for points in ([0, 2], [0, 0.1, 0.2, 2]):
        found = deviation(computed, curve(points, [0] * len(points)))
        assert found.rmse == pytest.approx(sqrt(26 / 6), rel=1e-14)


def test_the_largest_deviation_keeps_its_sign_and_place():
    found = deviation(curve([0, 1, 3], [1, -4, 2]), curve([0, 3], [0, 0]))
    assert (found.largest, found.where) == (-4.0, 1.0)


def test_nothing_is_compared_beyond_either_curve():
    """From 1 to 3 alone, of the measured 1 to 9; beyond that the curve would be 100 off."""
    found = deviation(curve([0, 3], [0, 3]), curve([1, 3, 9], [0.5, 2.5, 100]))
    assert (found.low, found.high, found.share) == (1.0, 3.0, 0.25)
    assert found.rmse == pytest.approx(0.5, rel=1e-14)


def test_curves_without_a_common_range_have_no_deviation():
    assert deviation(curve([0, 1], [1, 1]), curve([1, 2], [1, 1])) is None


def test_what_is_left_out_counts_neither_for_the_rmse_nor_for_the_share():
    computed, measured = curve([0, 1, 2, 4], [7, 7, 3, 3]), curve([0, 4], [0, 0])
    found = deviation(computed, measured, lambda middles: middles > 2)
    assert (found.rmse, found.largest, found.share) == (3.0, 3.0, 0.5)
    assert np.isnan(found.residual[0])


def test_values_of_cycles_are_compared_at_those_that_both_have():
    found = at_points(curve([1, 2, 4], [10, 20, 44]), curve([2, 3, 4, 5], [17, 30, 40, 50]))
    assert found.rmse == pytest.approx(sqrt((9 + 16) / 2))
    assert (found.largest, found.where, found.share) == (4.0, 4.0, 0.5)


def test_a_cycle_without_a_value_is_not_compared():
    found = at_points(curve([1, 2], [np.nan, 20]), curve([1, 2], [1, 17]))
    assert (found.low, found.rmse) == (2.0, 3.0)


def test_together_each_curve_counts_with_its_length():
    long = deviation(curve([0, 3], [2, 2]), curve([0, 3], [0, 0]))
    short = deviation(curve([0, 1], [6, 6]), curve([0, 1], [0, 0]))
    assert pooled([long, short]) == pytest.approx(sqrt((3 * 4 + 36) / 4))

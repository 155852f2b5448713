"""Laws are smooth, their derivatives are theirs, and nothing odd happens outside the tables."""

import numpy as np
import pytest

from solver.entries import laws

GRID = np.linspace(0.02, 0.98, 97)


def falling():
    x = np.linspace(0.3, 0.9, 13)
    return laws.falling_table_with_tails(x, 4.2 - x + 0.2 * x**2, (0.15, 4.4), (0.99, 2.7))


def every_law():
    return {
        "constant": laws.constant(3.0),
        "linear": laws.linear(4.0, -0.5),
        "table": laws.table(np.linspace(0, 1, 11), np.cos(3 * np.linspace(0, 1, 11))),
        "positive_table": laws.positive_table([0.1, 0.4, 0.6, 0.9], [4e-15, 7e-15, 5e-15, 1e-15]),
        "falling_table_with_tails": falling(),
        "symmetric_exchange_current": laws.symmetric_exchange_current(3.4),
        "scaled": falling().scaled(2.5),
        "plus": falling().plus(laws.linear(0.3, -0.2)),
        "bells": laws.bells([0.04, -0.07], [0.28, 0.8], [1e-3, 0.02]),
    }


@pytest.mark.parametrize("name", every_law())
def test_derivatives_agree_with_finite_differences(name):
    law, h = every_law()[name], 1e-6
    x = np.concatenate([GRID + 1e-4, [-0.2, 1.3]])  # off the kinks of curvature
    scale = np.abs(law.value(x)).max()
    slope = (law.value(x + h) - law.value(x - h)) / (2 * h)
    curvature = (law.slope(x + h) - law.slope(x - h)) / (2 * h)
    np.testing.assert_allclose(law.slope(x), slope, rtol=1e-5, atol=1e-8 * scale)
    np.testing.assert_allclose(law.curvature(x), curvature, rtol=1e-5, atol=1e-7 * scale)


@pytest.mark.parametrize("name", every_law())
def test_shape_of_the_argument_is_kept(name):
    law = every_law()[name]
    for shape in [(), (5,), (2, 3), (0,)]:
        x = np.full(shape, 0.5)
        for function in (law.value, law.slope, law.curvature):
            assert np.shape(function(x)) == shape


@pytest.mark.parametrize("join", [0.3, 0.9])
def test_tails_join_with_value_and_slope(join):
    law, h = falling(), 1e-10
    for function in (law.value, law.slope):
        assert function(np.array(join - h)) == pytest.approx(function(np.array(join + h)), abs=1e-6)


def test_tails_pass_through_their_points_and_fall_without_bound():
    law = falling()
    np.testing.assert_allclose(law.value(np.array([0.15, 0.99])), [4.4, 2.7], rtol=1e-12)
    left, right = law.value(np.array([1e-6, 1 - 1e-6]))
    assert left > 5.0
    assert right < 1.0
    assert np.all(law.slope(np.linspace(-0.1, 1.1, 5000)) < 0)


def test_everything_is_finite_far_outside():
    for law in every_law().values():
        for function in (law.value, law.slope, law.curvature):
            assert np.all(np.isfinite(function(np.array([-5.0, 0.0, 1.0, 6.0]))))


def test_positive_laws_stay_positive_outside():
    x = np.array([-5.0, 0.0, 1.0, 6.0])
    assert np.all(every_law()["positive_table"].value(x) > 0)
    assert np.all(laws.symmetric_exchange_current(3.4).value(x) > 0)


def test_exchange_current_vanishes_at_both_ends_and_peaks_in_the_middle():
    law = laws.symmetric_exchange_current(3.4)
    assert law.value(np.array([0.0, 1.0])).max() < 1e-2
    assert law.value(np.array(0.5)) == pytest.approx(3.4)
    assert law.slope(np.array(0.5)) == pytest.approx(0.0)


def test_a_table_that_rises_is_refused_where_it_should_fall():
    x = np.linspace(0.3, 0.9, 13)
    with pytest.raises(ValueError, match=r"does not fall near x = 0\.[45]"):
        laws.falling_table_with_tails(
            x, 4 - x + 0.3 * np.exp(-(((x - 0.6) / 0.1) ** 2)), (0.1, 4.9), (0.99, 2.7)
        )


def test_a_tail_that_bends_the_wrong_way_is_refused():
    x = np.linspace(0.3, 0.9, 13)
    with pytest.raises(ValueError, match="bends the wrong way"):
        laws.falling_table_with_tails(x, 4.2 - x, (0.15, 4.0), (0.99, 2.7))


def test_a_table_must_increase_in_occupancy():
    with pytest.raises(ValueError, match="increasing occupancy"):
        laws.table([0.1, 0.3, 0.2, 0.4], [1, 2, 3, 4])


@pytest.mark.parametrize("widths", [[0.1], [0.1, 0.0]])
def test_a_bell_without_a_width_is_refused(widths):
    with pytest.raises(ValueError, match="a positive width"):
        laws.bells([1.0, 2.0], [0.3, 0.6], widths)


def test_arrhenius_is_one_at_the_reference_and_grows_with_temperature():
    assert laws.arrhenius(30e3, 298.15) == 1.0
    assert laws.arrhenius(30e3, 333.15) == pytest.approx(
        np.exp(30e3 / 8.314462618 * 3.5236e-4), 1e-4
    )

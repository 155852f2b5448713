"""Arcs of a spectrum: found, measured, and none where there is only diffusion."""

import numpy as np
import pytest

from solver.physics.spectra import arcs, together

F = np.logspace(5, -3, 49)
S = 2j * np.pi * F


def randles(resistance, capacity, series=0.0):
    return series + resistance / (1 + S * resistance * capacity)


def test_a_half_circle_gives_its_resistance_and_time_constant():
    (arc,) = arcs(F, randles(0.03, 0.1, 0.01))
    assert arc.start == pytest.approx(0.01, rel=1e-3)
    assert arc.width == pytest.approx(0.03, rel=1e-3)
    assert arc.frequency == pytest.approx(1 / (2 * np.pi * 0.003), rel=5e-3)


@pytest.mark.parametrize("seen", [slice(0, 30), slice(12, None), slice(14, 26)])
def test_an_arc_that_is_seen_in_part_is_continued_to_the_real_axis(seen):
    (arc,) = arcs(F[seen], randles(0.03, 0.1, 0.01)[seen])
    assert arc.start + arc.width == pytest.approx(0.04, rel=1e-3)
    assert arc.width == pytest.approx(0.03, rel=1e-3)


def test_the_order_of_the_frequencies_does_not_matter():
    z = randles(0.03, 0.1, 0.01)
    assert arcs(F[::-1], z[::-1]) == arcs(F, z)


def test_two_arcs_are_found_apart():
    z = randles(0.01, 1e-3) + randles(0.03, 1.0, 0.002)
    first, second = arcs(F, z)
    assert first.frequency > second.frequency
    assert (first.width, second.width) == pytest.approx((0.01, 0.03), rel=0.05)


def test_an_arc_before_diffusion_ends_where_diffusion_begins():
    (arc,) = arcs(F, randles(0.03, 0.1, 0.01) + 1e-3 / np.sqrt(S))
    assert arc.width == pytest.approx(0.03, rel=0.05)


def test_diffusion_alone_makes_no_arc():
    assert arcs(F, 0.01 + 1e-3 / np.sqrt(S)) == []


def test_a_spline_needs_four_points():
    assert arcs(F[:3], randles(0.03, 0.1)[:3]) == []


def test_one_arc_is_as_wide_as_all_together():
    found = arcs(F, randles(0.03, 0.1, 0.01) + 1e-3 / np.sqrt(S))
    assert together(found) == found[0]


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
@pytest.mark.parametrize(("apart", "number"), [(2.0, 1), (300.0, 2)])
def test_arcs_before_diffusion_are_as_wide_as_their_resistances_merged_or_not(share, apart, number):
    """Two of 50 ohm cm^2 in all, series 10, and the tail of Warburg's impedance."""
    slow, fast = 5e-3 * share, 5e-3 * (1 - share)
    z = 1e-3 + slow / (1 + S * 1e-2) + fast / (1 + S * 1e-2 / apart) + 3e-4 / np.sqrt(S)
    found = arcs(F, z)
    whole = together(found)
    print(f"{len(found)} arcs, {1e4 * whole.width:.2f} of 50 ohm cm^2")
    assert len(found) == number
    assert whole.start == pytest.approx(1e-3, rel=0.05)
    assert whole.width == pytest.approx(5e-3, rel=0.05)
    assert whole.frequency == max(found, key=lambda arc: arc.width).frequency


def test_without_an_arc_nothing_is_told():
    assert np.isnan(together([])).all()

"""Effects of inputs changed one at a time are those of functions whose effects are known."""

import numpy as np
import pytest

from calibration.morris import around, effect, points_of, to_ends


def test_each_input_goes_from_the_nominal_point_to_both_ends():
    moves = to_ends((0.25, 1.0))
    ends = [(0.0, 1.0), (1.0, 1.0), (0.25, 0.0)]  # the second is at its upper end already
    assert [(move.number, move.end) for move in moves] == list(zip((0, 0, 1), ends, strict=True))
    assert [move.way for move in moves] == [-0.25, 0.75, -1.0]
    assert points_of(moves) == [(0.25, 1.0), *ends]


def test_effects_of_a_plane_are_its_slopes_and_do_not_spread():
    moves = [*to_ends((0.3, 0.6, 0.5)), *around(3, 3, seed=2)]
    found = [effect(k, moves, lambda y: 3 * y[0] - 2 * y[1]) for k in range(3)]
    assert [each.mu_star for each in found] == pytest.approx([3, 2, 0])
    assert [each.sigma for each in found] == pytest.approx([0, 0, 0], abs=1e-12)
    assert [each.effects for each in found] == [5, 5, 5]


def test_effects_that_depend_on_others_spread_with_them():
    """Of y0 (1 + 4 y1) the first has the slope 1 + 4 y1 of every point."""
    moves = around(6, 2, seed=3)
    slopes = [1 + 4 * move.start[1] for move in moves if move.number == 0]
    found = effect(0, moves, lambda y: y[0] * (1 + 4 * y[1]))
    assert found.mu_star == pytest.approx(np.mean(slopes))
    assert found.sigma == pytest.approx(np.std(slopes, ddof=1))
    assert found.sigma > 0.3


def test_a_curve_spreads_between_its_ends_and_signs_do_not_cancel():
    found = effect(0, to_ends((0.5,)), lambda y: (y[0] - 0.5) ** 2)
    assert found.mu_star == pytest.approx(0.5)  # slopes of -1/2 and 1/2
    assert found.sigma == pytest.approx(np.sqrt(0.5))


def test_drawn_points_move_by_half_a_range_and_stay_inside():
    moves = around(4, 3, seed=1)
    assert len(moves) == 12
    assert len(points_of(moves)) == 16  # each point with its three neighbours
    assert {abs(move.way) for move in moves} == {0.5}
    assert all(0 <= y <= 1 for move in moves for y in move.end)
    assert moves == around(4, 3, seed=1)
    assert moves != around(4, 3, seed=2)


def test_what_is_not_known_is_left_out():
    moves = to_ends((0.5,))
    found = effect(0, moves, lambda y: np.nan if y == (1.0,) else 3 * y[0])
    assert (found.mu_star, found.effects) == (pytest.approx(3), 1)
    assert np.isnan(found.sigma)
    assert effect(0, moves, lambda y: np.nan).effects == 0

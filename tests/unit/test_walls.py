"""Walls push what is behind them, by an energy."""

import numpy as np
import pytest

from solver.model.loads.walls import Walls

WALLS = Walls(
    dofs=np.array([0, 2, 3], dtype=np.int32),
    gap=np.array([0.0, 0.1, 0.3]),
    motion=np.array([1.0, 1.0, -1.0]),
    stiffness=np.array([5.0, 7.0, 11.0]),
    moves={("top", "x"): 1.0},
)
DISPLACEMENT, FACTOR = np.array([0.2, 9.0, 0.1, 0.2]), 0.6


def test_only_what_a_wall_has_reached_is_pushed():
    """0.4 um behind the first, 0.4 behind the second; the third has come from the other side."""
    behind = np.array([0.6 - 0.2, 0.6 - 0.1 - 0.1, 0.6 + 0.2 - 0.3])
    found = WALLS.force(DISPLACEMENT, FACTOR)
    assert found == pytest.approx(np.array([5.0, 7.0, -11.0]) * behind)
    assert WALLS.force(DISPLACEMENT, 0.15)[0] == 0.0


def test_the_push_is_the_slope_of_the_energy_and_stiffens_by_its_own():
    for place, dof in enumerate(WALLS.dofs):
        ends = []
        for sign in (1, -1):
            moved = DISPLACEMENT.copy()
            moved[dof] += sign * 1e-6
            ends.append((WALLS.energy(moved, FACTOR), WALLS.force(moved, FACTOR)[place]))
        (high, more), (low, less) = ends
        push = WALLS.force(DISPLACEMENT, FACTOR)[place]
        assert push == pytest.approx(-(high - low) / 2e-6, rel=1e-6)
        stiffening = WALLS.stiffening(DISPLACEMENT, FACTOR)[place]
        assert stiffening == pytest.approx(-(more - less) / 2e-6, rel=1e-6)

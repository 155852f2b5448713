"""Flat crystals bonded to each other that swell by +e and -e in their plane: s = -/+ E e/(1 - nu).

The layers are stacked symmetrically, so that nothing bends; far from the edges the stress is
equibiaxial in the plane and nothing acts across it.
"""

import numpy as np
import pytest

from tests.bodies import STEEL_LIKE, Body, body_of, bricks, relax, unbreakable

YOUNG, POISSON, STRAIN = 200e3, 0.3, 0.01
STRESS = YOUNG * STRAIN / (1 - POISSON)


def middle_stress(body: Body, half_width: float, normal: int) -> tuple[np.ndarray, np.ndarray]:
    """Stress (nodes, 6) over the innermost nodes, and the sign of their swelling."""
    x = body.nodes - body.nodes.max(axis=0) / 2
    across = np.delete(x[:, : body.particle.dimension], normal, axis=1)
    inner = np.all(np.abs(across) < half_width, axis=1)
    return body.stress()[inner], np.where(body.spaces.grain_of_node == 1, -1.0, 1.0)[inner]


@pytest.mark.parametrize(
    ("size", "cells", "normal", "tolerance"),
    [((16, 1), (160, 12), 1, 1e-3), ((8, 8, 1), (16, 16, 8), 2, 0.01)],
    ids=["plane", "slab"],
)
def test_bonded_layers_take_the_biaxial_misfit_stress(size, cells, normal, tolerance):
    dimension = len(size)
    axis = np.eye(3)[normal]
    grains = [1] * (dimension - 1) + [4]
    particle = bricks(size, cells, grains, [axis] * 3, number=[0, 1, 1, 2])
    body = body_of(particle, STEEL_LIKE, unbreakable())
    relax(body, np.where(body.spaces.grain_of_node == 1, -STRAIN, STRAIN), 0.0)
    stress, sign = middle_stress(body, 0.3, normal)
    expected = -STRESS * sign[:, None] * np.array([*(1 - axis), 0, 0, 0])
    error = np.abs(stress - expected).max() / STRESS
    print(f"bonded layers in {dimension}D: stress wrong by {error:.1e} of E e/(1 - nu)")
    assert error < tolerance

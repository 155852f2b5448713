"""Inclusions that swell inside a larger body, against Lame's and Eshelby's solutions."""

import numpy as np
import pytest

from tests.bodies import STEEL_LIKE, Body, body_of, discs, relax, unbreakable

YOUNG, POISSON, STRAIN = 200e3, 0.3, 0.01


def inside_and_mean(body: Body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes of the inclusion, stress there, and its mean by volume."""
    inside = body.spaces.grain_of_node == 0
    stress, weight = body.stress()[inside], body.system.node_volume[inside]
    return inside, stress, weight @ stress / weight.sum()


def test_swelling_disc_in_a_larger_disc():
    """Inside s_r = s_t = -E e (1 - a^2/b^2) / [2 (1 - nu)], s_z twice that (Timoshenko)."""
    a, b = 1.0, 2.5
    body = body_of(discs([a, b], [0.03, 0.12]), STEEL_LIKE, unbreakable(1e8))
    strain = np.where(body.spaces.grain_of_node == 0, STRAIN, 0.0)
    relax(body, strain, strain)
    _, stress, mean = inside_and_mean(body)
    unit = YOUNG * STRAIN * (1 - a**2 / b**2) / (2 * (1 - POISSON))
    expected = -unit * np.array([1, 1, 2, 0, 0, 0])
    error, spread = np.abs(mean - expected).max() / unit, np.abs(stress - mean).max() / unit
    print(f"swelling disc: mean stress wrong by {error:.2%}, uniform to {spread:.2%}")
    assert error < 0.01
    assert spread < 0.01


@pytest.mark.parametrize("angle", [0.0, 35.0])
def test_disc_swelling_along_one_direction_of_the_plane(angle):
    """Eshelby's circular cylinder in a large body, eigenstrain e along one direction p.

    In the frame of p (Mura, Micromechanics of Defects in Solids, 1987, section 11.22):
    s_pp = -3 E e / [8 (1 - nu^2)], s_qq = -E e / [8 (1 - nu^2)], s_pq = 0, s_zz = nu (s_pp + s_qq).
    """
    p = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle)), 0.0])
    body = body_of(discs([1.0, 40.0], [0.03, 4.0], c_axis=p), STEEL_LIKE, unbreakable(1e8))
    relax(body, 0.0, np.where(body.spaces.grain_of_node == 0, STRAIN, 0.0))
    _, stress, mean = inside_and_mean(body)
    unit = YOUNG * STRAIN / (8 * (1 - POISSON**2))
    pp, qq = np.outer(p, p), np.outer([-p[1], p[0], 0], [-p[1], p[0], 0])
    tensor = -unit * (3 * pp + qq + 4 * POISSON * np.diag([0.0, 0.0, 1.0]))
    expected = tensor[[0, 1, 2, 0, 1, 0], [0, 1, 2, 1, 2, 2]]
    error = np.abs(mean - expected).max() / (3 * unit)
    spread = np.abs(stress - mean).max() / (3 * unit)
    print(f"disc swelling at {angle:.0f} deg: wrong by {error:.2%}, uniform to {spread:.2%}")
    assert error < 0.01
    assert spread < 0.03

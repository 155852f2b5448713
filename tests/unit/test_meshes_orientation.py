import numpy as np
import pytest

from meshes.complexes import MeshError
from meshes.orientation import random_axes, uniform_axes


def test_random_axes_are_uniform_on_the_sphere() -> None:
    axes = random_axes(1, 4000)
    assert np.linalg.norm(axes, axis=1) == pytest.approx(1)
    # Second moments of a uniform distribution are 1/3 of the identity; sampling error is 0.5 %.
    assert axes.T @ axes / 4000 == pytest.approx(np.eye(3) / 3, abs=0.02)
    # By Archimedes, each component is uniform on (-1, 1).
    heights = np.sort(axes[:, 2])
    assert np.abs(heights - np.linspace(-1, 1, 4000)).max() < 0.06


def test_a_grain_keeps_its_axis_when_others_are_added() -> None:
    assert np.array_equal(random_axes(7, 5), random_axes(7, 50)[:5])


def test_another_seed_gives_other_axes() -> None:
    assert np.abs(random_axes(7, 5) - random_axes(8, 5)).min() > 0


def test_uniform_axes_are_unit_vectors_along_the_given_one() -> None:
    assert uniform_axes((0, 3, 4), 2) == pytest.approx(np.array([[0, 0.6, 0.8]] * 2))


def test_an_axis_without_length_is_refused() -> None:
    with pytest.raises(MeshError, match="no direction"):
        uniform_axes((0, 0, 0), 3)

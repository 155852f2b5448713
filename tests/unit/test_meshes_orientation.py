import numpy as np
import pytest
from scipy.stats import kstest

from meshes.errors import MeshError
from meshes.tessellation.orientation import (
    columnar_axes,
    grain_a_axes,
    grain_axes,
    misorientation,
    radial_axes,
    random_axes,
    scattered,
    sphere_points,
    uniform_axes,
)
from solver.case.orientation import OrientationCase

FROZEN_AXIS = [0.603874824702868, 0.7955162687013524, -0.04989050332035349]


def centroids(count: int, dimension: int) -> np.ndarray:
    return np.random.default_rng(5).normal(size=(count, dimension))


def directions(points: np.ndarray) -> np.ndarray:
    padded = np.zeros((len(points), 3))
    padded[:, : points.shape[1]] = points
    return padded / np.linalg.norm(padded, axis=1, keepdims=True)


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)


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


@pytest.mark.parametrize("dimension", [2, 3])
def test_radial_axes_stand_across_the_radius_at_any_turn_about_it(dimension: int) -> None:
    points = centroids(2000, dimension)
    axes = radial_axes(1, points)
    assert np.abs(cosines(axes, directions(points))).max() < 1e-12
    if dimension == 2:  # the angle out of the plane is the turn about the radius
        turn = np.arcsin(np.abs(axes[:, 2]))
        assert kstest(turn / (np.pi / 2), "uniform").pvalue > 0.01


@pytest.mark.parametrize("dimension", [2, 3])
def test_the_tilt_of_radial_layers_is_normal_with_the_spread_asked_for(dimension: int) -> None:
    points = centroids(2000, dimension)
    wanted = OrientationCase(texture="radial", spread=0.1)
    axes = grain_axes(wanted, 1, points)
    tilt = np.arcsin(cosines(axes, directions(points)))
    assert kstest(tilt / 0.1, "norm").pvalue > 0.01


def test_a_grain_at_the_centre_has_an_axis_in_a_radial_texture() -> None:
    axes = radial_axes(1, np.array([[0.0, 0.0], [1.0, 0.0]]))
    assert np.linalg.norm(axes, axis=1) == pytest.approx(1)
    assert axes[0] == pytest.approx(random_axes(1, 1)[0])


def test_scattered_axes_tilt_alike_about_both_normals() -> None:
    axes = scattered(uniform_axes((0, 0, 1), 4000), 0.05, 3)
    assert axes[:, :2].std(axis=0) == pytest.approx(0.05, rel=0.05)
    # Two normal tilts make a Rayleigh-distributed angle.
    angle = np.arccos(axes[:, 2])
    assert kstest(angle / 0.05, "rayleigh").pvalue > 0.01


def test_no_spread_leaves_the_axes() -> None:
    axes = random_axes(2, 50)
    assert scattered(axes, 0.0, 3) == pytest.approx(axes)


@pytest.mark.parametrize("dimension", [2, 3])
def test_neighbours_in_an_array_share_an_axis_across_the_radius(dimension: int) -> None:
    points = centroids(500, dimension)
    axes = columnar_axes(4, points, 8)
    distinct, own = np.unique(axes.round(9), axis=0, return_inverse=True)
    assert len(distinct) == 8
    middle = np.array([directions(points)[own.ravel() == k].sum(axis=0) for k in range(8)])
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    assert np.abs(cosines(middle, distinct)).max() < 0.25  # the mean of a sample of its sector


def test_columnar_arrays_have_low_angles_inside_and_high_ones_between() -> None:
    points = centroids(400, 2)
    axes = grain_axes(OrientationCase(texture="columnar", spread=0.03, arrays=6), 4, points)
    plain = columnar_axes(4, points, 6)
    pairs = np.array([(i, j) for i in range(400) for j in range(i)])
    inside = misorientation(plain, pairs) < 1e-9
    angles = misorientation(axes, pairs)
    assert np.median(angles[inside]) == pytest.approx(0.03 * np.sqrt(2) * 1.177, rel=0.1)
    assert np.median(angles[~inside]) > 0.5


def test_a_table_is_made_of_unit_vectors_and_must_have_one_for_each_grain() -> None:
    given = OrientationCase(texture="table", table=((0, 0, 2), (3, 4, 0)))
    axes = grain_axes(given, 1, centroids(2, 2))
    assert axes == pytest.approx(np.array([[0, 0, 1], [0.6, 0.8, 0]]))
    with pytest.raises(MeshError, match="2 axes for 3 grains"):
        grain_axes(given, 1, centroids(3, 2))


def test_a_axes_stand_across_c_at_any_angle_about_it() -> None:
    axes = random_axes(1, 4000)
    across = grain_a_axes(OrientationCase(), 1, axes)
    assert np.linalg.norm(across, axis=1) == pytest.approx(1)
    assert np.abs(cosines(across, axes)).max() < 1e-12
    # Frames even over all turns: c and a have the moments of independent random directions.
    assert across.T @ across / 4000 == pytest.approx(np.eye(3) / 3, abs=0.02)
    assert axes.T @ across / 4000 == pytest.approx(np.zeros((3, 3)), abs=0.02)
    upright = grain_a_axes(OrientationCase(), 1, uniform_axes((0, 0, 1), 4000))
    turn = np.arctan2(upright[:, 1], upright[:, 0])
    assert kstest(turn / (2 * np.pi) + 0.5, "uniform").pvalue > 0.01


def test_the_turn_about_c_has_random_numbers_of_its_own_and_is_kept_among_more_grains() -> None:
    few, many = random_axes(7, 5), random_axes(7, 50)
    assert few[2] == pytest.approx(FROZEN_AXIS, abs=1e-12)  # as before grains had a axes
    given = OrientationCase()
    assert np.array_equal(grain_a_axes(given, 7, few), grain_a_axes(given, 7, many)[:5])
    assert np.abs(grain_a_axes(given, 7, few) - grain_a_axes(given, 8, few)).max() > 0.1


def test_a_given_a_axis_tilts_with_its_crystal() -> None:
    given = OrientationCase(texture="uniform", axis=(0, 0, 2), a_axis=(3, 4, 0), spread=0.2)
    axes = grain_axes(given, 3, centroids(50, 3))
    across = grain_a_axes(given, 3, axes)
    assert np.abs(cosines(across, axes)).max() < 1e-12
    for c, a in zip(axes, across, strict=True):
        turn = turn_between(np.array([0, 0, 1.0]), c)
        assert a == pytest.approx(turn @ [0.6, 0.8, 0], abs=1e-12)


def turn_between(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The shortest turn, by Rodrigues."""
    x, y, z = np.cross(before, after)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + cross + cross @ cross / (1 + before @ after)


def test_a_table_of_a_axes_is_brought_to_right_angles() -> None:
    given = OrientationCase(
        texture="table", table=((0, 0, 2), (3, 4, 0)), a_table=((2, 0, 0.1), (0.8, -0.6, 0))
    )
    axes = grain_axes(given, 1, centroids(2, 2))
    assert grain_a_axes(given, 1, axes) == pytest.approx(np.array([[1, 0, 0], [0.8, -0.6, 0]]))


def test_misorientation_knows_no_sense_of_an_axis() -> None:
    axes = np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, np.sin(1e-9), np.cos(1e-9)]])
    angles = misorientation(axes, np.array([[0, 1], [0, 2], [0, 3]]))
    assert angles == pytest.approx([0, np.pi / 2, 1e-9], rel=1e-6)


def test_points_of_the_spiral_cover_the_sphere_evenly() -> None:
    points = sphere_points(500)
    assert points.T @ points / 500 == pytest.approx(np.eye(3) / 3, abs=0.002)

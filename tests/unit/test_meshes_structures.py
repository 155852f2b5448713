import numpy as np
import pytest
from scipy.special import ndtr

from meshes.sizes import BALL
from meshes.tessellation.columnar import stretched
from meshes.tessellation.complexes import polygon_area, polygons
from meshes.tessellation.enclosed import planes
from meshes.tessellation.laguerre import Surroundings, measured, solved, wanted_shares
from meshes.tessellation.orientation import sphere_points
from meshes.tessellation.power import unweighted
from meshes.tessellation.seeds import disc_cells, laguerre_seeds, random_points, voronoi_seeds

RADIUS = 5.0
DIMENSIONS = pytest.mark.parametrize(("d", "count"), [(2, 80), (3, 60)])


def circle(count: int) -> np.ndarray:
    turns = 2 * np.pi * np.arange(count) / count
    return np.column_stack([np.cos(turns), np.sin(turns)])


def test_wanted_sizes_are_log_normal_with_the_spread_asked_for() -> None:
    shares = wanted_shares(400, 3, 0.35, np.random.default_rng(0))
    logs = np.sort(np.log(shares) / 3)
    assert shares.sum() == pytest.approx(1)
    assert logs.std() == pytest.approx(0.35)
    # Kolmogorov-Smirnov distance from the normal distribution
    expected = ndtr((logs - logs.mean()) / 0.35)
    assert np.abs(expected - (np.arange(400) + 0.5) / 400).max() < 0.01


@DIMENSIONS
def test_measured_volumes_fill_the_polytope_and_match_counted_points(d: int, count: int) -> None:
    directions = circle(60) if d == 2 else sphere_points(120)
    seeds = voronoi_seeds(count, d, RADIUS, 1, np.random.default_rng(1))
    cells = measured(seeds, Surroundings(planes(directions, RADIUS)))
    points = random_points(np.random.default_rng(2), 200_000, d, 1.3 * RADIUS)
    points = points[(points @ directions.T).max(axis=1) < RADIUS]
    nearest = np.argmin(((points[:, None] - seeds.points) ** 2).sum(axis=2), axis=1)
    density = 200_000 / (BALL[d] * (1.3 * RADIUS) ** d)
    counted = np.bincount(nearest, minlength=count) / density
    assert cells.volumes.sum() == pytest.approx(counted.sum(), rel=0.01)
    assert cells.volumes == pytest.approx(counted, rel=0.15)
    middles = np.array([points[nearest == k].mean(axis=0) for k in range(count)])
    assert np.linalg.norm(cells.middles - middles, axis=1).max() < 0.2


@DIMENSIONS
def test_growth_is_the_derivative_of_volumes_by_weights(d: int, count: int) -> None:
    around = Surroundings(planes(circle(60) if d == 2 else sphere_points(120), RADIUS))
    seeds = voronoi_seeds(count, d, RADIUS, 1, np.random.default_rng(1))
    cells = measured(seeds, around)
    step = 1e-5 * np.random.default_rng(3).normal(size=count)
    after = measured(seeds._replace(weights=step), around)
    first, second = cells.pairs.T
    flow = cells.growth * (step[first] - step[second])
    change = np.bincount(first, flow, count) - np.bincount(second, flow, count)
    error = np.abs(after.volumes - cells.volumes - change).max()
    assert error < 2e-3 * np.abs(change).max()


@DIMENSIONS
def test_weights_are_solved_for_the_wanted_volumes(d: int, count: int) -> None:
    rng = np.random.default_rng(4)
    shares = wanted_shares(count, d, 0.35, rng)
    seeds = solved(random_points(rng, count, d, 0.9 * RADIUS), shares, RADIUS)
    around = Surroundings(planes(circle(60) if d == 2 else sphere_points(120), RADIUS))
    volumes = measured(seeds, around).volumes
    assert volumes / volumes.sum() == pytest.approx(shares, rel=0.1)
    assert np.abs(volumes / volumes.sum() / shares - 1).mean() < 0.01


def test_laguerre_grains_of_a_disc_have_the_spread_asked_for() -> None:
    rng = np.random.default_rng(5)
    seeds = laguerre_seeds(voronoi_seeds(100, 2, RADIUS, 2, rng), RADIUS, 0.4, rng)
    areas = np.array([polygon_area(outline) for outline in polygons(disc_cells(seeds, RADIUS))])
    assert 0.5 * np.log(areas).std() == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize("d", [2, 3])
def test_columns_are_stretched_outside_the_core_alone(d: int) -> None:
    distance = np.linspace(0.01, RADIUS, 500)
    line = np.zeros((500, d))
    line[:, 0] = distance
    mapped = stretched(line, RADIUS, 0.4, 2.5)[:, 0]
    # radial over tangential stretch
    ratio = np.gradient(mapped, distance) / (mapped / distance)
    assert mapped[-1] == pytest.approx(RADIUS)
    assert ratio[mapped > 0.45 * RADIUS] == pytest.approx(2.5, rel=0.01)
    assert ratio[mapped < 0.38 * RADIUS] == pytest.approx(1.0)
    assert (np.diff(mapped) > 0).all()


def test_an_aspect_ratio_of_one_moves_nothing() -> None:
    points = random_points(np.random.default_rng(0), 50, 3, RADIUS)
    assert stretched(points, RADIUS, 0.4, 1.0) == pytest.approx(points)


def test_unweighted_seeds_have_no_weights() -> None:
    assert np.ptp(unweighted(np.eye(3)).weights) == 0

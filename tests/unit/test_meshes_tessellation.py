import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.errors import MeshError
from meshes.tessellation.clipped import clipped_cells
from meshes.tessellation.complexes import OUTSIDE, Complex, cross, polygon_area, polygons
from meshes.tessellation.mirrored import mirrored_cells
from meshes.tessellation.power import unweighted
from meshes.tessellation.regularize import collapse_short, merge_arcs
from meshes.tessellation.seeds import disc_cells, random_points, relaxed, voronoi_seeds

RADIUS = 5.0
few = settings(max_examples=15, deadline=None, derandomize=True, database=None)
seeds = st.integers(0, 10_000)
counts = st.integers(1, 80)


def made(seed: int, count: int, relaxation: int = 2) -> Complex:
    rng = np.random.default_rng(seed)
    return disc_cells(voronoi_seeds(count, 2, RADIUS, relaxation, rng), RADIUS)


def circle_polygon_area(cells: Complex, step: float) -> float:
    """Area of the polygon whose corners are the surface vertices and those that cut the arcs."""
    start, end = (cells.vertices[cells.facets[cells.is_round, k]] for k in (0, 1))
    span = np.abs(np.arctan2(cross(start, end), (start * end).sum(axis=1)))
    pieces = np.ceil(span / step)
    return float(0.5 * RADIUS**2 * (pieces * np.sin(span / pieces)).sum())


@few
@given(seed=seeds, count=counts, relaxation=st.integers(0, 3))
def test_grain_areas_sum_to_the_polygon_in_the_circle(
    seed: int, count: int, relaxation: int
) -> None:
    cells = collapse_short(merge_arcs(made(seed, count, relaxation)), 0.1)
    areas = [polygon_area(outline) for outline in polygons(cells, 0.05)]
    assert len(areas) == count
    assert min(areas) > 0
    assert sum(areas) == pytest.approx(circle_polygon_area(cells, 0.05), rel=1e-9)


@few
@given(seed=seeds, count=counts)
def test_every_facet_separates_two_grains_or_a_grain_from_the_outside(
    seed: int, count: int
) -> None:
    cells = collapse_short(merge_arcs(made(seed, count)), 0.1)
    inner = cells.sides[~cells.is_round]
    assert (inner[:, 0] < inner[:, 1]).all()
    assert set(np.unique(cells.sides)) - {-1} == set(range(count))


@few
@given(seed=seeds, count=counts)
def test_outer_vertices_lie_on_the_circle_and_all_others_inside(seed: int, count: int) -> None:
    cells = collapse_short(merge_arcs(made(seed, count)), 0.1)
    distance = np.linalg.norm(cells.vertices, axis=1)
    outer = cells.wall == OUTSIDE
    assert distance[outer] == pytest.approx(RADIUS, rel=1e-12)
    assert (distance[~outer] < RADIUS).all()


def test_same_seed_same_cells_and_another_seed_others() -> None:
    first, again, other = made(3, 20), made(3, 20), made(4, 20)
    assert np.array_equal(first.vertices, again.vertices)
    assert np.array_equal(first.facets, again.facets)
    assert not np.array_equal(first.vertices, other.vertices)


def test_deep_cells_are_those_of_the_nearest_seed() -> None:
    rng = np.random.default_rng(0)
    points = relaxed(random_points(rng, 60, 2, RADIUS), RADIUS, 3, rng)
    cells = mirrored_cells(unweighted(points), RADIUS)
    deep = np.linalg.norm(cells.vertices, axis=1) < 0.4 * RADIUS
    inner = ~cells.is_round & deep[cells.facets].all(axis=1)
    middle = cells.vertices[cells.facets[inner]].mean(axis=1)
    nearest = np.argsort(np.linalg.norm(middle[:, None] - points[None], axis=2), axis=1)[:, :2]
    assert inner.sum() > 10
    assert np.array_equal(np.sort(nearest, axis=1), cells.sides[inner])


def test_mirrored_seeds_give_each_surface_grain_one_outer_patch() -> None:
    rng = np.random.default_rng(1)
    points = relaxed(random_points(rng, 60, 2, RADIUS), RADIUS, 3, rng)
    cells = mirrored_cells(unweighted(points), RADIUS)
    owners = cells.sides[cells.is_round, 0]
    starts = cells.facets[cells.is_round]
    for grain in np.unique(owners):
        numbers, times = np.unique(starts[owners == grain], return_counts=True)
        assert (times == 1).sum() == 2, numbers


def test_clipped_cells_cut_a_disc_by_the_bisector_of_two_seeds() -> None:
    cells = clipped_cells(unweighted(np.array([[1.0, 0.0], [2.0, 0.0]])), RADIUS)
    chord = cells.vertices[cells.facets[~cells.is_round][0]]
    half = np.sqrt(RADIUS**2 - 1.5**2)
    assert sorted(chord.tolist()) == pytest.approx(np.array([[1.5, -half], [1.5, half]]))


def test_both_routes_agree_on_three_even_sectors() -> None:
    turns = np.arange(3) * 2 * np.pi / 3
    points = 2 * np.column_stack([np.cos(turns), np.sin(turns)])
    cells = clipped_cells(unweighted(points), RADIUS)
    areas = [polygon_area(outline) for outline in polygons(cells)]
    assert areas == pytest.approx([np.pi * RADIUS**2 / 3] * 3, rel=1e-3)


def test_seeds_on_one_side_cannot_be_enclosed_by_their_images() -> None:
    points = np.array([[3.0, 0.1], [3.5, -0.7], [4.0, 0.4], [3.2, 1.1]])
    with pytest.raises(MeshError):
        mirrored_cells(unweighted(points), RADIUS)


def test_random_points_fill_the_ball_evenly() -> None:
    points = random_points(np.random.default_rng(0), 20_000, 3, RADIUS)
    inside = (np.linalg.norm(points, axis=1) < RADIUS / 2).mean()
    assert inside == pytest.approx(1 / 8, abs=0.01)


def test_relaxation_evens_the_grain_areas_out() -> None:
    spread = [
        np.std([polygon_area(outline) for outline in polygons(made(2, 50, steps))])
        for steps in (0, 1, 5)
    ]
    assert spread[0] > spread[1] > spread[2]
    assert spread[2] < 0.5 * spread[0]

import numpy as np
import pytest

from meshes.tessellation.complexes import OUTSIDE, Complex, polygons
from meshes.tessellation.regularize import collapse_short, merge_arcs
from meshes.tessellation.seeds import disc_cells, voronoi_seeds

RADIUS = 5.0


def made(seed: int, count: int, relaxation: int = 3) -> Complex:
    rng = np.random.default_rng(seed)
    return disc_cells(voronoi_seeds(count, 2, RADIUS, relaxation, rng), RADIUS)


def lengths(cells: Complex) -> np.ndarray:
    return np.linalg.norm(np.diff(cells.vertices[cells.facets], axis=1)[:, 0], axis=1)


def test_short_facets_are_collapsed() -> None:
    before = made(0, 100)
    after = collapse_short(before, 0.1)
    assert lengths(before).min() < 0.02
    assert lengths(after).min() >= 0.1


def test_long_facets_stay_where_no_neighbour_is_short() -> None:
    cells = merge_arcs(made(0, 50))
    same = collapse_short(cells, 0.99 * lengths(cells).min())
    assert np.array_equal(same.vertices, cells.vertices)
    assert np.array_equal(same.facets, cells.facets)


def test_a_boundary_ends_at_every_surface_point_that_is_left() -> None:
    cells = merge_arcs(made(1, 60))
    ends = np.bincount(cells.facets.ravel())
    inner = np.bincount(cells.facets[~cells.is_round].ravel(), minlength=len(cells.vertices))
    assert (ends[cells.wall == OUTSIDE] >= 3).all()
    assert (inner[cells.wall == OUTSIDE] >= 1).all()


def test_arcs_stay_short_enough_to_be_unique() -> None:
    cells = merge_arcs(made(3, 2, 0))
    ends = cells.vertices[cells.facets[cells.is_round]]
    span = np.arccos(np.clip((ends[:, 0] * ends[:, 1]).sum(axis=1) / RADIUS**2, -1, 1))
    assert span.max() <= 2 * np.pi / 3 + 1e-9
    assert span.sum() == pytest.approx(2 * np.pi)


@pytest.mark.parametrize("relaxation", [0, 3])
def test_no_grain_is_lost_whatever_the_length(relaxation: int) -> None:
    cells = collapse_short(merge_arcs(made(5, 100, relaxation)), 10 * RADIUS)
    assert len(polygons(cells)) == 100


def test_a_collapse_that_would_swallow_a_grain_is_refused() -> None:
    cells = merge_arcs(made(5, 30))
    drawn = collapse_short(cells, 4 * RADIUS)
    facets_of = [(drawn.sides == grain).any(axis=1).sum() for grain in range(30)]
    assert min(facets_of) >= 3

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meshes.tessellation.ball import ball_cells, cut_ball, mirrored_ball
from meshes.tessellation.charts import from_sphere_chart, is_simple, to_sphere_chart
from meshes.tessellation.complexes import OUTSIDE
from meshes.tessellation.polyhedra import Polyhedra, is_closed, ring_edges
from meshes.tessellation.power import unweighted
from meshes.tessellation.regularize_ball import is_flat, regularize_ball
from meshes.tessellation.seeds import voronoi_seeds

RADIUS = 5.0
few = settings(max_examples=12, deadline=None, derandomize=True, database=None)
seeds = st.integers(0, 10_000)
counts = st.integers(1, 60)


def made(seed: int, count: int, relaxation: int = 2) -> Polyhedra:
    rng = np.random.default_rng(seed)
    return ball_cells(voronoi_seeds(count, 3, RADIUS, relaxation, rng), RADIUS)


def faces_of(cells: Polyhedra, grain: int) -> list[list[int]]:
    return [cells.rings[k] for k in np.nonzero((cells.sides == grain).any(axis=1))[0]]


def lengths(cells: Polyhedra) -> np.ndarray:
    edges = np.array(sorted({edge for ring in cells.rings for edge in ring_edges(ring)}))
    return np.linalg.norm(np.diff(cells.vertices[edges], axis=1)[:, 0], axis=1)


@few
@given(seed=seeds, count=counts)
def test_every_grain_is_one_closed_body(seed: int, count: int) -> None:
    cells = regularize_ball(made(seed, count), 0.32)
    assert cells.grain_count == count
    assert all(is_closed(faces_of(cells, grain)) for grain in range(-1, count))


@few
@given(seed=seeds, count=counts)
def test_outer_vertices_lie_on_the_sphere_and_all_others_inside(seed: int, count: int) -> None:
    cells = regularize_ball(made(seed, count), 0.32)
    distance = np.linalg.norm(cells.vertices, axis=1)
    outer = cells.wall == OUTSIDE
    assert distance[outer] == pytest.approx(RADIUS, rel=1e-12)
    assert (distance[~outer] < RADIUS).all()


def test_same_seed_same_cells_and_another_seed_others() -> None:
    first, again, other = (regularize_ball(made(seed, 20), 0.32) for seed in (3, 3, 4))
    assert np.array_equal(first.vertices, again.vertices)
    assert first.rings == again.rings
    assert first.rings != other.rings


def test_mirrored_seeds_give_each_outer_grain_one_patch() -> None:
    rng = np.random.default_rng(1)
    cells = mirrored_ball(voronoi_seeds(60, 3, RADIUS, 3, rng), RADIUS)
    patches = Counter(cells.sides[cells.is_round, 0].tolist())
    assert set(patches.values()) == {1}
    assert 30 < len(patches) < 60


def test_a_single_grain_is_the_ball() -> None:
    cells = cut_ball(unweighted(np.zeros((1, 3))), RADIUS)
    assert cells.is_round.all()
    assert len(cells.rings) == 12


def test_two_seeds_part_the_ball_in_the_plane_between_them() -> None:
    cells = cut_ball(unweighted(np.array([[0.5, 0, 0], [1.5, 0, 0]])), RADIUS)
    wall = cells.rings[int(np.nonzero(~cells.is_round)[0][0])]
    # The radial map makes the outside round; it shifts the rim by the depth of the planes cut.
    assert cells.vertices[wall][:, 0] == pytest.approx(np.full(len(wall), 1.0), abs=0.05)


def test_short_edges_are_collapsed() -> None:
    before = made(0, 50)
    after = regularize_ball(before, 0.32)
    assert lengths(before).min() < 0.05
    assert lengths(after).min() >= 0.32


def test_no_triangle_is_left_with_a_needle_tip() -> None:
    def sharpest(cells: Polyhedra) -> float:
        corners = np.array([cells.vertices[ring] for ring in cells.rings if len(ring) == 3])
        sides = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)
        return float((sides.min(axis=1) / sides.max(axis=1)).min())

    before, after = made(2, 50), regularize_ball(made(2, 50), 0.08)
    assert sharpest(before) < 0.2
    assert sharpest(after) > 0.3


def test_no_grain_is_lost_whatever_the_length() -> None:
    cells = regularize_ball(made(5, 60, 0), 10 * RADIUS)
    assert min(len(faces_of(cells, grain)) for grain in range(60)) >= 4


def test_a_square_is_flat_and_a_folded_one_is_not() -> None:
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.0]])
    assert is_flat(square, np.cos(0.1))
    assert not is_flat(square[[0, 2, 1, 3]], np.cos(0.1))
    bent = square + np.array([[0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 1]])
    assert not is_flat(bent, np.cos(np.radians(35)))


def test_an_outline_that_cuts_itself_is_not_simple() -> None:
    bay = np.array([[0, 0], [4, 0], [4, 4], [2, 0.5], [0, 4.0]])
    assert is_simple(bay)
    assert not is_simple(bay - [[0, 0], [0, 0], [0, 0], [0, 1], [0, 0]])


def test_a_chart_of_the_sphere_keeps_distances_from_its_middle_and_can_be_undone() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(50, 3))
    points *= RADIUS / np.linalg.norm(points, axis=1, keepdims=True)
    middle = np.array([0.6, 0, 0.8])
    flat = to_sphere_chart(points, middle, RADIUS)
    angle = np.arccos(points @ middle / RADIUS)
    assert np.linalg.norm(flat, axis=1) == pytest.approx(RADIUS * angle)
    assert from_sphere_chart(flat, middle, RADIUS) == pytest.approx(points)

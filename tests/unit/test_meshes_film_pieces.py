import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshes.arrays import Floats
from meshes.film.motion import laplacian, smoothest
from meshes.film.offsets import LONGEST, along_surface, offsets, projectors
from meshes.film.splitting import merged, overfull, prisms, side_signs, split
from meshes.simplices import Simplices, between_regions, facets, outer_and_pore, volumes
from tests.unit.ball_example import RADIUS, ball


def offset(normals: Floats) -> Floats:
    """Offset of one corner inside, each facet towards a grain of its own."""
    d = normals.shape[1]
    corner, facing = np.zeros(len(normals), np.int64), np.arange(len(normals))
    return offsets(corner, facing, normals, np.eye(d)[None])[0][0]


@given(st.floats(0.7, 3.0))
def test_a_corner_moves_back_from_both_its_sides_alike(opening: float) -> None:
    normals = np.array([[np.sin(opening / 2), s * np.cos(opening / 2)] for s in (1, -1)])
    assert normals @ offset(normals) == pytest.approx([-1, -1])


def test_a_needle_moves_back_no_further_than_allowed() -> None:
    normals = np.array([[0.01, 1.0], [0.01, -1.0]])
    assert np.linalg.norm(offset(normals)) == pytest.approx(LONGEST)


def test_no_facet_moves_outwards_where_least_squares_would_let_it() -> None:
    # One facet against three that look nearly the other way.
    normals = np.array([[1.0, 0, 0.3], [-1, 0.1, 0.3], [-1, -0.1, 0.3], [-1, 0, 0.3]])
    assert (normals @ offset(normals) < 0).all()


def test_a_rough_boundary_moves_each_of_its_facets() -> None:
    normals = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)
    both = np.zeros(2, np.int64)
    step, _ = offsets(both, both, normals, np.eye(2)[None])
    assert normals @ step[0] == pytest.approx([-1, -1])


def test_a_corner_on_a_flat_boundary_may_slide_along_it() -> None:
    one = np.zeros(1, np.int64)
    step, slide = offsets(one, one, np.array([[0, 0, 2.0]]), np.eye(3)[None])
    assert step[0] == pytest.approx([0, 0, -1])
    assert slide[0] == pytest.approx(np.diag([1, 1, 0]))


def test_points_of_a_round_outside_keep_their_radius() -> None:
    mesh = ball(3, 4)
    outer, _ = outer_and_pore(mesh, facets(mesh))
    free, on_round = along_surface(mesh.points, outer.nodes)
    assert np.array_equal(on_round, np.unique(outer.nodes))
    radial = mesh.points[on_round] / RADIUS
    assert np.einsum("nij,nj->ni", free[on_round], radial) == pytest.approx(0, abs=1e-12)


def test_a_projector_leaves_what_is_not_held() -> None:
    spread = np.diag([2.0, 1e-6, 0.0])[None]
    assert projectors(spread, 1e-4)[0] == pytest.approx(np.diag([0, 1, 1]))


@pytest.mark.parametrize("d", [2, 3])
def test_motion_of_the_surface_by_a_stretch_stretches_the_inside(d: int) -> None:
    mesh = ball(d, 4)
    outer, _ = outer_and_pore(mesh, facets(mesh))
    wanted = mesh.points @ np.random.default_rng(0).normal(size=(d, d))
    free = np.tile(np.eye(d), (len(mesh.points), 1, 1))
    free[np.unique(outer.nodes)] = 0
    matrix = laplacian(mesh.points[mesh.cells], mesh.cells, len(mesh.points))
    prescribed = np.where(free.any(axis=(1, 2))[:, None], 0, wanted)
    moved = smoothest(matrix, prescribed, free)
    assert moved == pytest.approx(wanted, abs=2e-3 * np.abs(wanted).max())


@pytest.mark.parametrize("d", [2, 3])
def test_a_cut_gives_a_copy_for_every_grain_at_a_point(d: int) -> None:
    mesh = ball(d, 4)
    every = facets(mesh)
    first, second = every.cells.T
    is_cut = (second >= 0) & (mesh.region[first] != mesh.region[second])
    cut = split(mesh, every.take(is_cut), every.take(~is_cut & (second >= 0)))
    grains = [np.unique(mesh.cells[mesh.region == grain]) for grain in range(2**d)]
    uses = np.bincount(np.concatenate(grains))
    assert np.array_equal(np.bincount(cut.parents, minlength=len(uses)), uses * (uses > 1))
    alone = [set(cut.cells[mesh.region == grain].ravel()) for grain in range(2**d)]
    assert not any(a & b for k, a in enumerate(alone) for b in alone[:k])


def test_copies_given_up_are_points_again() -> None:
    mesh = ball(2, 4)
    every = facets(mesh)
    boundary = between_regions(mesh, every)
    inner = ~every.is_outside & (mesh.region[every.cells[:, 0]] == mesh.region[every.cells[:, 1]])
    cut = split(mesh, boundary, every.take(inner))
    assert np.array_equal(merged(cut, np.ones(len(cut.parents), bool)).cells, mesh.cells)


def test_a_strip_shared_by_four_prisms_is_found() -> None:
    mesh = ball(3, 2)
    every = facets(mesh)
    boundary = between_regions(mesh, every)
    inner = ~every.is_outside & (mesh.region[every.cells[:, 0]] == mesh.region[every.cells[:, 1]])
    cut = split(mesh, boundary, every.take(inner))
    assert not overfull(cut).any()
    same = {parent: cut.before + k for k, parent in enumerate(cut.parents.tolist())}
    alike = np.array([[same[point] for point in side] for side in cut.mid.tolist()])
    assert overfull(cut._replace(copies=alike)).any()


@pytest.mark.parametrize("d", [2, 3])
def test_prisms_fill_a_layer_without_gaps(d: int) -> None:
    mesh = ball(d, 4)
    outer, _ = outer_and_pore(mesh, facets(mesh))
    base = np.sort(outer.nodes, axis=1)
    inside = mesh.points[mesh.cells[outer.cells[:, 0]]].mean(axis=1)
    towards = -side_signs(mesh.points, base, inside)
    cells, prism = prisms(base, base + len(mesh.points), towards)
    layer = Simplices(
        np.vstack([mesh.points, 1.5 * mesh.points]), cells, np.zeros(len(cells), int), ("layer",)
    )
    assert (volumes(layer) > 0).all()
    assert volumes(layer).sum() == pytest.approx((1.5**d - 1) * volumes(mesh).sum())
    assert np.array_equal(np.bincount(prism), np.full(len(base), d))
    assert facets(layer).is_outside.sum() == 2 * len(base)


def test_a_prism_without_height_at_a_point_lacks_one_simplex() -> None:
    base, top = np.array([[0, 1, 2]]), np.array([[3, 1, 5]])
    cells, _ = prisms(base, top, np.array([1]))
    assert len(cells) == 2
    assert all(len(set(cell)) == 4 for cell in cells.tolist())

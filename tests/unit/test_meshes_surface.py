import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.gmsh.outlines import outlines
from meshes.gmsh.surface import Flat, lay_flat, lift, triangulated
from meshes.sizes import Sizes
from meshes.tessellation.ball import ball_cells
from meshes.tessellation.polyhedra import Polyhedra
from meshes.tessellation.regularize_ball import regularize_ball
from meshes.tessellation.seeds import voronoi_seeds

RADIUS = 5.0


@pytest.fixture(scope="module")
def cells() -> Polyhedra:
    rng = np.random.default_rng(0)
    return regularize_ball(ball_cells(voronoi_seeds(30, 3, RADIUS, 3, rng), RADIUS), 0.4)


def pieces(cells: Polyhedra, sizes: Sizes) -> tuple[np.ndarray, np.ndarray]:
    """Ends of all pieces of outlines, and their lengths."""
    around = outlines(cells, sizes)
    following = np.roll(around.nodes, -1)
    last = around.starts + around.lengths - 1
    following[last] = around.nodes[around.starts]
    ends = np.column_stack([around.nodes, following])
    return ends, np.linalg.norm(np.diff(around.points[ends], axis=1)[:, 0], axis=1)


def test_pieces_are_about_as_long_as_asked(cells: Polyhedra) -> None:
    length = pieces(cells, Sizes(0.6, 0.3, 0.3))[1]
    assert 0.2 < length.min() < length.max() < 0.45
    assert np.median(length) == pytest.approx(0.3, rel=0.05)


def test_pieces_grow_from_a_fine_outside_inwards(cells: Polyhedra) -> None:
    sizes = Sizes(0.8, 0.4, 0.1)
    ends, length = pieces(cells, sizes)
    points = outlines(cells, sizes).points
    depth = RADIUS - np.linalg.norm(points[ends].mean(axis=1), axis=1)
    assert np.median(length[depth < 0.01]) == pytest.approx(0.1, rel=0.1)
    assert np.median(length[depth > 3]) > 0.3


def test_each_piece_belongs_to_faces_of_a_closed_surface(cells: Polyhedra) -> None:
    ends = np.sort(pieces(cells, Sizes(0.6, 0.3, 0.3))[0], axis=1)
    times = np.unique(ends, axis=0, return_counts=True)[1]
    assert times.min() >= 2


def test_nodes_of_outer_outlines_lie_on_the_sphere(cells: Polyhedra) -> None:
    around = outlines(cells, Sizes(0.6, 0.3, 0.3))
    nodes = around.nodes[cells.is_round[around.face]]
    assert np.linalg.norm(around.points[nodes], axis=1) == pytest.approx(RADIUS, rel=1e-12)


def test_two_faces_that_share_a_triangle_are_refused() -> None:
    corners = 0.1 * np.eye(3)
    lens = Polyhedra(corners, np.array([[0, 1], [0, 2]]), RADIUS, [[0, 1, 2], [0, 2, 1]])
    flat = Flat(np.empty((0, 2)), np.array([[0, 1, 2], [3, 4, 5]]), np.array([0, 1]))
    with pytest.raises(MeshError, match="touch in a triangle"):
        triangulated(lens, outlines(lens, Sizes(1, 1, 1)), lambda *_: flat)


def test_points_put_into_faces_lie_on_the_sphere_or_between_the_outline(cells: Polyhedra) -> None:
    around = outlines(cells, Sizes(0.6, 0.3, 0.3))
    charts = lay_flat(cells, around)
    # A fan around the middle of each outline stands for a mesh of the faces.
    middles = np.add.reduceat(charts.flat, around.starts) / around.lengths[:, None]
    corner = np.arange(len(around.nodes))
    following = np.roll(corner, -1)
    following[around.starts + around.lengths - 1] = around.starts
    fan = np.column_stack([corner, following, len(corner) + around.face])
    lifted = lift(cells, around, charts, Flat(middles, fan, around.face))
    outer = cells.is_round
    assert np.linalg.norm(lifted[outer], axis=1) == pytest.approx(RADIUS, rel=1e-12)
    heights = ((lifted - charts.middle) * charts.normal).sum(axis=1)[~outer]
    assert heights == pytest.approx(np.zeros(len(heights)), abs=1e-9)

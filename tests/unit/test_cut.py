"""A sphere cut open shows what lies in the plane, grain by grain."""

import numpy as np
import pytest

from solver.results.cut import cut_open
from solver.results.frames import Frame, FramePart, outlines

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
CUBE = np.array(  # six tetrahedra around the diagonal
    [[0, 1, 3, 7], [0, 1, 5, 7], [0, 2, 3, 7], [0, 2, 6, 7], [0, 4, 5, 7], [0, 4, 6, 7]]
)


def two_cubes(level):
    """Two grains side by side, with nodes of their own, and the facet between them."""
    points = np.vstack([CORNERS, CORNERS + np.array([1, 0, 0])]) - [0, 0, level]
    cells = np.vstack([CUBE, CUBE + 8])
    values = points @ [1.0, 2.0, 3.0] + np.repeat([0.0, 10.0], 8)
    grains = FramePart(points, cells, {"v": values}, {"grain": np.repeat([0.0, 1.0], 6)})
    face = np.array([[4, 5, 7], [4, 6, 7]])
    return Frame(0.0, grains, FramePart(points, face, {"v": values}, {}))


def areas(grains):
    a, b = (grains.points[grains.cells[:, k]] - grains.points[grains.cells[:, 0]] for k in (1, 2))
    return np.abs(np.cross(a, b)[:, 2]) / 2


@pytest.mark.parametrize("level", [0.5, 0.2, 0.77])
def test_the_cut_has_the_area_and_the_values_of_the_plane(level):
    cut = cut_open(two_cubes(level))
    assert areas(cut.grains).sum() == pytest.approx(2.0)
    assert cut.grains.points[:, 2] == pytest.approx(0.0, abs=1e-12)
    jump = 10.0 * (cut.grains.at_nodes["v"] > 6.0)
    assert cut.grains.at_nodes["v"] == pytest.approx(cut.grains.points @ [1, 2, 3] + jump)


def test_each_cell_of_the_cut_keeps_its_grain():
    cut = cut_open(two_cubes(0.3))
    middle = cut.grains.points[cut.grains.cells].mean(axis=1)
    assert np.array_equal(cut.grains.in_cells["grain"], (middle[:, 0] > 1).astype(float))


def test_the_outline_of_a_cut_goes_around_each_grain():
    cut = cut_open(two_cubes(0.4))
    ends = cut.grains.points[outlines(cut.grains.cells)]
    assert np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum() == pytest.approx(8.0)


def test_facets_become_segments_of_the_plane():
    cut = cut_open(two_cubes(0.6))
    ends = cut.boundaries.points[cut.boundaries.cells]
    assert np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1).sum() == pytest.approx(1.0)


def test_a_plane_through_nodes_is_no_exception():
    frame = two_cubes(0.0)
    assert np.isfinite(cut_open(frame).grains.points).all()


def test_a_flat_frame_stays_as_it_is():
    frame = two_cubes(0.5)
    flat = frame._replace(grains=frame.grains._replace(cells=np.array([[0, 1, 2]])))
    assert cut_open(flat) is flat

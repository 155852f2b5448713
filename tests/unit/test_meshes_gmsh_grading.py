"""Edge lengths at the vertices of a square with a short cut across one corner."""

import numpy as np
import pytest

from meshes.gmsh.grading import GROWTH, SHORT, vertex_sizes
from meshes.sizes import Sizes
from meshes.tessellation.complexes import OUTSIDE, Complex

EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
LENGTHS = np.array([0.04, 1.0, 0.2, 3.0])


def sizes_at(boundary: float, surface: float | None = None, outer: int = 0) -> np.ndarray:
    """Of four vertices; the last `outer` facets lie outside."""
    sides = np.array([[0, 1]] * (4 - outer) + [[0, OUTSIDE]] * outer)
    cells = Complex(np.zeros((4, 2)), sides, 1.0, EDGES)
    return vertex_sizes(cells, EDGES, LENGTHS, Sizes(1.0, boundary, surface or boundary))


def test_a_mesh_finer_than_all_edges_is_as_fine_everywhere() -> None:
    assert sizes_at(0.04) == pytest.approx([0.04] * 4)


def test_short_edges_are_single_pieces_and_others_keep_their_size() -> None:
    at_short = 0.04 / SHORT
    assert sizes_at(0.2) == pytest.approx([at_short, at_short, 0.2, 0.2])
    assert sizes_at(0.5) == pytest.approx([at_short, at_short, 0.2 / SHORT, 0.2 / SHORT])


def test_growth_passes_several_edges() -> None:
    lengths = np.array([0.04, 0.1, 0.1, 3.0])
    cells = Complex(np.zeros((4, 2)), np.array([[0, 1]] * 4), 1.0, EDGES)
    found = vertex_sizes(cells, EDGES, lengths, Sizes(1.0, 0.12, 0.12))
    at_short = 0.04 / SHORT
    assert found == pytest.approx(
        [at_short, at_short, at_short + 0.1 * GROWTH, at_short + 0.2 * GROWTH]
    )


def test_the_outside_has_its_own_size() -> None:
    assert sizes_at(0.04, surface=0.02, outer=1) == pytest.approx([0.02, 0.04, 0.04, 0.02])

import numpy as np
import pytest

from meshes.complexes import MeshError
from meshes.gmsh_process import Mesh
from meshes.quality import grain_measures, measure, require_sound, shape


def two_triangles(height: float = 1.0) -> Mesh:
    """Unit square (or rectangle) of two triangles, one grain each."""
    points = np.array([[0, 0], [1, 0], [1, height], [0, height]], dtype=float)
    cells = np.array([[0, 1, 2], [0, 2, 3]])
    outer = np.array([[0, 1], [1, 2], [2, 3], [3, 0]])
    return Mesh(points, cells, np.array([0, 1]), np.array([[0, 2]]), outer)


def test_shape_is_one_for_equilateral_and_negative_for_inverted() -> None:
    points = np.array([[0, 0], [1, 0], [0.5, np.sqrt(3) / 2]])
    cells = np.array([[0, 1, 2], [0, 2, 1]])
    none = np.empty((0, 2), int)
    assert shape(Mesh(points, cells, np.zeros(2, int), none, none)) == pytest.approx([1, -1])


def test_shape_of_a_right_triangle() -> None:
    assert shape(two_triangles()) == pytest.approx(np.sqrt(3) / 2)


def test_measures_of_a_square_in_a_disc() -> None:
    quality = measure(two_triangles(), radius=np.sqrt(0.5))
    assert (quality.cells, quality.nodes) == (2, 4)
    assert (quality.boundary_facets, quality.outer_facets) == (1, 4)
    assert quality.shortest_edge == 1
    assert quality.area_deficit == pytest.approx(1 - 2 / np.pi)


def test_grain_areas_and_centroids() -> None:
    area, centroid = grain_measures(two_triangles(), 2)
    assert area == pytest.approx([0.5, 0.5])
    assert centroid == pytest.approx(np.array([[2, 1], [1, 2]]) / 3)


def test_a_grain_without_cells_is_refused() -> None:
    mesh = two_triangles()
    with pytest.raises(MeshError, match="1 of 3 grains"):
        require_sound(mesh, measure(mesh, 1.0), 3)


def test_a_nearly_flat_cell_is_refused() -> None:
    mesh = two_triangles(height=0.01)
    with pytest.raises(MeshError, match="SICN"):
        require_sound(mesh, measure(mesh, 1.0), 2)

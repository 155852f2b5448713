import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.quality import grain_diameters, measure, require_sound
from meshes.simplices import Simplices, grain_names


def two_triangles(height: float = 1.0, names: tuple[str, ...] = grain_names(2)) -> Simplices:
    """Unit square (or rectangle) of two triangles, one region each."""
    points = np.array([[0, 0], [1, 0], [1, height], [0, height]], dtype=float)
    return Simplices(points, np.array([[0, 1, 2], [0, 2, 3]]), np.array([0, 1]), names)


def test_measures_of_a_square_in_a_disc() -> None:
    quality = measure(two_triangles(), radius=np.sqrt(0.5))
    assert (quality.cells, quality.nodes) == (2, 4)
    assert (quality.boundary_facets, quality.outer_facets) == (1, 4)
    assert quality.shortest_edge == 1
    assert quality.sicn_min == pytest.approx(np.sqrt(3) / 2)
    assert quality.volume_deficit == pytest.approx(1 - 2 / np.pi)
    assert quality.boundary_area == pytest.approx(np.sqrt(2))


def test_grain_diameters_are_those_of_equal_discs_and_leave_a_film_out() -> None:
    assert grain_diameters(two_triangles()) == pytest.approx(np.sqrt([2 / np.pi, 2 / np.pi]))
    assert len(grain_diameters(two_triangles(names=("grain_0", "film")))) == 1


def test_a_region_without_cells_is_refused() -> None:
    mesh = two_triangles()
    lacking = two_triangles(names=grain_names(3))
    with pytest.raises(MeshError, match="1 of 3 grains"):
        require_sound(lacking, measure(mesh, 1.0))


def test_a_nearly_flat_cell_is_refused() -> None:
    mesh = two_triangles(height=0.01)
    with pytest.raises(MeshError, match="SICN"):
        require_sound(mesh, measure(mesh, 1.0))


def test_the_shape_of_cells_is_that_of_the_grains_whatever_a_film_is_like() -> None:
    """A regular triangle, and the flat one of a film below it."""
    points = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)], [0.5, -0.01]])
    cells, region = np.array([[0, 1, 2], [0, 3, 1]]), np.array([0, 1])
    quality = measure(Simplices(points, cells, region, ("grain_0", "film")), 1.0)
    assert (quality.sicn_min, quality.sicn_median) == pytest.approx((1.0, 1.0))
    require_sound(Simplices(points, cells, region, ("grain_0", "film")), quality)


def test_sizes_of_grains_spread_by_their_logarithms() -> None:
    """Rectangles of 1 and 4 um^2, side by side."""
    points = np.array([[0, 0], [1, 0], [5, 0], [0, 1], [1, 1], [5, 1]], dtype=float)
    cells = np.array([[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4]])
    mesh = Simplices(points, cells, np.array([0, 0, 1, 1]), grain_names(2))
    quality, one = measure(mesh, radius=2.0), 2 / np.sqrt(np.pi)
    assert quality.grain_diameter == pytest.approx(1.5 * one)
    assert quality.grain_spread == pytest.approx(np.log(2) / 2)
    assert quality.median_edge == pytest.approx(np.median([1, 1, 1, 1, 1, 4, 4, 2**0.5, 17**0.5]))
    assert quality.region_nodes == 8
    assert quality.boundary_area == pytest.approx(1 / 5)
    assert quality.volume_deficit == pytest.approx(1 - 5 / (4 * np.pi))

"""Smoothing moves interfaces, keeps what meets, and turns no cell over."""

import numpy as np
import pytest

from meshes.image.interfaces import NEITHER, OUTSIDE, find_interface, guarded, normals, smoothed
from meshes.image.lattice import CELLS_PER_CUBE, lattice
from meshes.simplices import Simplices, facets, oriented, require_valid, shape, volumes
from tests.grids import columns, grid, squares


@pytest.mark.parametrize("counts", [(1, 1), (5, 4), (4, 3, 3)])
def test_the_lattice_fills_its_box_with_well_shaped_cells(counts: tuple[int, ...]) -> None:
    points, cells = lattice(counts)
    mesh = Simplices(points, oriented(points, cells), np.zeros(len(cells), np.int64), ("grain_0",))
    require_valid(mesh)
    assert volumes(mesh) == pytest.approx(1 / CELLS_PER_CUBE[len(counts)])
    assert volumes(mesh).sum() == pytest.approx(np.prod(counts))
    assert shape(mesh).min() > 0.7
    outside = facets(mesh).take(facets(mesh).is_outside)
    middles = points[outside.nodes].mean(axis=1)
    assert ((middles == 0) | (middles == counts)).any(axis=1).all()


@pytest.mark.parametrize("shape_of_grid", [(3, 3), (3, 3, 3)])
def test_normals_point_from_the_lower_region_to_the_other(shape_of_grid: tuple[int, ...]) -> None:
    mesh = grid(shape_of_grid, columns)
    interface = find_interface(mesh)
    normal = normals(mesh.points, interface)
    between = (mesh.points[:, 0] == 1) & (mesh.points[:, 1:] > 0).all(1)
    between &= (mesh.points[:, 1:] < 3).all(1)
    along_x = np.eye(len(shape_of_grid))[0]
    assert normal[between] == pytest.approx(np.tile(along_x, (between.sum(), 1)))
    assert (interface.between[between] == [0, 1]).all()
    outside = (mesh.points[:, 0] == 3) & (mesh.points[:, 1:] == 1).all(1)
    assert normal[outside] == pytest.approx(along_x[None])
    assert (interface.between[outside] == [2, OUTSIDE]).all()


def test_junctions_average_along_the_lines_where_three_regions_meet() -> None:
    mesh = grid((4, 4, 4), squares(2, 2))
    interface = find_interface(mesh)
    middle = np.flatnonzero((mesh.points == [2, 2, 2]).all(1))[0]
    row = interface.along[[middle]].toarray()[0]
    assert mesh.points[row > 0].tolist() == [[2, 2, 1], [2, 2, 3]]
    assert (interface.between[middle] == NEITHER).all()


def test_a_move_that_would_turn_a_cell_over_is_cut_short() -> None:
    mesh = grid((4, 4), columns)
    moves = np.zeros_like(mesh.points)
    middle = np.flatnonzero((mesh.points == [2, 2]).all(1))[0]
    moves[middle] = [1.5, 0.0]
    moved = guarded(mesh, moves)
    assert 0 < moved.points[middle, 0] - 2 < 1
    assert shape(moved).min() >= 0.3 - 1e-9


def test_steps_become_a_straight_line_and_volume_stays() -> None:
    mesh = grid((20, 20), lambda m: (m[:, 1] > m[:, 0] / 4 + 7.5).astype(int))
    free = (mesh.points > 0) & (mesh.points < 20)
    smooth = smoothed(mesh, free, lambda points, normal, interface: np.zeros_like(points))
    between = find_interface(mesh).between
    line = (between[:, 0] == 0) & (between[:, 1] == 1)
    inner = line & (np.abs(mesh.points[:, 0] - 10) < 7)

    def roughness(at: Simplices) -> float:
        return float((at.points[inner, 1] - at.points[inner, 0] / 4).std())

    assert roughness(smooth) < 0.7 * roughness(mesh)
    one, other = (volumes(m)[m.region == 0].sum() for m in (mesh, smooth))
    assert other == pytest.approx(one, rel=0.01)

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.simplices import (
    Simplices,
    between_regions,
    edge_lengths,
    facet_areas,
    facets,
    grain_names,
    oriented,
    outer_and_pore,
    region_measures,
    require_valid,
    shape,
    volumes,
    without_unused_points,
)
from tests.unit.mesh_example import cube

DIMENSIONS = pytest.mark.parametrize("d", [2, 3])


def regular(d: int) -> Simplices:
    points = np.array([[0, 0, 0], [1, 0, 0], [0.5, np.sqrt(0.75), 0], [0.5, 12**-0.5, 1.5**-0.5]])
    cells = np.arange(d + 1)[None]
    return Simplices(points[: d + 1, :d], cells, np.zeros(1, int), grain_names(1))


@DIMENSIONS
def test_volumes_sum_to_the_body(d: int) -> None:
    mesh = cube(d)
    assert volumes(mesh).min() > 0
    assert volumes(mesh).sum() == pytest.approx(1)


@DIMENSIONS
def test_normals_of_outer_facets_point_outwards(d: int) -> None:
    mesh = cube(d)
    every = facets(mesh)
    outer, pore = outer_and_pore(mesh, every)
    cone = np.linalg.det(mesh.points[outer.nodes] - 0.5)
    assert cone.min() > 0
    assert facet_areas(mesh.points, outer.nodes).sum() == pytest.approx(2 * d)
    assert len(pore.nodes) == 0


@DIMENSIONS
def test_boundary_facets_face_from_the_lower_to_the_higher_region(d: int) -> None:
    mesh = cube(d)
    boundary = between_regions(mesh, facets(mesh))
    assert (mesh.region[boundary.cells] == [0, 1]).all()
    for side, sign in ((0, -1), (1, 1)):
        apex = mesh.points[mesh.cells[boundary.cells[:, side]]].sum(axis=1)
        apex -= mesh.points[boundary.nodes].sum(axis=1)
        spokes = mesh.points[boundary.nodes] - apex[:, None]
        assert (np.sign(np.linalg.det(spokes)) == -sign).all()


@DIMENSIONS
def test_each_cell_has_all_its_facets(d: int) -> None:
    mesh = cube(d)
    sides = facets(mesh).cells
    assert (np.bincount(sides[sides >= 0]) == d + 1).all()


@DIMENSIONS
def test_a_cavity_is_told_from_the_outside(d: int) -> None:
    mesh = cube(d, 7)
    middle = np.abs(mesh.points[mesh.cells].mean(axis=1) - 0.5).max(axis=1)
    hollow = Simplices(mesh.points, mesh.cells[middle > 0.2], mesh.region[middle > 0.2], mesh.names)
    outer, pore = outer_and_pore(hollow, facets(hollow))
    assert facet_areas(mesh.points, outer.nodes).sum() == pytest.approx(2 * d)
    assert len(pore.nodes) > 0
    assert np.abs(mesh.points[pore.nodes] - 0.5).max() < 0.5


def test_a_facet_of_three_cells_is_refused() -> None:
    points = np.array([[0, 0], [1, 0], [0.5, 1], [0.5, -1], [0.5, 2]], dtype=float)
    cells = oriented(points, np.array([[0, 1, 2], [0, 1, 3], [0, 1, 4]]))
    with pytest.raises(MeshError, match="more than two"):
        facets(Simplices(points, cells, np.zeros(3, int), grain_names(1)))


@DIMENSIONS
def test_shape_is_one_for_a_regular_cell_of_any_size_and_negative_when_inverted(d: int) -> None:
    cell = regular(d)
    assert shape(cell) == pytest.approx(1)
    large = Simplices(7 * cell.points, cell.cells, cell.region, cell.names)
    assert shape(large) == pytest.approx(1)
    exchanged = np.roll(cell.cells[:, :2], 1)
    turned = np.hstack([exchanged, cell.cells[:, 2:]])
    assert shape(Simplices(cell.points, turned, cell.region, cell.names)) == pytest.approx(-1)


@DIMENSIONS
def test_shape_agrees_with_gmsh(d: int) -> None:
    import gmsh

    mesh = cube(d)
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.model.addDiscreteEntity(d, 1)
        tags = np.arange(1, len(mesh.points) + 1)
        points = np.zeros((len(tags), 3))
        points[:, :d] = mesh.points
        gmsh.model.mesh.addNodes(d, 1, tags, points.ravel())
        gmsh.model.mesh.addElementsByType(1, {2: 2, 3: 4}[d], [], (mesh.cells + 1).ravel())
        numbers = gmsh.model.mesh.getElementsByType({2: 2, 3: 4}[d])[0]
        expected = gmsh.model.mesh.getElementQualities(numbers, "minSICN")
    finally:
        gmsh.finalize()
    assert shape(mesh) == pytest.approx(expected, abs=1e-9)


@DIMENSIONS
def test_region_centroids_sum_to_that_of_the_body(d: int) -> None:
    volume, centroid = region_measures(cube(d))
    assert volume @ centroid == pytest.approx(np.full(d, 0.5))


@DIMENSIONS
def test_every_edge_counts_once(d: int) -> None:
    assert edge_lengths(regular(d)) == pytest.approx(np.ones(d * (d + 1) // 2))


def test_unused_points_go_and_cells_stay() -> None:
    mesh = cube(2)
    padded = Simplices(
        np.vstack([[[9.0, 9.0]], mesh.points]), mesh.cells + 1, mesh.region, mesh.names
    )
    assert np.array_equal(without_unused_points(padded).points, mesh.points)
    assert np.array_equal(without_unused_points(padded).cells, mesh.cells)


def test_an_inverted_cell_and_an_empty_region_are_refused() -> None:
    mesh = cube(2)
    with pytest.raises(MeshError, match="turned over"):
        require_valid(Simplices(mesh.points, mesh.cells[:, ::-1], mesh.region, mesh.names))
    with pytest.raises(MeshError, match="1 of 3 grains"):
        require_valid(Simplices(mesh.points, mesh.cells, mesh.region, grain_names(3)))

import numpy as np
import pytest

from meshes.errors import MeshError
from meshes.tessellation.polyhedra import space_cells
from meshes.tessellation.power import Seeds, Tree, centres, joined, triangulate, unweighted

DIMENSIONS = pytest.mark.parametrize("d", [2, 3])


def made(d: int, count: int = 60) -> Seeds:
    rng = np.random.default_rng(d)
    return Seeds(rng.random((count, d)), 0.01 * rng.random(count))


def powers(seeds: Seeds, points: np.ndarray) -> np.ndarray:
    distance = np.linalg.norm(points[:, None] - seeds.points[None], axis=2)
    return distance**2 - seeds.weights


@DIMENSIONS
def test_a_centre_is_equally_near_to_its_corners_and_no_other_seed_is_nearer(d: int) -> None:
    seeds = made(d)
    simplices = triangulate(seeds)
    every = powers(seeds, centres(seeds, simplices))
    own = np.take_along_axis(every, simplices, axis=1)
    assert np.ptp(own, axis=1).max() < 1e-9 * (1 + np.abs(own).max())
    assert (every.min(axis=1) > own[:, 0] - 1e-9 * (1 + np.abs(own[:, 0]))).all()


@DIMENSIONS
def test_the_tree_finds_the_seed_of_least_power(d: int) -> None:
    seeds = made(d)
    points = np.random.default_rng(9).random((200, d))
    power, number = Tree(seeds).query(points)
    every = powers(seeds, points)
    assert np.array_equal(number, every.argmin(axis=1))
    assert power == pytest.approx(every.min(axis=1))


@DIMENSIONS
def test_seeds_in_one_place_have_no_triangulation(d: int) -> None:
    with pytest.raises(MeshError, match="no triangulation"):
        triangulate(unweighted(np.zeros((9, d))))


def test_faces_of_a_cube_of_seeds_are_squares_halfway_between() -> None:
    middle = unweighted(np.zeros((1, 3)))
    around = unweighted(np.vstack([2 * np.eye(3), -2 * np.eye(3)]))
    vertices, rings, sides = space_cells(middle, around)
    assert (sides[:, 0] == 0).all()
    assert sorted(sides[:, 1]) == [1, 2, 3, 4, 5, 6]
    for ring, second in zip(rings, sides[:, 1], strict=True):
        corners = np.unique(vertices[ring].round(12), axis=0)
        wall = joined(middle, around).points[second] / 2
        assert len(corners) == 4
        assert corners @ wall == pytest.approx(np.ones(4))


def test_an_unbounded_cell_is_refused() -> None:
    with pytest.raises(MeshError, match="unbounded"):
        space_cells(unweighted(np.eye(3)), unweighted(np.array([[5.0, 5, 5], [6, 5, 5]])))


def test_rings_go_round_from_neighbour_to_neighbour() -> None:
    rng = np.random.default_rng(4)
    seeds, far = rng.normal(size=(30, 3)), rng.normal(size=(60, 3))
    far *= 8 / np.linalg.norm(far, axis=1, keepdims=True)
    vertices, rings, sides = space_cells(unweighted(seeds), unweighted(far))
    everyone = np.vstack([seeds, far])
    for ring, (first, second) in zip(rings, sides, strict=True):
        corners = vertices[ring] - vertices[ring].mean(axis=0)
        turns = np.cross(corners, np.roll(corners, -1, axis=0))
        along = turns @ (everyone[second] - everyone[first])
        assert (along > 0).all() or (along < 0).all()

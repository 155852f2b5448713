"""From labels to a smooth mesh that shows the same labels."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from meshes.errors import MeshError
from meshes.image.mesh import expected_cells_of_image, mesh_image
from meshes.image.voxels import regions_at
from meshes.quality import measure
from meshes.simplices import (
    between_regions,
    facet_areas,
    facets,
    outer_and_pore,
    region_measures,
    volumes,
)
from tests.grids import columns, grid


def image(shape: tuple[int, ...], count: int, seed: int = 1, round_one: bool = True) -> np.ndarray:
    """Voronoi grains 1, 2, ... in a ball in the middle, or filling the whole image."""
    points = np.indices(shape).reshape(len(shape), -1).T + 0.5
    seeds = np.random.default_rng(seed).uniform(0.2, 0.8, (count, len(shape))) * shape
    labels = cKDTree(seeds).query(points)[1] + 1
    if round_one:
        labels[np.linalg.norm(points - np.array(shape) / 2, axis=1) > 0.46 * min(shape)] = 0
    return labels.reshape(shape)


@pytest.mark.parametrize(("shape", "count", "size"), [((120, 120), 8, 3.0), ((40,) * 3, 4, 2.5)])
def test_the_mesh_shows_the_image(shape: tuple[int, ...], count: int, size: float) -> None:
    labels = image(shape, count)
    mesh, overlap = mesh_image(labels, 1.0, size)
    assert overlap >= 0.97
    assert volumes(mesh).sum() == pytest.approx((labels > 0).sum(), rel=0.01)
    assert region_measures(mesh)[0] == pytest.approx(np.bincount(labels.ravel())[1:], rel=0.05)
    assert measure(mesh, 1.0).sicn_min >= (0.3 if len(shape) == 2 else 0.2) - 1e-9
    assert len(mesh.cells) == pytest.approx(expected_cells_of_image(labels, 1.0, size), rel=0.1)


def test_the_outside_of_a_ball_is_as_smooth_as_a_ball() -> None:
    mesh = mesh_image(image((40,) * 3, 1), 1.0, 2.5).mesh
    outer = outer_and_pore(mesh, facets(mesh))[0]
    away = np.linalg.norm(mesh.points[np.unique(outer.nodes)] - 20, axis=1)
    assert np.sqrt(((away - 0.46 * 40) ** 2).mean()) < 0.25  # voxels; steps would have 0.4
    area = facet_areas(mesh.points, outer.nodes).sum()  # steps would have 1.5 times as much
    assert area == pytest.approx(4 * pi * (0.46 * 40) ** 2, rel=0.03)


def test_a_slanted_boundary_becomes_straight() -> None:
    x, y = np.indices((60, 60)) + 0.5
    mesh = mesh_image(np.where(y > 0.37 * x + 15, 1, 2), 1.0, 2.0).mesh
    nodes = between_regions(mesh, facets(mesh)).nodes
    points = mesh.points[np.unique(nodes)]
    inside = (points[:, 0] > 3) & (points[:, 0] < 57)
    away = (points[:, 1] - 0.37 * points[:, 0] - 15) / np.hypot(1, 0.37)
    assert np.sqrt((away[inside] ** 2).mean()) < 0.25  # pixels; steps would have 0.3
    assert np.abs(away[inside]).max() < 0.6


def test_the_frame_of_a_full_image_stays_a_box() -> None:
    mesh = mesh_image(image((30, 50), 5, round_one=False), 0.1, 0.25).mesh
    assert mesh.points.min(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert mesh.points.max(axis=0) == pytest.approx([3, 5])
    assert volumes(mesh).sum() == pytest.approx(15.0)


def test_regions_keep_the_labels_of_the_image() -> None:
    labels = image((60, 60), 3)
    mesh = mesh_image(np.choose(labels, [0, 7, 12, 250]), 1.0, 3.0).mesh
    assert mesh.names == ("grain_7", "grain_12", "grain_250")


def test_the_same_image_gives_the_same_mesh() -> None:
    one, other = (mesh_image(image((60, 60), 4), 1.0, 3.0).mesh for _ in range(2))
    assert np.array_equal(one.points, other.points)
    assert np.array_equal(one.cells, other.cells)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1000), count=st.integers(1, 12), size=st.floats(1.5, 4.0))
def test_any_grains_give_a_sound_mesh(seed: int, count: int, size: float) -> None:
    labels = image((64, 64), count, seed)
    labels[(labels > 0) & (np.bincount(labels.ravel())[labels] < 60)] = 0  # too small for a cell
    mesh, overlap = mesh_image(labels, 1.0, size)
    assert volumes(mesh).min() > 0
    assert overlap > 0.9


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.ones((8, 8), int), "one label only, 1"),
        (np.zeros((8, 8), int), "one label only, 0"),
        (np.pad([[1]], 9), "too small for the mesh size"),
        (np.kron(np.eye(2, dtype=int), np.ones((20, 20), int)), r"\d\d % of the particle"),
    ],
)
def test_an_image_without_a_particle_is_refused(labels: np.ndarray, message: str) -> None:
    with pytest.raises(MeshError, match=message):
        mesh_image(labels, 1.0, 2.0)


def test_a_grain_smaller_than_the_mesh_is_named() -> None:
    labels = image((60, 60), 2)
    labels[30, 30] = 9
    with pytest.raises(MeshError, match=r"1 of 3 grains are too small .*grain_9"):
        mesh_image(labels, 1.0, 4.0)


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2)])
def test_regions_are_found_at_points(shape: tuple[int, ...]) -> None:
    mesh = grid(shape, columns)
    points = np.random.default_rng(1).uniform(0, 1, (500, len(shape))) * shape
    assert np.array_equal(regions_at(mesh, points), points[:, 0].astype(int))
    assert (regions_at(mesh, points + np.array([10.0] * len(shape))) == -1).all()

"""Meshes of images of a million voxels against the bodies that they show, of known areas."""

from math import pi
from typing import NamedTuple

import numpy as np
import pytest
from scipy.spatial import cKDTree

from meshes.image.mesh import mesh_image
from meshes.simplices import (
    Simplices,
    between_regions,
    facet_areas,
    facets,
    outer_and_pore,
    shape,
)

VOXELS, MIDDLE = 100, 50.0
TILTED = np.array([0.3, 0.5, 0.81]) / np.linalg.norm([0.3, 0.5, 0.81])
BALL, INNER, CUT = 44.0, 25.0, 4.0  # radii, and how far off the middle a ball is cut; voxels
SEEDS = 20


class Shown(NamedTuple):
    """Labels of an image, and the area of the boundaries and of the outside that it shows."""

    labels: np.ndarray
    boundaries: float
    outside: float


def places(n: int = VOXELS) -> np.ndarray:
    """Middles (n^3, 3) of voxels about the middle of the image."""
    return np.indices((n,) * 3).reshape(3, -1).T + 0.5 - n / 2


def in_a_ball(label: np.ndarray, radius: float = BALL, n: int = VOXELS) -> np.ndarray:
    """Labels as an image, without those outside a ball."""
    inside = np.linalg.norm(places(n), axis=1) < radius
    return np.where(inside, label, 0).reshape((n,) * 3)


def halves() -> Shown:
    """A ball cut along a plane at an odd angle."""
    label = np.where(places() @ TILTED > CUT, 1, 2)
    return Shown(in_a_ball(label), pi * (BALL**2 - CUT**2), 4 * pi * BALL**2)


def ball_in_ball() -> Shown:
    """A ball within a ball, off its middle."""
    away = np.linalg.norm(places() - [3.3, 1.7, -2.1], axis=1)
    label = np.where(away < INNER, 2, 1)
    return Shown(in_a_ball(label), 4 * pi * INNER**2, 4 * pi * BALL**2)


def polyhedra() -> Shown:
    """Grains with flat faces in a ball."""
    rng, seeds = np.random.default_rng(1), np.empty((0, 3))
    while len(seeds) < SEEDS:
        seed = rng.uniform(-BALL, BALL, 3)
        near = len(seeds) and cKDTree(seeds).query(seed)[0] < 0.4 * BALL
        if np.linalg.norm(seed) < 0.9 * BALL and not near:
            seeds = np.vstack([seeds, seed])
    label = cKDTree(seeds).query(places())[1] + 1
    return Shown(in_a_ball(label), area_of_faces(seeds), 4 * pi * BALL**2)


def area_of_faces(seeds: np.ndarray, step: float = 0.6) -> float:
    """Area within the ball of the planes between two seeds to which no other seed is nearer."""
    tree, total = cKDTree(seeds), 0.0
    flat = np.indices((round(2 * BALL / step),) * 2).reshape(2, -1).T * step - BALL
    for a in range(len(seeds)):
        for b in range(a):
            normal = (seeds[a] - seeds[b]) / np.linalg.norm(seeds[a] - seeds[b])
            middle = 0.5 * (seeds[a] + seeds[b])
            across = np.linalg.svd(normal[None])[2][1:]
            plane = (middle @ normal) * normal + flat @ across
            plane = plane[np.linalg.norm(plane, axis=1) < BALL]
            nearest = np.linalg.norm(plane - seeds[a], axis=1)
            total += (tree.query(plane)[0] > nearest - 1e-9).sum() * step**2
    return total


def areas(mesh: Simplices) -> tuple[float, float]:
    """Areas of the boundaries and of the outside."""
    every = facets(mesh)
    of = between_regions(mesh, every), outer_and_pore(mesh, every)[0]
    boundaries, outside = (float(facet_areas(mesh.points, part.nodes).sum()) for part in of)
    return boundaries, outside


def area_of_steps(labels: np.ndarray) -> tuple[float, float]:
    """Area of the faces of voxels between grains, and between them and the outside."""
    inner = outer = 0
    for axis in range(3):
        a, b = np.moveaxis(labels, axis, 0)[:-1], np.moveaxis(labels, axis, 0)[1:]
        outer += int(((a != b) & (a * b == 0)).sum())
        inner += int(((a != b) & (a * b > 0)).sum())
    return inner, outer


@pytest.mark.parametrize("shown", [halves, ball_in_ball, polyhedra])
def test_areas_are_those_of_the_bodies_and_not_of_the_steps(shown) -> None:
    labels, boundaries, outside = shown()
    steps = area_of_steps(labels)
    assert steps[0] > 1.4 * boundaries
    assert steps[1] > 1.4 * outside
    mesh = mesh_image(labels, 1.0, 6.0).mesh
    found = areas(mesh)
    print(f"boundaries {found[0] / boundaries - 1:+.4f}, outside {found[1] / outside - 1:+.4f}")
    assert found[0] == pytest.approx(boundaries, rel=0.02)
    assert found[1] == pytest.approx(outside, rel=0.02)
    assert shape(mesh).min() >= 0.2 - 1e-9
    assert len(mesh.cells) < 0.06 * np.count_nonzero(labels)


def test_a_flat_boundary_is_flat_in_a_mesh_nearly_as_fine_as_the_voxels() -> None:
    n, radius = 60, 26.0
    labels = in_a_ball(np.where(places(n) @ TILTED > CUT, 1, 2), radius, n)
    mesh = mesh_image(labels, 1.0, 2.5).mesh
    middles = mesh.points[between_regions(mesh, facets(mesh)).nodes].mean(axis=1) - n / 2
    inside = np.linalg.norm(middles, axis=1) < radius - 4
    off = middles[inside] @ TILTED - CUT
    print(f"off the plane by {np.sqrt((off**2).mean()):.3f} voxels")
    assert np.sqrt((off**2).mean()) < 0.11  # voxels; 0.17 with a line through each point alone

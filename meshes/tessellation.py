"""Seeds of grains, and the cells of a disc or ball that they make."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from meshes.clipped import clipped_cells
from meshes.complexes import OUTSIDE, Complex, Floats, MeshError
from meshes.laguerre import solved, wanted_shares
from meshes.mirrored import mirrored_cells
from meshes.power import Seeds, unweighted

SAMPLES_PER_GRAIN = 200
LEAST_SAMPLES = 20_000


def voronoi_seeds(
    count: int, dimension: int, radius: float, relaxation: int, rng: np.random.Generator
) -> Seeds:
    """Random seeds after Lloyd steps, which make the cells more even."""
    points = random_points(rng, count, dimension, 0.97 * radius)
    return unweighted(relaxed(points, radius, relaxation, rng))


def laguerre_seeds(
    seeds: Seeds, radius: float, size_spread: float, rng: np.random.Generator
) -> Seeds:
    """Seeds whose cells have log-normal diameters, started from those of Voronoi cells.

    size_spread: standard deviation of ln of the diameter. Raises MeshError if the cells are lost.
    """
    if seeds.size == 1:
        return seeds
    shares = wanted_shares(seeds.size, seeds.points.shape[1], size_spread, rng)
    return solved(seeds.points, shares, radius)


def disc_cells(seeds: Seeds, radius: float) -> Complex:
    """Cells of seeds in a disc of `radius` (um).

    Every grain at the surface has one outer patch where mirrored seeds can enclose the particle
    (almost always from six grains on); else the cells are cut by the circle.
    """
    if seeds.size == 1:
        return _plain_disc(radius)
    try:
        return mirrored_cells(seeds, radius)
    except MeshError:
        return clipped_cells(seeds, radius)


def random_points(rng: np.random.Generator, count: int, dimension: int, radius: float) -> Floats:
    """Points (count, dimension), uniform in a ball of the given radius."""
    directions = rng.normal(size=(count, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return directions * (radius * rng.random((count, 1)) ** (1 / dimension))


def relaxed(seeds: Floats, radius: float, steps: int, rng: np.random.Generator) -> Floats:
    """Seeds (n, d) after Lloyd steps: each moves to the centroid of its cell in the ball.

    Centroids are means over random points, which needs no geometry and holds in any dimension.
    """
    count, dimension = seeds.shape
    points = random_points(rng, max(LEAST_SAMPLES, SAMPLES_PER_GRAIN * count), dimension, radius)
    for _ in range(steps):
        nearest = cKDTree(seeds).query(points)[1]
        weight = np.bincount(nearest, minlength=count)
        sums = [np.bincount(nearest, column, count) for column in points.T]
        means = np.column_stack(sums) / np.maximum(weight, 1)[:, None]
        seeds = np.where(weight[:, None] > 0, means, seeds)
    return seeds


def _plain_disc(radius: float) -> Complex:
    turns = np.arange(3) * 2 * np.pi / 3
    vertices = radius * np.column_stack([np.cos(turns), np.sin(turns)])
    facets = np.array([[0, 1], [1, 2], [2, 0]])
    return Complex(vertices, facets, np.tile([0, OUTSIDE], (3, 1)), radius)

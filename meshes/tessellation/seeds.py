"""Seeds of grains, and the cells of a disc or ball that they make."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Floats
from meshes.errors import MeshError
from meshes.sizes import solid_radius
from meshes.tessellation.clipped import clipped_cells
from meshes.tessellation.complexes import OUTSIDE, Complex
from meshes.tessellation.laguerre import solved, wanted_shares
from meshes.tessellation.mirrored import mirrored_cells
from meshes.tessellation.power import Seeds, unweighted

PUSH = 0.8  # of what a seed lacks of that: all at one distance would be degenerate
WALL_DISTANCE = 0.6  # of a seed, over the radius of a grain
SAMPLES_PER_GRAIN = 200
LEAST_SAMPLES = 20_000


def voronoi_seeds(
    count: int,
    dimension: int,
    radius: float,
    relaxation: int,
    rng: np.random.Generator,
    pore: float = 0.0,
) -> Seeds:
    """Random seeds around a pore (um) after Lloyd steps, which make the cells more even."""
    points = random_points(rng, count, dimension, 0.97 * radius, 1.03 * pore)
    points = relaxed(points, radius, relaxation, rng, pore)
    if pore > 0:  # seeds very near to its wall would leave others far away from it
        least = pore + WALL_DISTANCE * solid_radius(radius, pore, dimension) * count ** (
            -1 / dimension
        )
        distance = np.linalg.norm(points, axis=1, keepdims=True)
        points = points * (1 + PUSH * np.maximum(least / distance - 1, 0))
    return unweighted(points)


def laguerre_seeds(
    seeds: Seeds, radius: float, size_spread: float, rng: np.random.Generator, pore: float = 0.0
) -> Seeds:
    """Seeds whose cells have log-normal diameters, started from those of Voronoi cells.

    size_spread: standard deviation of ln of the diameter. Raises MeshError if the cells are lost.
    """
    if seeds.size == 1:
        return seeds
    shares = wanted_shares(seeds.size, seeds.points.shape[1], size_spread, rng)
    return solved(seeds.points, shares, radius, pore)


def disc_cells(seeds: Seeds, radius: float, pore: float = 0.0) -> Complex:
    """Cells of seeds in a disc of `radius` around a pore (um).

    Every grain at the surface has one outer patch where mirrored seeds can enclose the particle
    (almost always from six grains on); else the cells are cut by the circle.
    """
    if seeds.size == 1:
        return _plain_disc(radius)
    try:
        return mirrored_cells(seeds, radius, pore)
    except MeshError:
        return clipped_cells(seeds, radius, pore)


def random_points(
    rng: np.random.Generator, count: int, dimension: int, radius: float, pore: float = 0.0
) -> Floats:
    """Points (count, dimension), uniform in a ball of the given radius without that of a pore."""
    directions = rng.normal(size=(count, dimension))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    hollow = (pore / radius) ** dimension
    share = hollow + (1 - hollow) * rng.random((count, 1))
    return directions * (radius * share ** (1 / dimension))


def relaxed(
    seeds: Floats, radius: float, steps: int, rng: np.random.Generator, pore: float = 0.0
) -> Floats:
    """Seeds (n, d) after Lloyd steps: each moves to the centroid of its cell around the pore.

    Centroids are means over random points, which needs no geometry and holds in any dimension.
    """
    count, dimension = seeds.shape
    samples = max(LEAST_SAMPLES, SAMPLES_PER_GRAIN * count)
    points = random_points(rng, samples, dimension, radius, pore)
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
    return Complex(vertices, np.tile([0, OUTSIDE], (3, 1)), radius, facets)

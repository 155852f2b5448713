"""Edge lengths of a mesh, and how many cells they will make."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from solver.case import ParticleCase

MICROMETRES = 1e6  # per metre
# Fitted to meshes: volume of a cell over (edge length)^d, next to boundaries, where these decide,
# and deeper inside; growth of the edge length with the distance from the boundaries.
LAYER_CELL = {2: 0.257, 3: 0.133}
INNER_CELL = {2: 0.474, 3: 0.362}
GROWTH = {2: 0.238, 3: 0.280}
BALL = {2: np.pi, 3: 4 / 3 * np.pi}  # volume of the unit ball
DIMENSION = {"disc": 2, "sphere": 3}


class Sizes(NamedTuple):
    """Edge lengths inside the grains, along their boundaries and on the outside, um."""

    inside: float
    boundary: float
    surface: float


def micrometres(metres: float) -> float:
    """A length in um, rounded so that equal lengths given in any unit agree."""
    return float(f"{metres * MICROMETRES:.12g}")


def sizes_of(particle: ParticleCase) -> Sizes:
    """Edge lengths that a case asks for; scaled, if it asks for a number of cells."""
    mesh = particle.mesh
    boundary = micrometres(mesh.boundary_size)
    surface = boundary if mesh.surface_size is None else micrometres(mesh.surface_size)
    sizes = Sizes(micrometres(mesh.size), boundary, surface)
    if mesh.cells is None:
        return sizes
    dimension, radius = DIMENSION[particle.shape], micrometres(particle.radius)
    pore, count = pore_radius(particle), particle.grains.count
    return scaled_to(mesh.cells, sizes, dimension, radius, count, pore)


def pore_radius(particle: ParticleCase) -> float:
    """Radius of the pore in the middle, um; 0 if there is none."""
    return 0.0 if particle.pore is None else micrometres(particle.pore.radius)


def solid_radius(radius: float, pore: float, dimension: int) -> float:
    """Radius of a disc or ball as large as one with a pore in it."""
    return float(radius * (1 - (pore / radius) ** dimension) ** (1 / dimension))


def scaled(sizes: Sizes, factor: float) -> Sizes:
    """All edge lengths times a factor."""
    return Sizes(*(factor * size for size in sizes))


def scaled_to(
    cells: int, sizes: Sizes, dimension: int, radius: float, count: int, pore: float = 0.0
) -> Sizes:
    """Edge lengths in the same ratios that should give a number of cells.

    Not coarser than half a grain: beyond, the number of grains decides.
    """
    low, high = 1e-6 * radius, radius * count ** (-1 / dimension)
    for _ in range(60):
        middle = (low * high) ** 0.5
        trial = scaled(sizes, middle / sizes.inside)
        enough = expected_cells(trial, dimension, radius, count, pore) > cells
        low, high = (middle, high) if enough else (low, middle)
    return scaled(sizes, low / sizes.inside)


def expected_cells(
    sizes: Sizes, dimension: int, radius: float, count: int, pore: float = 0.0
) -> float:
    """Expected number of cells in `count` grains, each taken for a ball, around a pore in one."""
    solid = solid_radius(radius, pore, dimension)
    grain = solid * count ** (-1 / dimension)
    depth = (np.arange(400) + 0.5) / 400 * grain
    shells = dimension * BALL[dimension] * (grain - depth) ** (dimension - 1) * grain / 400

    def cells(at_boundary: float) -> float:
        edge = np.minimum(at_boundary + GROWTH[dimension] * depth, max(sizes.inside, at_boundary))
        in_layer = depth < at_boundary
        cell = np.where(in_layer, LAYER_CELL[dimension], INNER_CELL[dimension])
        return float((shells / (cell * edge**dimension)).sum())

    # share of the outside in the area of all grains
    outside = grain / solid * (radius / solid) ** (dimension - 1)
    return count * (outside * cells(sizes.surface) + (1 - outside) * cells(sizes.boundary))

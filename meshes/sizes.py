"""Edge lengths of a mesh, and how many cells they will make."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from solver.case import ParticleCase

MICROMETRES = 1e6  # per metre
GROWTH = 0.3  # of the edge length per distance, from the boundaries inwards
CELL = {2: 0.433, 3: 0.118}  # volume of a regular cell of edge 1
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
    """Edge lengths that a case asks for."""
    given = particle.mesh
    inside, boundary = micrometres(given.size), micrometres(given.boundary_size)
    return Sizes(inside, boundary, boundary)


def expected_cells(sizes: Sizes, dimension: int, radius: float, count: int) -> float:
    """Expected number of cells in `count` grains, each taken for a ball, in one of `radius`."""
    grain = radius * count ** (-1 / dimension)
    depth = (np.arange(400) + 0.5) / 400 * grain
    shells = dimension * BALL[dimension] * (grain - depth) ** (dimension - 1) * grain / 400

    def cells(at_boundary: float) -> float:
        edge = np.minimum(at_boundary + GROWTH * depth, max(sizes.inside, at_boundary))
        return float((shells / (CELL[dimension] * edge**dimension)).sum())

    outside = grain / radius  # share of the outside in the area of all grains
    return count * (outside * cells(sizes.surface) + (1 - outside) * cells(sizes.boundary))

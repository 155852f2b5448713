"""Cracks as they stand on the boundaries: how many, how wide, how deep, and which way they run.

A boundary point is cracked from a damage of 0.99 (`CRACKED`). A crack is a connected piece of
cracked points: along facets, and over junctions. All figures weight points by their area, and are
the same on any number of ranks.
"""

from dataclasses import dataclass
from math import inf, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.particle.interfaces import Boundaries
from solver.particle.layout import Layout
from solver.particle.network import Connected, Network
from solver.units.constants import CRACKED

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

SHELLS, ANGLES, DIRECTIONS = 10, 9, 18
ROUNDING = 9  # decimals, so that ranks agree about what is alike
WIDTHS = 1e-4 * 10 ** (np.arange(21) / 5)  # um: from 0.1 nm to 1 um, five to a decade


@dataclass(frozen=True)
class Cracks:
    """All cracks at one moment; in 2D areas are per um of depth.

    number: of connected cracks. area: cracked boundary, counted once, um^2. mean_width,
    largest_width: of what is cracked, nothing below zero, um. connected: share of
    the cracked area in cracks that reach the outside. alignment: 1 - d <(n.e_r)^2> in d dimensions:
    1 if all cracks run along the radius, 0 if they have no direction, 1 - d if all run around the
    centre. What does not exist without cracks is nan.
    """

    number: int
    area: float
    mean_width: float
    largest_width: float
    connected: float
    alignment: float


def find_cracks(network: Network, layout: Layout, damage: Floats, width: Floats) -> Cracks:
    """Measure all cracks. damage, width (um): at the boundary points. Collective."""
    boundaries = network.boundaries
    cracked = damage >= CRACKED
    area = boundaries.integral(cracked.astype(float))
    if area == 0.0:
        return Cracks(0, 0.0, nan, nan, nan, nan)
    connected = connected_cracks(network, cracked)
    width = np.where(cracked, np.maximum(width, 0.0), 0.0)
    return Cracks(
        number=connected.number,
        area=area,
        mean_width=boundaries.integral(width) / area,
        largest_width=boundaries.maximum(width),
        connected=boundaries.integral(connected.marked.astype(float)) / area,
        alignment=radial_alignment(boundaries, layout, cracked),
    )


def radial_alignment(boundaries: Boundaries, layout: Layout, cracked: Booleans) -> float:
    """Return 1 - d <(n.e_r)^2> over what is cracked, nan if nothing is. Collective."""
    weight = cracked.astype(float)
    area = boundaries.integral(weight)
    if area == 0.0:
        return nan
    dimension = boundaries.position.shape[1]
    return 1.0 - dimension * boundaries.integral(weight * layout.cosine**2) / area


def connected_cracks(network: Network, cracked: Booleans) -> Connected:
    """Which crack each cracked point belongs to, and which cracks reach the outside. Collective.

    Marked are those that end at the outside of the oxide, bare or under a coating.
    """
    return network.connected(cracked, network.mouth + network.covered > 0)


def distributions(
    boundaries: Boundaries, layout: Layout, damage: Floats, width: Floats
) -> dict[str, Floats]:
    """Cracked area (um^2) in every bin of depth, angle, direction and width. Collective."""
    cracked = (damage >= CRACKED).astype(float)
    by_place = _by_place(boundaries, layout, cracked)
    which = np.digitize(np.maximum(width, 0.0), WIDTHS)
    return by_place | {"width": _sums(boundaries, cracked, which, len(WIDTHS) + 1)}


def extents(boundaries: Boundaries, layout: Layout) -> dict[str, Floats]:
    """Area of all boundaries (um^2) in every bin of depth, angle and direction. Collective."""
    return _by_place(boundaries, layout, np.ones(boundaries.n_points))


def edges(layout: Layout) -> dict[str, Floats]:
    """Edges of the bins: depth, width in um; angle to the radius, direction in rad."""
    return {
        "depth": np.linspace(0.0, layout.deepest, SHELLS + 1),
        "angle": np.linspace(0.0, np.pi / 2, ANGLES + 1),
        "direction": np.linspace(0.0, np.pi, DIRECTIONS + 1),
        "width": WIDTHS,
    }


def _by_place(boundaries: Boundaries, layout: Layout, values: Floats) -> dict[str, Floats]:
    angle = np.arcsin(layout.cosine)  # between the boundary and the radius
    places = {
        "depth": (values, layout.depth / layout.deepest, SHELLS),
        "angle": (values, angle / (np.pi / 2), ANGLES),
        "direction": (values * layout.trace_share, layout.trace / np.pi, DIRECTIONS),
    }
    return {
        name: _sums(boundaries, weight, _bin(share, bins), bins)
        for name, (weight, share, bins) in places.items()
    }


def _bin(share: Floats, bins: int) -> Integers:
    """Bin of each share of a range from 0 to 1; on an edge the upper one, however rounded."""
    return np.minimum(share * bins + 10.0**-ROUNDING, bins - 1).astype(np.int64)


def _sums(boundaries: Boundaries, values: Floats, which: Integers, bins: int) -> Floats:
    """Integral of point values in each bin. Collective."""
    local = np.bincount(which, boundaries.weight * values, bins)
    return np.asarray(boundaries.comm.allreduce(local))


class Place(NamedTuple):
    """A boundary point: position (dimension) and depth in um, and its pair of grains."""

    position: tuple[float, ...]
    depth: float
    pair: tuple[int, int]


def widest_crack(
    boundaries: Boundaries, layout: Layout, damage: Floats, width: Floats
) -> Place | None:
    """Where a crack is widest, of places alike the first by its coordinates. Collective."""
    cracked = np.flatnonzero((damage >= CRACKED) & (boundaries.weight > 0))
    widest = -np.round(width[cracked], ROUNDING)
    order = np.lexsort([*boundaries.position[cracked].T[::-1], widest])[:1]
    places: list[tuple[float, Place | None]] = [
        (float(widest[k]), Place(tuple(x.tolist()), float(depth), tuple(pair.tolist())))
        for k, x, depth, pair in zip(
            order,
            boundaries.position[cracked[order]],
            layout.depth[cracked[order]],
            boundaries.pair[cracked[order]],
            strict=True,
        )
    ]
    return boundaries.comm.allreduce((*places, (inf, None))[0], MPI.MIN)[1]

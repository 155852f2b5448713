"""Which grain boundaries are filled: by rule, decided once for every pair of grains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.simplices import Simplices, between_regions, facet_areas, facets, outer_and_pore
from meshes.tessellation.orientation import misorientation

if TYPE_CHECKING:
    from solver.case.particle import BoundaryCase

STREAM = 3  # keeps these random numbers apart from those of grains and orientations
MICROMETRES = 1e6  # per metre
OTHERWISE = "dry"
FILLERS = ("film", "coating")


class MeshBoundaries(NamedTuple):
    """The boundaries of a mesh of grains.

    pairs: (b, 2) grains on the two sides, the lower one first. areas: (b,) um^(d-1). nodes: (f, d)
    points of every facet; owner: (f,) boundary it belongs to. outer: (k, d) facets around the
    particle.
    """

    pairs: Ints
    areas: Floats
    nodes: Ints
    owner: Ints
    outer: Ints


def boundary_table(
    mesh: Simplices, c_axis: Floats, rule: BoundaryCase, seed: int
) -> list[dict[str, Any]]:
    """Grains, state, misorientation (rad) and area (um^(d-1)) of every boundary between grains.

    c_axis: (regions, 3) unit vectors. Raises MeshError for a rule that chooses among boundaries
    where there are none.
    """
    network = network_of(mesh)
    if len(network.pairs) == 0 and rule.rule != "all":
        raise MeshError(f"boundary.rule: {rule.rule} needs two grains that touch, there are none")
    filled = chosen(network, mesh.points, rule, seed)
    angles = misorientation(c_axis, network.pairs)
    return [
        {
            "grains": [int(grain) for grain in network.pairs[number]],
            "state": rule.state if filled[number] else OTHERWISE,
            "misorientation": float(angles[number]),
            "area": float(network.areas[number]),
        }
        for number in range(len(network.pairs))
    ]


def network_of(mesh: Simplices) -> MeshBoundaries:
    """The boundaries between grains; films and coatings are no grains."""
    every = facets(mesh)
    inner = between_regions(mesh, every)
    is_grain = np.array([name not in FILLERS for name in mesh.names])
    inner = inner.take(np.nonzero(is_grain[mesh.region[inner.cells]].all(axis=1))[0])
    pairs, owner = np.unique(mesh.region[inner.cells], axis=0, return_inverse=True)
    owner = owner.reshape(-1).astype(np.int64)
    areas = np.bincount(owner, facet_areas(mesh.points, inner.nodes), len(pairs))
    outer = outer_and_pore(mesh, every)[0]
    return MeshBoundaries(
        pairs.reshape(-1, 2), areas.astype(np.float64), inner.nodes, owner, outer.nodes
    )


def chosen(network: MeshBoundaries, points: Floats, rule: BoundaryCase, seed: int) -> Bools:
    """(b,) whether the rule gives its state to each boundary."""
    match rule.rule:
        case "fraction":
            return share(network, rule.fraction or 0.0, seed)
        case "depth":
            return depths(network, points) <= MICROMETRES * (rule.depth or 0.0)
        case "connected":
            return reached(network, share(network, rule.fraction or 0.0, seed), len(points))
    return np.ones(len(network.pairs), bool)


def share(network: MeshBoundaries, fraction: float, seed: int) -> Bools:
    """(b,) random boundaries whose area comes nearest to a fraction of the whole."""
    order = np.random.default_rng((seed, STREAM)).permutation(len(network.pairs))
    filled = np.concatenate([[0.0], np.cumsum(network.areas[order])])
    number = int(np.argmin(np.abs(filled - fraction * filled[-1])))
    picked = np.zeros(len(network.pairs), bool)
    picked[order[:number]] = True
    return picked


def depths(network: MeshBoundaries, points: Floats) -> Floats:
    """Mean distance (b,) of each boundary from the outside, um, as good as the mesh is fine."""
    middle, outer = points[network.nodes].mean(axis=1), points[network.outer]
    outside = np.vstack([*np.moveaxis(outer, 1, 0), outer.mean(axis=1)])
    weight = facet_areas(points, network.nodes) * cKDTree(outside).query(middle)[0]
    return np.bincount(network.owner, weight, len(network.pairs)) / network.areas


def reached(network: MeshBoundaries, open_ones: Bools, n_points: int) -> Bools:
    """(b,) those open boundaries that other open ones connect to the outside.

    Boundaries are connected where they share a point: along junctions, and across corners.
    """
    count = len(network.pairs)
    is_open = open_ones[network.owner]
    nodes, owner = network.nodes[is_open], network.owner[is_open]
    start, end = np.repeat(owner, nodes.shape[1]), count + nodes.ravel()
    ones = np.ones(len(start), np.int8)
    graph = coo_array((ones, (start, end)), shape=(count + n_points,) * 2)
    number = connected_components(graph, directed=False)[1]
    outside = np.unique(number[count + network.outer.ravel()])
    return open_ones & np.isin(number[:count], outside)

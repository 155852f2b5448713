"""A mesh of triangles or tetrahedra by regions, as arrays: where all routes to a mesh end.

Everything works for d = 2 and d = 3 alike, without loops over cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import factorial
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError

NO_CELL = -1
# Corners of the facet opposite to each corner of a positively oriented cell, seen from outside.
OPPOSITE = {
    2: np.array([[1, 2], [2, 0], [0, 1]]),
    3: np.array([[1, 2, 3], [0, 3, 2], [0, 1, 3], [0, 2, 1]]),
}


@dataclass(frozen=True)
class Simplices:
    """Cells in regions (grains, then perhaps a film and a coating).

    points: (n, d), um. cells: (m, d + 1) point numbers, positively oriented. region: (m,) region
    number of each cell. names: name of each region. surfaces: named ones, each as (f, 2) a cell
    and its corner opposite to the facet; the whole outside and cavities go without saying.
    """

    points: Floats
    cells: Ints
    region: Ints
    names: tuple[str, ...]
    surfaces: Mapping[str, Ints] = field(default_factory=dict, kw_only=True)

    @property
    def dimension(self) -> int:
        """Two or three."""
        return self.points.shape[1]


class Facets(NamedTuple):
    """Facets with the cells on their sides.

    nodes: (f, d) point numbers, ordered so that the normal points out of the first cell: the edge
    turned by -90 degrees in 2D, (b - a) x (c - a) in 3D. cells: (f, 2) cell numbers, the first in
    the lower region; the second is NO_CELL on the outside.
    """

    nodes: Ints
    cells: Ints

    def take(self, chosen: Bools | Ints) -> Facets:
        """Some of the facets."""
        return Facets(self.nodes[chosen], self.cells[chosen])

    @property
    def is_outside(self) -> Bools:
        """(f,) whether a facet has a cell on one side only."""
        return self.cells[:, 1] == NO_CELL


def grain_names(count: int) -> tuple[str, ...]:
    """Names of the regions of a particle that consists of grains only."""
    return tuple(f"grain_{number}" for number in range(count))


def oriented(points: Floats, cells: Ints) -> Ints:
    """Cells with two corners exchanged where their volume is negative."""
    flipped = cells.copy()
    turned = np.linalg.det(_spokes(points, cells)) < 0
    flipped[turned, 0], flipped[turned, 1] = cells[turned, 1], cells[turned, 0]
    return flipped


def facets(mesh: Simplices) -> Facets:
    """All facets, each once. Raises MeshError where three cells or more share one."""
    d = mesh.dimension
    nodes = mesh.cells[:, OPPOSITE[d]].reshape(-1, d)
    owner = np.repeat(np.arange(len(mesh.cells)), d + 1)
    order, first, twin = _pairs(nodes, len(mesh.points))
    cells = np.column_stack([owner[order[first]], np.full(len(first), NO_CELL)])
    cells[twin, 1] = owner[order[first[twin] + 1]]
    chosen = order[first]
    swapped = twin & (mesh.region[cells[:, 0]] > mesh.region[cells[:, 1]])
    cells[swapped] = cells[swapped][:, ::-1]
    chosen[swapped] = order[first[swapped] + 1]
    return Facets(nodes[chosen], cells)


def _pairs(nodes: Ints, count: int) -> tuple[Ints, Ints, Bools]:
    """Order that brings equal rows together, where each set starts, whether it is a pair."""
    ascending = np.sort(nodes, axis=1)
    order = np.lexsort((ascending[:, -1], ascending[:, 0] * count + ascending[:, -2]))
    ascending = ascending[order]
    fresh = np.append(True, (ascending[1:] != ascending[:-1]).any(axis=1))
    first = np.nonzero(fresh)[0]
    size = np.diff(first, append=len(nodes))
    if (size > 2).any():
        raise MeshError(f"{(size > 2).sum()} facets are shared by more than two cells")
    return order, first, size == 2


def between_regions(mesh: Simplices, all_facets: Facets) -> Facets:
    """Those of the facets that lie between two regions."""
    first, second = all_facets.cells.T
    return all_facets.take((second != NO_CELL) & (mesh.region[first] != mesh.region[second]))


def outer_and_pore(mesh: Simplices, all_facets: Facets) -> tuple[Facets, Facets]:
    """Facets with one cell: those around the particle, and those around cavities within it."""
    outside = all_facets.take(all_facets.is_outside)
    if len(outside.nodes) == 0:
        return outside, outside
    surface = _surface_numbers(outside.nodes)
    corners = mesh.points[outside.nodes]
    # The cone of a facet and the origin; a closed surface that faces inwards encloses less than 0.
    enclosed = np.bincount(surface, np.linalg.det(corners))
    is_pore = enclosed[surface] < 0
    return outside.take(~is_pore), outside.take(is_pore)


def pore_volume(mesh: Simplices, pore: Facets) -> float:
    """Volume, um^d, that the facets around cavities enclose."""
    return -float(np.linalg.det(mesh.points[pore.nodes]).sum()) / factorial(mesh.dimension)


def _surface_numbers(nodes: Ints) -> Ints:
    """Number of the connected surface that each facet (f, d) belongs to."""
    used, local = np.unique(nodes, return_inverse=True)
    local = local.reshape(nodes.shape)
    start, end = local[:, :-1].ravel(), local[:, 1:].ravel()
    graph = coo_array((np.ones(len(start), np.int8), (start, end)), shape=(len(used),) * 2)
    numbers: Ints = connected_components(graph, directed=False)[1][local[:, 0]].astype(np.int64)
    return numbers


def volumes(mesh: Simplices) -> Floats:
    """Signed volumes (m,) of the cells, um^d; positive when oriented as promised."""
    volume: Floats = np.linalg.det(_spokes(mesh.points, mesh.cells)) / factorial(mesh.dimension)
    return volume


def facet_areas(points: Floats, nodes: Ints) -> Floats:
    """Lengths or areas (f,) of facets (f, d), um^(d-1)."""
    corners = points[nodes]
    first = corners[:, 1] - corners[:, 0]
    if points.shape[1] == 2:
        return np.linalg.norm(first, axis=1)
    return 0.5 * np.linalg.norm(np.cross(first, corners[:, 2] - corners[:, 0]), axis=1)


def edges(cells: Ints) -> Ints:
    """Unique edges (e, 2) of cells (m, k): point numbers, the lower one first, ascending."""
    k = cells.shape[1]
    pairs = [cells[:, [a, b]] for a in range(k) for b in range(a + 1, k)]
    low, high = np.sort(np.vstack(pairs), axis=1).T
    count = int(high.max()) + 1 if len(high) else 1
    codes = np.unique(low * count + high)
    return np.column_stack([codes // count, codes % count])


def edge_lengths(mesh: Simplices) -> Floats:
    """Lengths (e,) of the unique edges, um."""
    start, end = edges(mesh.cells).T
    return np.linalg.norm(mesh.points[end] - mesh.points[start], axis=1)


def shape(mesh: Simplices) -> Floats:
    """Signed inverse condition number (m,) of the cells: 1 regular, 0 flat, < 0 inverted.

    d / (|A| |A^-1|) in Frobenius norms, where A maps the regular simplex to the cell; the same
    as "minSICN" of Gmsh.
    """
    d = mesh.dimension
    A = np.linalg.inv(_REGULAR[d]) @ _spokes(mesh.points, mesh.cells)
    rows = [A[:, k] for k in range(d)]
    if d == 2:
        cofactors = (A**2).sum(axis=(1, 2))
    else:
        cofactors = np.sum([(np.cross(rows[k - 2], rows[k - 1]) ** 2).sum(1) for k in range(3)], 0)
    bound = np.sqrt((A**2).sum(axis=(1, 2)) * cofactors)
    return d * np.linalg.det(A) / np.maximum(bound, np.finfo(float).tiny)


_REGULAR = {
    2: np.array([[1.0, 0.0], [0.5, np.sqrt(0.75)]]),
    3: np.array([[1, 0, 0], [0.5, np.sqrt(0.75), 0], [0.5, np.sqrt(1 / 12), np.sqrt(2 / 3)]]),
}


def region_measures(mesh: Simplices) -> tuple[Floats, Floats]:
    """Volumes (regions,) um^d and centroids (regions, d) um of the regions."""
    volume, count = volumes(mesh), len(mesh.names)
    total = np.bincount(mesh.region, volume, count).astype(np.float64)
    middle = mesh.points[mesh.cells].mean(axis=1)
    sums = [np.bincount(mesh.region, volume * column, count) for column in middle.T]
    return total, np.column_stack(sums) / total[:, None]


def without_unused_points(mesh: Simplices) -> Simplices:
    """The same cells with the points that some cell uses, in the same order."""
    used, numbers = np.unique(mesh.cells, return_inverse=True)
    return replace(mesh, points=mesh.points[used], cells=numbers.reshape(mesh.cells.shape))


def centred(mesh: Simplices) -> Simplices:
    """The mesh moved so that its centre of mass is the origin."""
    volume, middle = region_measures(mesh)
    return replace(mesh, points=mesh.points - volume @ middle / volume.sum())


def require_valid(mesh: Simplices) -> None:
    """Raise MeshError for cells turned over, cells of no region, or a region without cells."""
    count = len(mesh.names)
    if ((mesh.region < 0) | (mesh.region >= count)).any():
        raise MeshError("some cells belong to no region")
    missing = np.nonzero(np.bincount(mesh.region, minlength=count) == 0)[0]
    if len(missing):
        raise MeshError(f"{len(missing)} of {count} grains have no cells")
    turned = int((volumes(mesh) <= 0).sum())
    if turned:
        raise MeshError(f"{turned} cells are flat or turned over")


def _spokes(points: Floats, cells: Ints) -> Floats:
    """Edges (m, d, d) from the first corner to the others."""
    corners = points[cells]
    return corners[:, 1:] - corners[:, :1]

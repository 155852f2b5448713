"""Split points along surfaces inside a mesh and fill the gap with prisms cut into simplices.

Only numbers are made here, no positions: any number of sheets may meet at a point.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from meshes.arrays import Bools, Floats, Ints
from meshes.simplices import Facets, Simplices


class Split(NamedTuple):
    """A mesh cut open along facets.

    before: number of points before; copy k gets the number before + k. parents: (c,) point that
    each copy was made of. cells: (m, d + 1) the old cells, copies in place of points. owner: (s,)
    cell of each side: all first sides of the facets, then all second sides in the same order.
    mid: (s, d) points of the facet, ascending. copies: (s, d) the copies of them that the owner
    has; the point itself where the cut ends.
    """

    before: int
    parents: Ints
    cells: Ints
    owner: Ints
    mid: Ints
    copies: Ints


def split(mesh: Simplices, cut: Facets, uncut: Facets) -> Split:
    """Cut a mesh open along facets; `uncut` are all other facets with two cells.

    A point gets one copy for each group of its cells that hangs together through uncut facets,
    and none where there is only one group: there the cut ends.
    """
    count = len(mesh.points)
    at_cut = np.isin(mesh.cells, cut.nodes)
    group = _groups(mesh.cells, at_cut, uncut)
    point = np.zeros(group.max() + 1, np.int64)
    point[group] = mesh.cells[at_cut]
    order = np.argsort(point, kind="stable")
    order = order[np.bincount(point, minlength=count)[point[order]] > 1]
    number = point.copy()
    number[order] = count + np.arange(len(order))
    cells = mesh.cells.copy()
    cells[at_cut] = number[group]
    owner = cut.cells.T.ravel()
    mid = np.tile(np.sort(cut.nodes, axis=1), (2, 1))
    copies = renumbered(mesh.cells, cells, owner, mid)
    return Split(count, point[order], cells, owner, mid, copies)


def merged(cut: Split, pinned: Bools) -> Split:
    """The same with the copies `pinned` (c,) put back to their points, the others renumbered."""
    number = np.arange(cut.before + len(pinned))
    number[cut.before :][pinned] = cut.parents[pinned]
    number[cut.before :][~pinned] = cut.before + np.arange((~pinned).sum())
    return cut._replace(
        parents=cut.parents[~pinned], cells=number[cut.cells], copies=number[cut.copies]
    )


def overfull(cut: Split) -> Bools:
    """(c,) copies that bound a facet shared by more than two prisms; always none in 2D.

    Over an edge, the prisms of one group of cells end at a strip between the edge and its copy.
    Where several groups around the edge have the same copies, the strip would be shared by all.
    """
    too_many = np.zeros(len(cut.parents), bool)
    for a, b in ((0, 1), (0, 2), (1, 2))[: 3 * (cut.mid.shape[1] == 3)]:
        tops = cut.copies[:, [a, b]]
        open_strip = (tops >= cut.before).any(axis=1)
        codes = tops[:, 0] * (cut.before + len(too_many)) + tops[:, 1]
        _, place, uses = np.unique(codes, return_inverse=True, return_counts=True)
        shared = tops[open_strip & (uses[place] > 2)]
        too_many[shared[shared >= cut.before] - cut.before] = True
    return too_many


def renumbered(old: Ints, new: Ints, owner: Ints, nodes: Ints) -> Ints:
    """Nodes (f, k) of cells `owner` (f,) under the numbers that the same cells have in `new`."""
    return np.take_along_axis(new[owner], _corners(old, owner, nodes), axis=1)


def prisms(base: Ints, top: Ints, towards: Ints) -> tuple[Ints, Ints]:
    """Simplices that fill the space between facets `base` (s, d), ascending, and `top` (s, d).

    towards: (s,) sign of det(edges of the base from its first point, direction to the top).
    Neighbours cut their common side the same way, because only the order of the base counts:
    simplex q has base points 0..q and top points q..d-1. It is left out where base and top
    share point q. Returns positively oriented cells (k, d + 1), and the prism of each (k,).
    """
    d = base.shape[1]
    cells = np.stack([np.hstack([base[:, : q + 1], top[:, q:]]) for q in range(d)])
    turned = (-1) ** (d - 1 - np.arange(d))[:, None] * towards < 0
    cells[turned, :2] = cells[turned, 1::-1]
    solid = (base != top).T
    return cells[solid], np.nonzero(solid)[1]


def side_signs(points: Floats, base: Ints, targets: Floats) -> Ints:
    """(s,) sign of det(edges of facets `base`, direction to the points `targets` (s, d))."""
    corners = points[base]
    rows = np.concatenate([corners[:, 1:], targets[:, None]], axis=1) - corners[:, :1]
    return np.sign(np.linalg.det(rows)).astype(np.int64)


def _groups(cells: Ints, at_cut: Bools, uncut: Facets) -> Ints:
    """Group of each corner that lies at the cut: joined where cells share an uncut facet."""
    total = int(at_cut.sum())
    number = np.full(cells.shape, -1)
    number[at_cut] = np.arange(total)
    first, second = (
        np.take_along_axis(number[owner], _corners(cells, owner, uncut.nodes), axis=1).ravel()
        for owner in uncut.cells.T
    )
    here = first >= 0
    graph = coo_array((np.ones(here.sum(), bool), (first[here], second[here])), (total, total))
    group: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return group


def _corners(cells: Ints, owner: Ints, nodes: Ints) -> Ints:
    """(f, k) at which corner of cell `owner` (f,) each of the nodes (f, k) is."""
    return (cells[owner][:, None, :] == nodes[:, :, None]).argmax(axis=2)

"""Cells cut by the circle: for a few grains, whose mirror images cannot enclose them."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.complexes import OUTSIDE, PORE, Complex, compact
from meshes.tessellation.enclosed import pore_seed, with_pore
from meshes.tessellation.power import Seeds, Tree, joined, unweighted
from meshes.tessellation.voronoi import check_cover, plane_cells


def clipped_cells(seeds: Seeds, radius: float, pore: float = 0.0) -> Complex:
    """Cells of two or more seeds around a pore (um), cut by the circle.

    Raises MeshError if degenerate.
    """
    turns = np.arange(3) * 2 * np.pi / 3 + 0.1
    far = 100 * radius * np.column_stack([np.cos(turns), np.sin(turns)])
    vertices, facets, sides = plane_cells(seeds, joined(pore_seed(seeds, pore), unweighted(far)))
    sides = with_pore(sides, seeds.size, pore)
    between = sides[:, 1] < seeds.size
    vertices, facets, kept = _cut_by_circle(vertices, facets[between], radius)
    vertices, facets, sides = _with_arcs(vertices, facets, sides[between][kept], seeds, radius)
    cells = compact(Complex(vertices, sides, radius, facets, pore=pore))
    if pore > 0:
        wall = cells.wall == PORE
        cells.vertices[wall] *= pore / np.linalg.norm(cells.vertices[wall], axis=1, keepdims=True)
    check_cover(cells)
    return cells


def _cut_by_circle(vertices: Floats, facets: Ints, radius: float) -> tuple[Floats, Ints, Ints]:
    """Facets cut to their parts inside the circle: vertices, facets, numbers of those kept."""
    start, end = vertices[facets[:, 0]], vertices[facets[:, 1]]
    along = end - start
    a, b = (along**2).sum(axis=1), (start * along).sum(axis=1)
    root = np.sqrt(np.maximum(b**2 - a * ((start**2).sum(axis=1) - radius**2), 0))
    enter, leave = np.clip((-b - root) / a, 0, 1), np.clip((-b + root) / a, 0, 1)
    kept = np.nonzero(leave > enter)[0]
    facets, points = facets.copy(), [vertices]
    number = len(vertices)
    for column, place in ((0, enter), (1, leave)):
        moved = kept[(place[kept] > 0) & (place[kept] < 1)]
        facets[moved, column] = number + np.arange(len(moved))
        cut = start[moved] + place[moved, None] * along[moved]
        points.append(cut * (radius / np.linalg.norm(cut, axis=1, keepdims=True)))
        number += len(moved)
    return np.vstack(points), facets[kept], kept


def _with_arcs(
    vertices: Floats, facets: Ints, sides: Ints, seeds: Seeds, radius: float
) -> tuple[Floats, Ints, Ints]:
    """Facets plus the arcs between neighbouring ends of facets on the circle."""
    ends = np.unique(facets)
    ends = ends[np.isclose(np.linalg.norm(vertices[ends], axis=1), radius, rtol=1e-9)]
    if len(ends) == 0:
        raise MeshError("no boundary reaches the surface")
    angle = np.arctan2(vertices[ends, 1], vertices[ends, 0])
    order = np.argsort(angle)
    first, angle = ends[order], angle[order]
    span = np.diff(angle, append=angle[0] + 2 * np.pi)
    # An arc beyond a third of a turn would not have a unique shorter way round: cut it up.
    pieces = np.ceil(span / (2 * np.pi / 3)).astype(np.int64)
    turns = np.concatenate([angle[k] + span[k] * np.arange(p) / p for k, p in enumerate(pieces)])
    is_end = np.concatenate([np.arange(p) == 0 for p in pieces])
    chain = np.empty(len(turns), np.int64)
    chain[is_end] = first
    chain[~is_end] = len(vertices) + np.arange((~is_end).sum())
    extra = radius * np.column_stack([np.cos(turns[~is_end]), np.sin(turns[~is_end])])
    middle = angle + 0.5 * span
    owner = Tree(seeds).query(radius * np.column_stack([np.cos(middle), np.sin(middle)]))[1]
    arcs = np.column_stack([chain, np.roll(chain, -1)])
    arc_sides = np.column_stack([np.repeat(owner, pieces), np.full(len(chain), OUTSIDE)])
    return np.vstack([vertices, extra]), np.vstack([facets, arcs]), np.vstack([sides, arc_sides])

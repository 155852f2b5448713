"""Named surfaces of a mesh: they stay with their cells while films and coatings are added."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from meshes.arrays import Bools, Ints
from meshes.simplices import OPPOSITE, Simplices, facets, outer_and_pore

NOWHERE = -1
OUTER, PORE = "outer", "pore"


class Parts(NamedTuple):
    """The facets of surfaces, each once.

    nodes: (f, d) points. part: (f,) number of the part that a facet belongs to. names: of the
    surfaces that each part belongs to.
    """

    nodes: Ints
    part: Ints
    names: list[tuple[str, ...]]


def nodes_of(mesh: Simplices, name: str) -> Ints:
    """Points (f, d) of the facets of a surface."""
    cell, corner = mesh.surfaces[name].T
    return np.take_along_axis(mesh.cells[cell], OPPOSITE[mesh.dimension][corner], axis=1)


def located(mesh: Simplices, nodes: Ints) -> Ints:
    """Cell and opposite corner (f, 2) of facets by their points (f, d), in any order.

    Of two cells it is the first; NOWHERE for what is no facet.
    """
    d = mesh.dimension
    near = np.nonzero(np.isin(mesh.cells, nodes).sum(axis=1) >= d)[0]
    known = mesh.cells[near][:, OPPOSITE[d]].reshape(-1, d)
    every = np.sort(np.vstack([known, nodes]), axis=1)
    _, number = np.unique(every, axis=0, return_inverse=True)
    first = np.full(number.max(initial=-1) + 1, NOWHERE)
    backwards = np.arange(len(known))[::-1]
    first[number.ravel()[backwards]] = backwards
    place = first[number.ravel()[len(known) :]]
    facet = np.column_stack([near[place // (d + 1)], place % (d + 1)]) if len(near) else None
    missing = (place == NOWHERE)[:, None]
    return np.full((len(nodes), 2), NOWHERE) if facet is None else np.where(missing, NOWHERE, facet)


def moved(mesh: Simplices, before: Ints, after: Ints) -> Simplices:
    """The mesh with its surfaces moved from facets (f, d), points ascending, to others (f, d)."""
    surfaces = {}
    for name, places in mesh.surfaces.items():
        nodes = np.sort(nodes_of(mesh, name), axis=1)
        _, number = np.unique(np.vstack([before, nodes]), axis=0, return_inverse=True)
        target = np.full(number.max(initial=-1) + 1, NOWHERE)
        target[number.ravel()[: len(before)]] = np.arange(len(before))
        to = target[number.ravel()[len(before) :]]
        chosen = to != NOWHERE
        surfaces[name] = np.vstack([places[~chosen], located(mesh, after[to[chosen]])])
    return replace(mesh, surfaces=surfaces)


def with_ends(mesh: Simplices, region: int, parents: Ints) -> dict[str, Ints]:
    """Surfaces that have the ends of a film, a region, which lie between their outer facets.

    parents: (n,) the point that each point was copied from.
    """
    if not mesh.surfaces:
        return {}
    every = facets(mesh)
    outside = every.take(every.is_outside)
    ends = outside.nodes[mesh.region[outside.cells[:, 0]] == region]
    surfaces = {}
    for name, places in mesh.surfaces.items():
        nodes = nodes_of(mesh, name)
        nodes = nodes[among(nodes, outside.nodes)]
        within = np.isin(parents[ends], parents[nodes]).all(axis=1)
        surfaces[name] = np.vstack([places, located(mesh, ends[within])])
    return surfaces


def among(nodes: Ints, others: Ints) -> Bools:
    """(f,) whether facets (f, d) are among others (k, d), whatever the order of their points."""
    every = np.sort(np.vstack([others, nodes]), axis=1)
    number = np.unique(every, axis=0, return_inverse=True)[1].ravel()
    return np.isin(number[len(others) :], number[: len(others)])


def parts(mesh: Simplices) -> Parts:
    """All facets outside, in cavities and on named surfaces, by the surfaces they belong to."""
    outer, pore = (side.nodes for side in outer_and_pore(mesh, facets(mesh)))
    of = {OUTER: outer, PORE: pore} | {name: nodes_of(mesh, name) for name in mesh.surfaces}
    nodes = np.vstack(list(of.values()))
    _, first, number = np.unique(
        np.sort(nodes, axis=1), axis=0, return_index=True, return_inverse=True
    )
    belongs = np.zeros((len(first), len(of)), bool)
    belongs[number.ravel(), np.repeat(np.arange(len(of)), [len(own) for own in of.values()])] = True
    order = np.argsort(first)
    sets, part = np.unique(belongs[order], axis=0, return_inverse=True)
    names = [tuple(np.array(list(of))[chosen].tolist()) for chosen in sets]
    return Parts(nodes[first[order]], part.ravel(), names)

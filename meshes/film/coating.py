"""A shell around a particle: prisms on its outer facets, cut into simplices."""

from __future__ import annotations

from dataclasses import replace
from math import factorial
from typing import Any, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.film.film import NANOMETRES, Filmed
from meshes.film.offsets import SURFACE_CUT_OFF, along_surface, facet_normals, offsets, unit
from meshes.film.splitting import prisms, side_signs
from meshes.named import moved
from meshes.simplices import (
    Simplices,
    between_regions,
    facet_areas,
    facets,
    outer_and_pore,
    require_valid,
    volumes,
)

COATING = "coating"
STREAM = 4  # keeps these random numbers apart from those of grains, axes and boundaries
PATCH_RADIUS = 2.0  # of a pinhole, in edges of the surface mesh
LEVELLED = 20  # rounds of levelling displacements where neighbours would cross
ROUNDS = 80  # in all; after those, tops are given up
LEAST_MEAN = 0.8  # of the thickness: a coating thinner on average is none
SHRINK = 0.95  # of a displacement, per round
LEAST_CELL = 0.02  # of the volume of a coating cell on a flat surface


def add_coating(
    mesh: Simplices, thickness: float, coverage: float = 1.0, seed: int = 0
) -> Simplices:
    """Put a shell of a thickness (um) on the outside, as a further region named `coating`.

    coverage: part of the outside that is coated; the rest lies bare in patches placed by the
    seed. A round particle gets a round shell; at the bottom of crevices it thins out to nothing.
    Cavities inside stay bare. Raises MeshError where the shell would overlap itself, and for a
    thickness or coverage that makes no sense.
    """
    if not (thickness > 0 and 0 < coverage <= 1):
        raise MeshError(
            "a coating needs a positive thickness and a coverage above 0 and up to 1, "
            f"not {thickness:g} um and {coverage:g}"
        )
    if COATING in mesh.names:
        raise MeshError("there is a coating on the particle already")
    outer, _ = outer_and_pore(mesh, facets(mesh))
    coated = outer.take(_covered(mesh.points, outer.nodes, coverage, seed))
    base = np.sort(coated.nodes, axis=1)
    inside = mesh.points[mesh.cells[coated.cells[:, 0]]].mean(axis=1)
    layer = _layer(mesh.points, outer.nodes, base, inside, thickness)
    kept = np.append(np.ones(len(mesh.points), bool), ~layer.given_up)
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    shell = _extended(mesh, layer.points[kept], number[layer.cells])
    require_valid(shell)
    return moved(shell, base, number[layer.top])


class CoatingLayer(NamedTuple):
    """Prisms on facets. points: (n + c, d), those of the mesh and the tops of c of them.

    given_up: (c,) tops that are not there: the coating ends at their points. top: (f, d) points
    over each facet. cells: (k, d + 1).
    """

    points: Floats
    given_up: Bools
    top: Ints
    cells: Ints


def _layer(
    points: Floats, outer: Ints, base: Ints, inside: Floats, thickness: float
) -> CoatingLayer:
    """Layer on facets `base` (f, d) of a rough surface `outer`; inside: (f, d) points below.

    Where prisms are turned over, their displacements are levelled with those around; where that
    does not help, at the bottom of crevices, the layer thins out to nothing.
    """
    carriers, local = np.unique(base, return_inverse=True)
    local = local.reshape(base.shape)
    towards, area = -side_signs(points, base, inside), facet_areas(points, base)
    step = thickness * _outwards(points, outer)
    given_up = _crowded(base, local) | ~step[carriers].any(axis=1)
    for number in range(ROUNDS):
        top = np.where(given_up[local], base, len(points) + local)
        cells, prism = prisms(base, top, towards)
        places = np.vstack([points, points[carriers] + step[carriers]])
        corners = places[cells]
        volume = np.linalg.det(corners[:, 1:] - corners[:, :1]) / factorial(base.shape[1])
        bad = prism[volume < LEAST_CELL * thickness / base.shape[1] * area[prism]]
        height = np.minimum(np.linalg.norm(step[carriers], axis=1), thickness) * ~given_up
        thin = np.average(height[local].mean(axis=1), weights=area) < LEAST_MEAN * thickness
        if thin or len(bad) == 0:
            break
        if number < LEVELLED:
            _level(step, outer, base[bad])
        else:
            given_up[_worst(local[bad], given_up)] = True
    if thin or len(bad):
        raise MeshError(
            f"a coating of {thickness * NANOMETRES:.4g} nm would overlap itself on this surface"
        )
    return CoatingLayer(places, given_up, top, cells)


def _crowded(base: Ints, local: Ints) -> Bools:
    """(c,) points of edges, in 3D, where more than two facets meet: no wall could part them."""
    crowded = np.zeros(local.max() + 1, bool)
    if base.shape[1] == 3:
        edges = np.vstack([local[:, pair] for pair in ((0, 1), (0, 2), (1, 2))])
        _, place, uses = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
        crowded[edges[uses[place.ravel()] > 2]] = True
    return crowded


def _worst(local: Ints, given_up: Bools) -> Ints:
    """Of the points of each bad prism (b, d) the one, still there, with most bad prisms."""
    count = np.bincount(local.ravel(), minlength=len(given_up))
    count[given_up] = -1
    return np.take_along_axis(local, count[local].argmax(axis=1)[:, None], axis=1).ravel()


def coating_report(mesh: Simplices) -> dict[str, Any]:
    """Mean thickness (um), coverage, coated area (um^(d-1)) and volume (um^d) of the coating."""
    shell = mesh.names.index(COATING)
    every = facets(mesh)
    below = between_regions(mesh, every)
    below = below.take((mesh.region[below.cells] == shell).any(axis=1))
    outer, _ = outer_and_pore(mesh, every)
    own = mesh.region[outer.cells[:, 0]] == shell
    rim = np.intersect1d(below.nodes, outer.nodes[~own])
    above = own & ~np.isin(outer.nodes, rim).any(axis=1)
    area, bare, top = (
        float(facet_areas(mesh.points, nodes).sum())
        for nodes in (below.nodes, outer.nodes[~own], outer.nodes[above])
    )
    volume = float(volumes(mesh)[mesh.region == shell].sum())
    return {
        "thickness": 2 * volume / (area + top),
        "coverage": area / (area + bare),
        "area": area,
        "volume": volume,
    }


def _extended(mesh: Simplices, points: Floats, cells: Ints) -> Simplices:
    """A mesh with further points and cells, these as the coating; a film's pairs are kept."""
    changes: dict[str, Any] = {
        "points": points,
        "cells": np.vstack([mesh.cells, cells]),
        "region": np.append(mesh.region, np.full(len(cells), len(mesh.names))),
        "names": (*mesh.names, COATING),
    }
    if isinstance(mesh, Filmed):
        fresh = np.arange(len(mesh.points), len(points))
        changes["parents"] = np.append(mesh.parents, fresh)
    return replace(mesh, **changes)


def _outwards(points: Floats, outer: Ints) -> Floats:
    """Displacements (n, d) of the points that move all outer facets out by a unit length."""
    _, on_round = along_surface(points, outer)
    corner, facet = outer.ravel(), np.repeat(np.arange(len(outer)), outer.shape[1])
    everywhere = np.tile(np.eye(points.shape[1]), (len(points), 1, 1))
    normals = -facet_normals(points, outer)[facet]
    step, _ = offsets(corner, facet, normals, everywhere, SURFACE_CUT_OFF)
    step[on_round] = unit(points[on_round])
    return step


def _level(step: Floats, outer: Ints, at: Ints) -> None:
    """Give points `at` (any shape), in place, almost the mean displacement of the facets around."""
    mean = step[outer].mean(axis=1)
    count = np.maximum(np.bincount(outer.ravel(), minlength=len(step)), 1)
    sums = [
        np.bincount(outer.ravel(), np.repeat(column, outer.shape[1]), len(step))
        for column in mean.T
    ]
    step[at] = SHRINK * (np.column_stack(sums) / count[:, None])[at]


def _covered(points: Floats, outer: Ints, coverage: float, seed: int) -> Bools:
    """(f,) which outer facets are coated: all but those nearest to seeded middles of pinholes."""
    covered = np.ones(len(outer), bool)
    if coverage == 1.0:
        return covered
    area = facet_areas(points, outer)
    bare = (1 - coverage) * area.sum()
    edge = np.median(np.linalg.norm(points[outer[:, 1]] - points[outer[:, 0]], axis=1))
    radius = PATCH_RADIUS * edge
    hole = 2 * radius if points.shape[1] == 2 else np.pi * radius**2
    rng = np.random.default_rng((seed, STREAM))
    count = min(max(1, round(bare / hole)), len(outer))
    middles = points[outer].mean(axis=1)
    centres = rng.choice(len(outer), count, replace=False, p=area / area.sum())
    order = np.argsort(cKDTree(middles[centres]).query(middles)[0], kind="stable")
    before = np.cumsum(area[order]) - 0.5 * area[order]
    covered[order[before < bare]] = False
    covered[order[-1]] = True
    return covered

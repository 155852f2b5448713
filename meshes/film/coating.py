"""A shell around a particle: prisms on its outer facets, cut into simplices."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

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
ROUNDS = 40  # of levelling displacements where neighbours would cross
SHRINK = 0.95  # of a displacement, per round
LEAST_CELL = 0.02  # of the volume of a coating cell on a flat surface


def add_coating(
    mesh: Simplices, thickness: float, coverage: float = 1.0, seed: int = 0
) -> Simplices:
    """Put a shell of a thickness (um) on the outside, as a further region named `coating`.

    coverage: part of the outside that is coated; the rest lies bare in patches placed by the
    seed. A round particle gets a round shell. Cavities inside stay bare. Raises MeshError where
    the shell would overlap itself, and for a thickness or coverage that makes no sense.
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
    carriers, local = np.unique(base, return_inverse=True)
    top = len(mesh.points) + local.reshape(base.shape)
    inside = mesh.points[mesh.cells[coated.cells[:, 0]]].mean(axis=1)
    cells, prism = prisms(base, top, -side_signs(mesh.points, base, inside))
    least = LEAST_CELL * thickness / mesh.dimension * facet_areas(mesh.points, base)[prism]
    step = thickness * _outwards(mesh.points, outer.nodes)
    for _ in range(ROUNDS):
        points = np.vstack([mesh.points, mesh.points[carriers] + step[carriers]])
        shell = _extended(mesh, points, cells)
        bad = volumes(shell)[len(mesh.cells) :] < least
        if not bad.any():
            require_valid(shell)
            return moved(shell, base, top)
        _level(step, outer.nodes, base[prism[bad]])
    raise MeshError(
        f"a coating of {thickness * NANOMETRES:.4g} nm would overlap itself on this surface"
    )


def coating_report(mesh: Simplices) -> dict[str, Any]:
    """Mean thickness (um), coverage, coated area (um^(d-1)) and volume (um^d) of the coating."""
    shell = mesh.names.index(COATING)
    every = facets(mesh)
    below = between_regions(mesh, every)
    below = below.take((mesh.region[below.cells] == shell).any(axis=1))
    outer, _ = outer_and_pore(mesh, every)
    own = mesh.region[outer.cells[:, 0]] == shell
    above = own & ~np.isin(outer.nodes, below.nodes).any(axis=1)
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

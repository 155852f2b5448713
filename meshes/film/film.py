"""A thin phase between grains: every grain steps back by half of its thickness.

The old boundary stays as the middle of the film, with one layer of cells on either side. Where
several films meet, their corners leave a pocket that the same cells fill.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.film.fit import Room, fit, gaps, largest, room
from meshes.film.splitting import merged, prisms
from meshes.named import with_ends
from meshes.simplices import (
    NO_CELL,
    Facets,
    Simplices,
    between_regions,
    facet_areas,
    facets,
    require_valid,
    volumes,
)

FILM = "film"
NANOMETRES = 1e3  # per um


class FilmError(MeshError):
    """A film that cannot be: grains of another seed would not help."""


@dataclass(frozen=True)
class Filmed(Simplices):
    """A mesh with a film between its grains.

    thickness: as asked for, um. parents: (n,) the point in the middle of the film that a point
    was copied from, or the point itself.
    """

    thickness: float
    parents: Ints


class FilmPairs(NamedTuple):
    """Facets of grains that face each other across the film, row by row.

    mid: (f, d) points of the facets in the middle of the film. sides: (2 f, d) facets between a
    grain and the film: the first sides of all rows, then the second sides; points in the same
    order as in `mid`. regions: (2 f,) the grains there; the lower one is the first.
    """

    mid: Ints
    sides: Ints
    regions: Ints


def add_film(mesh: Simplices, thickness: float, between: Ints | None = None) -> Filmed:
    """Put a film of a thickness (um) between grains, as a further region named `film`.

    between: (p, 2) pairs of grains that get a film; all if None. Points of a round outside stay
    on it. Raises FilmError where there is no such boundary, and where the film does not fit: the
    message says how thick it may be.
    """
    return film_in(prepared(mesh, between), thickness)


def prepared(mesh: Simplices, between: Ints | None = None) -> Room:
    """All that films of any thickness on the chosen boundaries have in common."""
    if FILM in mesh.names:
        raise FilmError("there is a film between the grains already")
    every = facets(mesh)
    chosen = _chosen(mesh, every, between)
    if not chosen.any():
        raise FilmError("a film needs a boundary between two grains, and there is none")
    space = room(mesh, every.take(chosen), every.take(~chosen))
    if len(space.cut.parents) == 0:
        raise FilmError("the boundaries chosen for a film are too short for it, one facet each")
    return space


def film_in(space: Room, thickness: float) -> Filmed:
    """The mesh with a film of a thickness (um). Raises FilmError where it does not fit."""
    if not thickness > 0:
        raise FilmError(f"the thickness of a film must be positive, not {thickness:g} um")
    fitted = fit(space, thickness)
    if not fitted.sound:
        fits = largest(space, thickness) * NANOMETRES
        raise FilmError(
            f"a film of {thickness * NANOMETRES:.4g} nm does not fit between the grains; "
            f"the largest that fits is {fits:.4g} nm"
        )
    return _filled(space, fitted.points, fitted.pinned, thickness)


def _chosen(mesh: Simplices, every: Facets, between: Ints | None) -> Bools:
    """(f,) whether a facet gets a film."""
    sides = np.where(every.cells == NO_CELL, -1, mesh.region[every.cells])
    differ = (sides[:, 1] >= 0) & (sides[:, 0] != sides[:, 1])
    if between is None:
        return differ
    count = len(mesh.names)
    low, high = np.sort(np.asarray(between, np.int64).reshape(-1, 2), axis=1).T
    wanted = np.isin(sides.min(axis=1) * count + sides.max(axis=1), low * count + high)
    return differ & wanted


def _filled(space: Room, points: Floats, pinned: Bools, thickness: float) -> Filmed:
    """The mesh of the grains that stepped back, and of the film between them."""
    mesh, cut = space.mesh, merged(space.cut, pinned)
    kept = np.append(np.ones(cut.before, bool), ~pinned)
    cells, _ = prisms(cut.mid, cut.copies, space.towards)
    filmed = Filmed(
        points=points[kept],
        cells=np.vstack([cut.cells, cells]),
        region=np.append(mesh.region, np.full(len(cells), len(mesh.names))),
        names=(*mesh.names, FILM),
        surfaces=mesh.surfaces,
        thickness=thickness,
        parents=np.append(np.arange(cut.before), cut.parents),
    )
    require_valid(filmed)
    return replace(filmed, surfaces=with_ends(filmed, len(mesh.names), filmed.parents))


def film_pairs(mesh: Filmed) -> FilmPairs:
    """For every facet between a grain and the film, its partner across the middle of the film."""
    film = mesh.names.index(FILM)
    between = between_regions(mesh, facets(mesh))
    region = mesh.region[between.cells]
    side = region.max(axis=1) == film  # a coating has a higher number
    nodes, grain = between.nodes[side], region[side].min(axis=1)
    mid = mesh.parents[nodes]
    order = np.argsort(mid, axis=1)
    nodes, mid = np.take_along_axis(nodes, order, 1), np.take_along_axis(mid, order, 1)
    rows = np.lexsort((grain, *mid.T[::-1])).reshape(-1, 2).T.ravel()
    return FilmPairs(mid[rows[: len(rows) // 2]], nodes[rows], grain[rows])


def film_report(mesh: Filmed) -> dict[str, Any]:
    """Thickness mean, min and max over facing facets (um), as wanted, and volume (um^d)."""
    pairs = film_pairs(mesh)
    gap = gaps(mesh.points, np.tile(pairs.mid, (2, 1)), pairs.sides)
    area = facet_areas(mesh.points, pairs.mid)
    mean = float(np.average(gap, weights=area))
    film = mesh.names.index(FILM)
    return {
        "thickness": {
            "wanted": mesh.thickness,
            "mean": mean,
            "min": float(gap.min()),
            "max": float(gap.max()),
        },
        "achieved": mean / mesh.thickness,
        "area": float(area.sum()),
        "volume": float(volumes(mesh)[mesh.region == film].sum()),
    }

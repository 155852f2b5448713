"""How far the corners of grains can step back for a film, and where the rest of a grain goes."""

from __future__ import annotations

from math import factorial, floor
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from meshes.arrays import Bools, Floats, Ints
from meshes.film.motion import laplacian, smoothest
from meshes.film.offsets import along_surface, facet_normals, offsets
from meshes.film.splitting import Split, overfull, prisms, renumbered, side_signs, split
from meshes.simplices import Facets, Simplices, facet_areas, shape

LEAST_MEAN = 0.9  # of the thickness with all steps made: a film thinner on average does not fit
LEAST_SHAPE = {2: 0.4, 3: 0.12}  # a film makes no grain's cell worse than this,
LEAST_KEPT = 0.9  # or, if it was bad before, worse than this part of what it was
LEAST_CELL = 0.02  # of the volume of a film cell on a flat boundary
SHRINK = 0.8  # of the offset, per round of repair
LEAST_OFFSET = 0.2  # of the wanted one; below it a copy is given up
ROUNDS = 50
ALONE = 12  # rounds; from then on neighbours step back less with those that must
TENTH = 1e-4  # um, of a nanometre


class Room(NamedTuple):
    """All that does not depend on the thickness of a film.

    mesh: before. cut: the same, cut open. start: (n + c, d) where points and copies come from.
    step: (n + c, d) displacement per half thickness. free: (n + c, d, d) projectors onto the
    directions in which points may move besides. fixed_radius: points on a round outside. matrix:
    Laplacian of the grains. towards: (s,) sign of each side, for prisms. least: (m,) shape that
    the cells of grains must keep.
    """

    mesh: Simplices
    cut: Split
    start: Floats
    step: Floats
    free: Floats
    fixed_radius: Ints
    matrix: csr_array
    towards: Ints
    least: Floats

    @property
    def area(self) -> float:
        """Length or area of the boundaries that get a film, um^(d-1)."""
        half = len(self.cut.mid) // 2
        return float(facet_areas(self.mesh.points, self.cut.mid[:half]).sum())


class Fit(NamedTuple):
    """Points (n + c, d) with a film between the grains, and the copies (c,) given up."""

    points: Floats
    pinned: Bools
    sound: bool


def room(mesh: Simplices, filmed: Facets, others: Facets) -> Room:
    """Prepare a film on the facets `filmed`; `others` are all other facets."""
    cut = split(mesh, filmed, others.take(~others.is_outside))
    start = np.vstack([mesh.points, mesh.points[cut.parents]])
    outside = others.take(others.is_outside)
    outer = renumbered(mesh.cells, cut.cells, outside.cells[:, 0], outside.nodes)
    free, fixed_radius = along_surface(start, outer)
    ends = np.unique(cut.mid)
    step = np.zeros_like(start)
    step[cut.before :], free[cut.before :] = _steps(mesh, cut, filmed, free[cut.before :])
    free[ends] = 0.0
    corners = mesh.points[mesh.cells]
    matrix = laplacian(corners, cut.cells, len(start))
    towards = side_signs(mesh.points, cut.mid, corners[cut.owner].mean(axis=1))
    least = np.minimum(LEAST_SHAPE[mesh.dimension], LEAST_KEPT * shape(mesh))
    return Room(mesh, cut, start, step, free, fixed_radius, matrix, towards, least)


def _steps(mesh: Simplices, cut: Split, filmed: Facets, surface: Floats) -> tuple[Floats, Floats]:
    """Offsets (c, d) of the copies by a unit length, and projectors onto where they may slide."""
    normal = facet_normals(mesh.points, filmed.nodes)
    normals = np.vstack([normal, -normal])
    facing = mesh.region[filmed.cells[:, ::-1].T.ravel()]
    is_copy = cut.copies >= cut.before
    side, _ = np.nonzero(is_copy)
    return offsets(cut.copies[is_copy] - cut.before, facing[side], normals[side], surface)


def fit(space: Room, thickness: float) -> Fit:
    """Step back by half a thickness (um), less where cells would be spoiled.

    Sound when no cell is turned over and the film is hardly thinner than with all steps made.
    """
    # Where grains that hang together surround a film's end, some copies have nowhere to go.
    scale: Floats = np.where(space.step[space.cut.before :].any(axis=1), 1.0, 0.0)
    least = LEAST_MEAN * thickness * _filling(space.cut, space.mesh.points, scale)
    for number in range(ROUNDS):
        pinned = _given_up(space.cut, scale)
        scale[pinned] = 0.0
        points = _moved(space, 0.5 * thickness * scale)
        if _mean(space, points, pinned) < least:
            break
        spoiled = _spoiled(space, points, pinned, thickness)
        if not spoiled.any():
            return Fit(points, pinned, True)
        if pinned[spoiled].all():
            break
        scale[spoiled if number < ALONE else _with_neighbours(space.cut, spoiled)] *= SHRINK
    return Fit(points, pinned, False)


def largest(space: Room, limit: float) -> float:
    """Largest thickness (um) below `limit` that fits, within two percent; whole tenths of a nm."""
    low, high = 0.0, limit
    while high - low > max(0.02 * high, TENTH):
        middle = TENTH * floor(0.5 * (low + high) / TENTH)
        low, high = (middle, high) if fit(space, middle).sound else (low, middle)
    return low


def gaps(points: Floats, mid: Ints, copies: Ints) -> Floats:
    """Distance (f,) across the film between the middles of facing facets, along its normal.

    mid, copies: (2 f, d) all first sides, then all second sides.
    """
    half = len(mid) // 2
    middles = points[copies].mean(axis=1)
    normals = facet_normals(points, mid[:half])
    across = ((middles[:half] - middles[half:]) * normals).sum(axis=1)
    return np.abs(across) / np.linalg.norm(normals, axis=1)


def tops(cut: Split, pinned: Bools) -> Ints:
    """(s, d) the copies of each side, points of the middle in place of those given up."""
    given_up = np.append(np.zeros(cut.before, bool), pinned)
    return np.where(given_up[cut.copies], cut.mid, cut.copies)


def _given_up(cut: Split, scale: Floats) -> Bools:
    """(c,) copies that are not worth having, or that must go with those."""
    pinned = scale < LEAST_OFFSET
    while (more := overfull(cut._replace(copies=tops(cut, pinned)))).any():
        pinned |= more
    return pinned


def _filling(cut: Split, points: Floats, scale: Floats) -> float:
    """Mean thickness over the wanted one with all copies that can move: below 1 where films end."""
    pinned = _given_up(cut, scale)
    share = (tops(cut, pinned) >= cut.before).mean(axis=1)
    return float(np.average(share, weights=facet_areas(points, cut.mid)))


def _moved(space: Room, offset: Floats) -> Floats:
    """Points (n + c, d) when each copy (c,) steps back by an offset (um)."""
    full = np.append(np.zeros(space.cut.before), offset)
    free = space.free.copy()
    free[space.cut.before :][offset == 0] = 0.0
    points = space.start + smoothest(space.matrix, space.step * full[:, None], free)
    radius = np.linalg.norm(space.start[space.fixed_radius], axis=1, keepdims=True)
    on_surface = points[space.fixed_radius]
    points[space.fixed_radius] *= radius / np.linalg.norm(on_surface, axis=1, keepdims=True)
    return points


def _spoiled(space: Room, points: Floats, pinned: Bools, thickness: float) -> Bools:
    """(c,) copies at cells of grains or of the film that are turned over or too flat."""
    cut, mesh = space.cut, space.mesh
    live = np.append(np.zeros(cut.before, bool), ~pinned)
    bad = shape(Simplices(points, cut.cells, mesh.region, mesh.names)) < space.least
    spoiled = np.zeros(len(points), bool)
    spoiled[cut.cells[bad]] = True
    hopeless = np.unique(mesh.region[bad & ~live[cut.cells].any(axis=1)])
    spoiled[cut.cells[np.isin(mesh.region, hopeless)]] = True
    spoiled[_flat_cells(space, points, pinned, thickness)] = True
    return spoiled[cut.before :]


def _with_neighbours(cut: Split, chosen: Bools) -> Bools:
    """(c,) the copies chosen, and those at the same cells of grains."""
    at = np.append(np.zeros(cut.before, bool), chosen)
    near = np.zeros(len(at), bool)
    near[cut.cells[at[cut.cells].any(axis=1)]] = True
    return near[cut.before :]


def _flat_cells(space: Room, points: Floats, pinned: Bools, thickness: float) -> Ints:
    """Cells of the film with less than a small part of their volume on a flat boundary."""
    cut = space.cut
    cells, prism = prisms(cut.mid, tops(cut, pinned), space.towards)
    corners = points[cells]
    volume = np.linalg.det(corners[:, 1:] - corners[:, :1]) / factorial(cells.shape[1] - 1)
    flat = facet_areas(points, cut.mid) * 0.5 * thickness / cut.mid.shape[1]
    return cells[volume < LEAST_CELL * flat[prism]]


def _mean(space: Room, points: Floats, pinned: Bools) -> float:
    """Mean thickness of the film, um."""
    mid = space.cut.mid
    area = facet_areas(points, mid[: len(mid) // 2])
    return float(np.average(gaps(points, mid, tops(space.cut, pinned)), weights=area))

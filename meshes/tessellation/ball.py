"""Grains of a ball: cells of seeds, shut off by the seeds' images or, for a few, by planes."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np

from meshes.arrays import Bools, Floats, Ints
from meshes.errors import MeshError
from meshes.tessellation.charts import frames
from meshes.tessellation.complexes import OUTSIDE, PORE
from meshes.tessellation.enclosed import (
    TOO_FEW,
    images,
    planes,
    pore_seed,
    require_enclosed,
    rounded,
    with_pore,
)
from meshes.tessellation.orientation import sphere_points
from meshes.tessellation.polyhedra import (
    Polyhedra,
    Ring,
    compact_faces,
    is_closed,
    merged_patches,
    space_cells,
    without_needless,
)
from meshes.tessellation.power import Seeds, joined

FEWEST_MIRRORED = 12  # grains; fewer images do not enclose the ball
PLANES = 150
PATCHES = 12  # parts of the outside of a single grain
WIDEST_PATCH = np.radians(75.0)  # from its middle; wider ones are not laid flat well
SECTORS = 4
CAP, WIDEST_WITHOUT_CAP = np.radians([40.0, 100.0])

log = logging.getLogger(__name__)


def ball_cells(seeds: Seeds, radius: float, pore: float = 0.0) -> Polyhedra:
    """Cells of one or more seeds in a ball of `radius` around a pore (um).

    Raises MeshError if degenerate.
    """
    if seeds.size >= FEWEST_MIRRORED:
        try:
            return mirrored_ball(seeds, radius, pore)
        except MeshError as error:
            log.debug("cut by planes, for %s", error)
    return cut_ball(seeds, radius, pore)


def mirrored_ball(seeds: Seeds, radius: float, pore: float = 0.0) -> Polyhedra:
    """Cells shut off by the mirror images of their seeds; one outer patch for each outer grain.

    Raises MeshError where the images do not enclose the particle.
    """
    others, centre = images(seeds, radius), pore_seed(seeds, pore)
    vertices, rings, sides = space_cells(seeds, joined(centre, others))
    sides = with_pore(sides, seeds.size, pore)
    rings, sides = _merged(vertices, rings, sides, _whole(sides, seeds.size))
    cells = Polyhedra(vertices, sides, radius, without_needless(rings, set()), pore=pore)
    return _rounded(cells, joined(seeds, centre), others)


def cut_ball(seeds: Seeds, radius: float, pore: float = 0.0) -> Polyhedra:
    """Cells cut by many planes that touch the sphere: for any number of seeds, even one.

    Each outer grain has one outer patch if that is not too wide; else the patches are cut up.
    Raises MeshError if degenerate.
    """
    others, centre = planes(sphere_points(PLANES), radius), pore_seed(seeds, pore)
    vertices, rings, sides = space_cells(seeds, joined(centre, others))
    sides = with_pore(sides, seeds.size, pore)
    try:
        merged = _merged(vertices, rings, sides, _whole(sides, seeds.size))
    except MeshError as error:
        log.debug("the outside is cut up, for %s", error)
        merged = _merged(vertices, rings, sides, _parts(vertices, rings, sides, seeds.size))
    kept = _ends_of_boundaries(*merged)
    cells = Polyhedra(vertices, merged[1], radius, without_needless(merged[0], kept), pore=pore)
    return _rounded(cells, joined(seeds, centre), others)


def _whole(sides: Ints, count: int) -> Ints:
    """Patch 0 for all faces (F,) of the outside, OUTSIDE for those between the `count` grains."""
    return np.where(sides[:, 1] >= count, 0, OUTSIDE)


def _parts(vertices: Floats, rings: list[Ring], sides: Ints, count: int) -> Ints:
    """Patches of the outside: sectors of each grain's share, around a cap if that is wide.

    Their borders meet those of the grain at steep angles, which leaves no slivers.
    """
    patch, grain = _whole(sides, count), sides[:, 0]
    rays = np.array([vertices[ring].mean(axis=0) for ring in rings])
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    if count == 1:
        return np.where(patch == 0, np.argmax(rays @ sphere_points(PATCHES).T, axis=1), patch)
    for number in np.unique(grain[patch == 0]):
        own = np.nonzero((patch == 0) & (grain == number))[0]
        middle = rays[own].mean(axis=0)
        middle /= np.linalg.norm(middle)
        first, second = frames(middle)
        turn = np.arctan2(rays[own] @ second, rays[own] @ first) / (2 * np.pi) + 0.5
        angle = np.arccos(np.clip(rays[own] @ middle, -1, 1))
        in_cap = (angle < CAP) & (angle.max() > WIDEST_WITHOUT_CAP)
        patch[own] = np.where(in_cap, SECTORS, np.floor(turn * SECTORS).astype(np.int64) % SECTORS)
    return patch


def _merged(
    vertices: Floats, rings: list[Ring], sides: Ints, patch: Ints
) -> tuple[list[Ring], Ints]:
    """Rings and sides with the outer faces of a patch joined."""
    is_outer = patch != OUTSIDE
    _require_narrow(vertices, rings, np.column_stack([sides[:, 0], patch]), is_outer)
    second = np.where(is_outer, OUTSIDE, sides[:, 1])
    return merged_patches(rings, np.column_stack([sides[:, 0], second]), patch)


def _require_narrow(vertices: Floats, rings: list[Ring], patch: Ints, is_outer: Bools) -> None:
    """Raise MeshError for a patch (grain, number) that goes too far round the particle."""
    chosen = np.nonzero(is_outer)[0]
    names, which = np.unique(patch[chosen], axis=0, return_inverse=True)
    owner = np.repeat(which, [len(rings[k]) for k in chosen])
    corners = vertices[np.concatenate([rings[k] for k in chosen])]
    rays = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    middle: Floats = np.column_stack([np.bincount(owner, ray, len(names)) for ray in rays.T])
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    if ((rays * middle[owner]).sum(axis=1) < np.cos(WIDEST_PATCH)).any():
        raise MeshError("a grain takes too much of the outside")


def _ends_of_boundaries(rings: list[Ring], sides: Ints) -> set[int]:
    """Vertices of the faces between grains: where these bend at the outside, it is for good."""
    between = np.nonzero(sides[:, 1] != OUTSIDE)[0]
    return {vertex for number in between for vertex in rings[number]}


def _rounded(cells: Polyhedra, inside: Seeds, others: Seeds) -> Polyhedra:
    """Polyhedra moved onto the ball. Raises MeshError if they are not closed bodies within it."""
    cells = compact_faces(cells)
    require_enclosed(cells.vertices, cells.radius)
    for grain in (*((PORE,) if cells.pore > 0 else ()), OUTSIDE, *range(cells.grain_count)):
        own = np.nonzero((cells.sides == grain).any(axis=1))[0]
        if not is_closed(cells.rings[k] for k in own):
            raise MeshError(TOO_FEW if grain < 0 < cells.pore else "a grain is not one closed body")
    return replace(cells, vertices=rounded(cells, inside, others))

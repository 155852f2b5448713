"""Which way a corner of a grain must go so that all its boundary facets move inwards alike."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from meshes.arrays import Floats, Ints

CUT_OFF = 1e-4  # relative eigenvalue below which facets leave a direction free
SURFACE_CUT_OFF = 0.05  # the same for the outside: a round surface has one normal, an edge two
FLAT = 0.95  # cosine between the normal of a facet and the mean normal of a flat boundary
LEAST_MOVE = 0.25  # of the wanted offset: below it least squares has failed at a facet
LONGEST = 3.0  # offsets: how far a corner may go; sharp corners get a thinner film at their tip


def facet_normals(points: Floats, nodes: Ints) -> Floats:
    """Normals (f, d) of facets, as long as the facets are large; they turn with the order."""
    first = points[nodes[:, 1]] - points[nodes[:, 0]]
    if points.shape[1] == 2:
        return np.column_stack([first[:, 1], -first[:, 0]])
    normals: Floats = 0.5 * np.cross(first, points[nodes[:, 2]] - points[nodes[:, 0]])
    return normals


def unit(vectors: Floats) -> Floats:
    """Vectors (n, d) of length one; a vector of no length stays."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(length > 0, length, 1.0)


def projectors(spread: Floats, cut_off: float) -> Floats:
    """(n, d, d) onto the directions that the sums of n n^T (n, d, d) leave free."""
    size, vectors = np.linalg.eigh(spread)
    held = size > cut_off * np.maximum(size[:, -1:], np.finfo(float).tiny)
    kept = vectors * held[:, None, :]
    return np.eye(spread.shape[1]) - kept @ vectors.transpose(0, 2, 1)


def along_surface(points: Floats, nodes: Ints) -> tuple[Floats, Ints]:
    """How points may move without leaving the outside.

    nodes: (f, d) facets of the outside. Returns projectors (n, d, d), and the points on a circle
    or sphere around the origin, whose distance from it must not change.
    """
    count, d = points.shape
    radius = np.linalg.norm(points, axis=1)
    is_round = np.zeros(count, bool)
    is_round[nodes] = True
    is_round[nodes[np.ptp(radius[nodes], axis=1) > 1e-6 * radius.max()]] = False
    normals = unit(facet_normals(points, nodes))
    spread = np.zeros((count, d, d))
    for column in nodes.T:
        np.add.at(spread, column, normals[:, :, None] * normals[:, None, :])
    radial = unit(points[is_round])
    spread[is_round] = radial[:, :, None] * radial[:, None, :]
    return projectors(spread, SURFACE_CUT_OFF), np.nonzero(is_round)[0]


def offsets(
    corner: Ints, facing: Ints, normals: Floats, surface: Floats, cut_off: float = CUT_OFF
) -> tuple[Floats, Floats]:
    """Displacements (c, d) of corners that move each of their facets back by a unit length.

    corner: (k,) corner, facing: (k,) region beyond a facet, normals: (k, d) out of the grain, as
    long as the facet is large. surface: (c, d, d) projectors onto the outside, or the identity.
    Least squares on the mean normal towards each region; where that boundary is not flat, on the
    normals of its facets. Returns too the projectors (c, d, d) onto the directions in which the
    corners may slide besides.
    """
    count, d = len(surface), normals.shape[1]
    at, mean = _mean_normals(corner, facing, normals)
    mean = np.einsum("kij,kj->ki", surface[at], mean)
    spread, pull = np.zeros((count, d, d)), np.zeros((count, d))
    np.add.at(spread, at, mean[:, :, None] * mean[:, None, :])
    np.add.at(pull, at, mean)
    size, vectors = np.linalg.eigh(spread)
    held = size > cut_off * size[:, -1:]
    inverse = np.where(held, 1 / np.where(held, size, 1.0), 0.0)
    move = -np.einsum("cij,cj,ckj,ck->ci", vectors, inverse, vectors, pull, optimize=True)
    slide = surface - (vectors * held[:, None, :]) @ vectors.transpose(0, 2, 1)
    _redo_failed(move, slide, corner, np.einsum("kij,kj->ki", surface[corner], unit(normals)))
    length = np.linalg.norm(move, axis=1)
    long = length > LONGEST
    move[long] *= (LONGEST / length[long])[:, None]
    slide[long] = 0.0
    return move, slide


def _mean_normals(corner: Ints, facing: Ints, normals: Floats) -> tuple[Ints, Floats]:
    """Corner (p,) and unit normal (p, d) of each flat boundary, or of each facet of a rough one."""
    _, place = np.unique(corner * (facing.max() + 1) + facing, return_inverse=True)

    def means(place: Ints) -> Floats:
        return unit(np.column_stack([np.bincount(place, column) for column in normals.T]))

    tilt = (means(place)[place] * unit(normals)).sum(axis=1)
    rough = np.isin(place, place[tilt < FLAT])
    place = np.where(rough, place.max() + 1 + np.arange(len(place)), place)
    _, first, place = np.unique(place, return_index=True, return_inverse=True)
    return corner[first], means(place)


def _redo_failed(move: Floats, slide: Floats, corner: Ints, normals: Floats) -> None:
    """Solve anew, in place, where some facet does not move back: least squares may do that.

    normals: (k, d) of single facets, within the surface.
    """
    length = np.linalg.norm(normals, axis=1)
    failed = (normals * move[corner]).sum(axis=1) > -LEAST_MOVE * length
    order = np.argsort(corner, kind="stable")
    for number in np.unique(corner[failed]):  # a handful per mesh
        first, last = np.searchsorted(corner[order], [number, number + 1])
        chosen = order[first:last]
        chosen = chosen[length[chosen] > 0.1]
        if len(chosen):
            move[number] = _shortest(normals[chosen])
        slide[number] = 0.0


def _shortest(normals: Floats) -> Floats:
    """The shortest vector v with n.v <= -1 for all normals; zero where there is none.

    A least-distance programme, solved by non-negative least squares (Lawson and Hanson 1974).
    """
    d = normals.shape[1]
    system, wanted = np.vstack([-normals.T, np.ones(len(normals))]), np.append(np.zeros(d), 1.0)
    weights, residual = nnls(system, wanted)
    if residual < 1e-6:
        return np.zeros(d)
    remainder = system @ weights - wanted
    vector: Floats = -remainder[:d] / remainder[d]
    return vector

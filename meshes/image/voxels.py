"""What an image of labels shows at any place, and how well a mesh agrees with it.

Lengths are in cells of the image.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from meshes.arrays import Floats, Ints
from meshes.simplices import Simplices

BACKGROUND = 0  # this label is the outside
SAMPLES = 16  # along a line
LEAST_REACH = 4.0  # of these lines
MOST_RADIUS = 1.0  # of the disc they stand on: enough for steps, little against curved faces
MOST_SAMPLES = 200_000
NEAREST = (8, 64, 512)  # cells tried around a point, until one holds it
INSIDE = -1e-9  # barycentric


def label_at(labels: Ints, points: Floats) -> Ints:
    """Label of the image at points (..., d) in its cells, or at the nearest place in the image."""
    place = np.clip(np.floor(points).astype(np.int64), 0, np.array(labels.shape) - 1)
    label: Ints = labels[tuple(np.moveaxis(place, -1, 0))]
    return label


def to_change(labels: Ints, points: Floats, normal: Floats, sides: Ints, length: float) -> Floats:
    """How far (n, d) points are, along their normals, from where the image changes its label.

    Mean over lines across a disc about each point, so that the steps between cells even out.
    sides: (n, 2) labels before and behind. length: of an edge of the mesh. Zero for no normal.
    """
    reach, radius = max(length, LEAST_REACH), min(length, MOST_RADIUS)
    steps = reach * ((np.arange(SAMPLES) + np.float64(0.5)) / SAMPLES - 0.5)
    on = normal.any(axis=1)
    middle, along, (first, second) = points[on], normal[on], sides[on].T
    before, behind = np.zeros(len(along)), np.zeros(len(along))
    for aside in _beside(along):
        for step in steps:
            seen = label_at(labels, middle + radius * aside + step * along)
            before += seen == first
            behind += seen == second
    share = np.where(before * behind > 0, before / np.maximum(before + behind, 1) - 0.5, 0.0)
    moves = np.zeros_like(points)
    moves[on] = share[:, None] * reach * along
    return moves


def _beside(normal: Floats) -> list[Floats]:
    """Places (n, d) in the unit discs at right angles to unit normals: the middle and a ring."""
    if normal.shape[1] == 2:
        along = np.column_stack([-normal[:, 1], normal[:, 0]])
        return [part * along for part in (-0.8, -0.4, 0.0, 0.4, 0.8)]
    first = np.cross(normal, np.eye(3)[np.argmin(np.abs(normal), axis=1)])
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(normal, first)
    turns = 2 * np.pi * np.arange(6) / 6
    return [0.0 * first] + [0.8 * (np.cos(t) * first + np.sin(t) * second) for t in turns]


def overlap(mesh: Simplices, labels: Ints, label: Ints) -> float:
    """Share of the image's cells with a grain whose middle lies in that grain of the mesh.

    label: (regions,) label of each region, ascending.
    """
    places = np.argwhere(labels != BACKGROUND)
    places = places[:: -(-len(places) // MOST_SAMPLES)]
    middles: Floats = places + np.float64(0.5)
    region = regions_at(mesh, middles)
    wanted = np.searchsorted(label, labels[tuple(places.T)])
    return float((region == wanted).mean())


def regions_at(mesh: Simplices, points: Floats) -> Ints:
    """Region (p,) in which each point (p, d) lies, -1 outside the mesh."""
    corners = mesh.points[mesh.cells]
    inverse = np.linalg.inv(np.swapaxes(corners[:, 1:] - corners[:, :1], 1, 2))
    tree = cKDTree(corners.mean(axis=1))
    region = np.full(len(points), -1)
    missing = np.arange(len(points))
    for number in NEAREST:
        if len(missing) == 0:
            break
        near = tree.query(points[missing], min(number, len(corners)))[1]
        near = near.reshape(len(missing), -1)
        offset = points[missing][:, None] - corners[near, 0]
        weights = np.einsum("pkij,pkj->pki", inverse[near], offset)
        holds = (weights.min(axis=2) >= INSIDE) & (weights.sum(axis=2) <= 1 - INSIDE)
        hit = holds.any(axis=1)
        region[missing[hit]] = mesh.region[near[hit, np.argmax(holds[hit], axis=1)]]
        missing = missing[~hit]
    return region

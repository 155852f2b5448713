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

    sides: (n, 2) labels before and behind. length: that is searched. Zero for no normal.
    """
    steps = (np.arange(SAMPLES) + 0.5)[:, None, None] / SAMPLES - 0.5
    seen = label_at(labels, points + steps * length * normal)
    before, behind = ((seen == sides[:, k]).sum(axis=0) for k in range(2))
    share = np.where(before * behind > 0, before / np.maximum(before + behind, 1) - 0.5, 0.0)
    return share[:, None] * length * normal


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

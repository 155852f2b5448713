"""Give the cells of a lattice to the grains of an image, with as few steps as can be."""

from __future__ import annotations

import numpy as np

from meshes.arrays import Bools, Floats, Ints
from meshes.image.interfaces import guarded
from meshes.image.voxels import SAMPLES, label_at
from meshes.simplices import Simplices, edges, facet_areas, facets

ROUNDS = 20
FAITH = 0.5  # weight of what a cell shows against the share of its surface
TOWARDS = (0.35, 0.7)  # samples between the middle of a cell and its corners


def snapped(labels: Ints, points: Floats, cells: Ints, free: Bools) -> Floats:
    """Points moved onto the interface that is nearest along one of their edges, where they can.

    free: (n, d) directions in which each point may move.
    """
    whole = Simplices(points, cells, np.zeros(len(cells), np.int64), ("",))
    start, end = edges(cells).T
    own = label_at(labels, points)
    cut = own[start] != own[end]
    a, b = start[cut], end[cut]
    steps = (np.arange(SAMPLES) + 0.5)[:, None, None] / SAMPLES
    along = label_at(labels, points[a] + steps * (points[b] - points[a]))
    share = (along == own[a]).mean(axis=0)  # of the edge, up to where the label changes
    nearer = share <= 0.5
    node, other = np.where(nearer, a, b), np.where(nearer, b, a)
    share = np.where(nearer, share, (along == own[b]).mean(axis=0))
    order = np.argsort(-share, kind="stable")  # so that the nearest comes last and stays
    moves = np.zeros_like(points)
    moves[node[order]] = (share[:, None] * (points[other] - points[node]))[order]
    return guarded(whole, np.where(free, moves, 0.0)).points


def labelled(labels: Ints, points: Floats, cells: Ints) -> Ints:
    """Label (m,) of each cell: what it shows, but for cells that would make a boundary ragged.

    Cells change to the label of a neighbour where boundary saved outweighs what they show. Of
    neighbours that would change, only the one that gains most does, so that they do not swap.
    """
    d = labels.ndim
    weights = np.vstack([np.full(d + 1, 1 / (d + 1)), *(_towards(d, part) for part in TOWARDS)])
    samples = label_at(labels, np.einsum("sk,mkd->smd", weights, points[cells]))
    label = _mode(samples)
    whole = Simplices(points, cells, np.zeros(len(cells), np.int64), ("",))
    every = facets(whole)
    inner = every.take(~every.is_outside)
    area = facet_areas(points, inner.nodes)
    first, second = np.vstack([inner.cells, inner.cells[:, ::-1]]).T
    area = np.tile(area, 2)
    total = np.bincount(first, area, len(cells))
    for _ in range(ROUNDS):
        gain, wanted = _gains(label, samples, first, second, area / total[first])
        best = gain.copy()
        np.maximum.at(best, first, gain[second])
        moves = (gain > 0) & (gain == best)
        if not moves.any():
            break
        label[moves] = wanted[moves]
    return label


def _gains(
    label: Ints, samples: Ints, first: Ints, second: Ints, share: Floats
) -> tuple[Floats, Ints]:
    """Most that each cell gains (m,) by taking a neighbour's label, and that label (m,)."""
    base = int(label.max()) + 1
    codes, number = np.unique(first * base + label[second], return_inverse=True)
    beside = np.bincount(number, share)  # share of the surface of a cell beside a label
    cell, other = codes // base, codes % base
    own = np.zeros(len(label))
    same = other == label[cell]
    own[cell[same]] = beside[same]
    shown = (samples[:, cell] == other).mean(axis=0) - (samples == label).mean(axis=0)[cell]
    gain = np.where(same, 0.0, beside - own[cell] + FAITH * shown)
    order = np.argsort(gain, kind="stable")
    most, wanted = np.zeros(len(label)), label.copy()
    most[cell[order]], wanted[cell[order]] = gain[order], other[order]
    return most, wanted


def _towards(d: int, part: float) -> Floats:
    """Barycentric weights (d + 1, d + 1) of points from the middle of a cell to its corners."""
    return part * np.eye(d + 1) + (1 - part) / (d + 1)


def _mode(votes: Ints) -> Ints:
    """Most frequent value of each column, the first one if several are."""
    counts = (votes[:, None] == votes[None, :]).sum(axis=1)
    return np.take_along_axis(votes, np.argmax(counts, axis=0)[None], axis=0)[0]

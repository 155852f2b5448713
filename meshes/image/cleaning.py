"""Clean the labels of a measured image: fill what has none, give away what is too small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from meshes.arrays import Bools, Ints
from meshes.errors import MeshError
from meshes.image.voxels import BACKGROUND

Numbers = NDArray[np.int32]  # of regions; few bytes each, as images may be large

TINY = {2: 4, 3: 8}  # pixels or voxels; a region of fewer is a speckle
MOST_LOOSE = 0.5  # of all pixels; beyond, cleaning would make the grains up
MOST_SPECKLES = 20  # more, and more than half of all regions: the image is noise


def filled(labels: Ints, unindexed: int) -> Ints:
    """Labels with every pixel that has none given that of the neighbours it shares most faces with.

    Layer by layer from outside in, so that grains grow alike into what is unknown.
    """
    missing = labels == unindexed
    if missing.mean() > MOST_LOOSE:
        raise MeshError(
            f"{100 * missing.mean():.0f} % of the pixels are unindexed ({unindexed}): too many to "
            "be filled"
        )
    # every missing pixel is a region of its own
    region = np.cumsum(missing.ravel(), dtype=np.int32).reshape(labels.shape)
    region[~missing] = 0
    return np.where(missing, _given_away(labels, region, missing)[region], labels)


def without_small(labels: Ints, smallest: int) -> Ints:
    """Labels with every region of fewer than `smallest` pixels given to a neighbouring label.

    It takes the label with which it shares most faces. Regions are connected by faces. Raises
    MeshError if all are smaller.
    """
    region = regions(labels)
    small = np.bincount(region.ravel()) < smallest
    if small.all():
        raise MeshError(f"no region has {smallest} pixels (particle.clean.smallest)")
    if not small.any():
        return labels
    loose = small[region]
    if loose.mean() > MOST_LOOSE:
        raise MeshError(
            f"{100 * loose.mean():.0f} % of the pixels are in regions of fewer than {smallest}: "
            "noise rather than grains, or particle.clean.smallest is too large"
        )
    return np.where(loose, _given_away(labels, region, loose)[region], labels)


def require_grains(labels: Ints) -> None:
    """Raise MeshError if the image is noise: mostly regions of a pixel or a few."""
    region = regions(labels)
    of_grains = np.bincount(region[labels != BACKGROUND].ravel())
    sizes = of_grains[of_grains > 0]
    tiny = int((sizes < TINY[labels.ndim]).sum())
    if tiny > max(MOST_SPECKLES, 0.5 * len(sizes)):
        raise MeshError(
            f"{len(sizes)} regions, {tiny} of them smaller than {TINY[labels.ndim]} pixels: "
            "noise rather than grains; let particle.clean give small ones to their neighbours, "
            "such as clean: {smallest: 20}"
        )


def regions(labels: Ints) -> Numbers:
    """Number of the region of each pixel: of those with one label that connect through faces."""
    starts = np.ones(labels.shape, bool)
    starts[..., 1:] = labels[..., 1:] != labels[..., :-1]
    # runs of equal pixels along one axis
    run = (np.cumsum(starts.ravel(), dtype=np.int32) - 1).reshape(labels.shape)
    first, second = [], []
    for axis in range(labels.ndim - 1):
        a, b = (np.moveaxis(run, axis, 0)[part] for part in (slice(-1), slice(1, None)))
        la, lb = (np.moveaxis(labels, axis, 0)[part] for part in (slice(-1), slice(1, None)))
        touch = la == lb
        touch[..., 1:] &= (a[..., 1:] != a[..., :-1]) | (b[..., 1:] != b[..., :-1])
        first.append(a[touch])
        second.append(b[touch])
    links = np.concatenate(first), np.concatenate(second)
    count = int(run.max()) + 1
    graph = coo_array((np.ones(len(links[0]), np.int8), links), shape=(count, count))
    number: Numbers = connected_components(graph, directed=False)[1]
    return number[run]


def _given_away(labels: Ints, region: Numbers, loose: Bools) -> Ints:
    """(regions,) label that each loose region takes: of those around it that it shares most with.

    region, loose: by pixel. A region among other loose ones waits until these have a label.
    """
    count = int(region.max()) + 1
    values, place = np.unique(labels, return_inverse=True)
    place = place.astype(np.int32)
    taken = np.full(count, -1, np.int32)  # place of the label of a region, while it is known
    known = place.reshape(labels.shape)
    own, other, seen = _sides(region, np.where(loose, -1, known), loose)
    waiting = np.zeros(count, bool)
    waiting[region[loose]] = True
    while waiting.any():
        beside = np.where(seen < 0, taken[other], seen)
        sure = beside >= 0
        if not sure.any():
            raise MeshError("no region is left that could take the small ones")
        both = own[sure].astype(np.int64) * len(values) + beside[sure]
        codes, faces = np.unique(both, return_counts=True)
        order = np.argsort(faces, kind="stable")
        chosen = codes[order]
        taken[chosen // len(values)] = chosen % len(values)  # the most faces come last, and stay
        waiting[chosen // len(values)] = False
        still = waiting[own]
        own, other, seen = own[still], other[still], seen[still]
    return values[taken]


def _sides(region: Numbers, label: Numbers, loose: Bools) -> tuple[Numbers, Numbers, Numbers]:
    """Faces of loose regions: their own, the region beyond, and the label there, -1 if loose."""
    by_axis = []
    for axis in range(region.ndim):
        both = [slice(-1), slice(1, None)]
        for here, there in (both, both[::-1]):
            number, shown, away = (np.moveaxis(v, axis, 0) for v in (region, label, loose))
            at = away[here] & (number[here] != number[there])
            by_axis.append((number[here][at], number[there][at], shown[there][at]))
    own, other, seen = (np.concatenate(parts) for parts in zip(*by_axis, strict=True))
    return own, other, seen

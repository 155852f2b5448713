"""How far points are from the nearest of places that are spread over all ranks."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.floating]


class Spots(NamedTuple):
    """Positions (n, d) and kinds (n,) of some points."""

    position: Floats
    kind: npt.NDArray[np.integer]


def distance_to_nearest(comm: MPI.Intracomm, points: Spots, spots: Spots) -> Floats:
    """Distance of each point to the nearest spot of its kind, infinite without any. Collective.

    points, spots: of this rank. The spots of the ranks go round: none has more than its own and
    those of one other at a time.
    """
    nearest = np.full(len(points.position), np.inf)
    onward, behind = (comm.rank + 1) % comm.size, (comm.rank - 1) % comm.size
    for turn in range(comm.size):
        if turn > 0:
            spots = comm.sendrecv(spots, dest=onward, source=behind)
        for kind in np.intersect1d(points.kind, spots.kind):
            here = np.flatnonzero(points.kind == kind)
            there = spots.position[spots.kind == kind]
            nearest[here] = _nearer(nearest[here], points.position[here], there)
    return nearest


def _nearer(known: Floats, points: Floats, spots: Floats) -> Floats:
    """Distances, or those that are known already where these are shorter."""
    outside = np.maximum(spots.min(axis=0) - points, points - spots.max(axis=0))
    close = np.linalg.norm(np.maximum(outside, 0.0), axis=1) < known
    nearer = known.copy()
    if close.any():
        found = cKDTree(spots).query(points[close])[0]
        nearer[close] = np.minimum(known[close], found)
    return nearer

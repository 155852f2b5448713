"""Electrolyte in the boundaries, in numpy at points: where it can go, and how fast it gets there.

Filling a crack of some um takes milliseconds (Washburn), far less than a time step: liquid is
wherever a path that is open wider than its molecules leads to the outside. The short ramp only
keeps the charge transfer from jumping.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


def permeable(
    gap: Floats, broken: Floats, filled: Booleans, width: float, cracked: float
) -> Booleans:
    """Whether liquid can enter each point: open wider than `width` (um), no filling in the way.

    gap: normal, um. broken: share, 0 bonded to 1. filled: with LPO,
    which keeps liquid out until it has cracked.
    """
    return (gap > width) & (~filled | (broken >= cracked))


def ruptured(covered: Floats, largest_gap: Floats, limit: float) -> Booleans:
    """Where a coating over a boundary's mouth has broken: the sides have stood so far apart (um).

    A thin brittle film that bridges a gap is strained by about the gap over its thickness.
    """
    return (covered > 0) & (largest_gap > limit)


def ramped(wetness: Floats, reached: Booleans, dt: float, ramp: float) -> Floats:
    """Wet share of each point after dt: grows by dt/ramp where liquid stands, never falls."""
    return np.where(reached, np.minimum(1.0, wetness + dt / ramp), wetness)

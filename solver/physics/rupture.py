"""Rupture of a coating over the mouths of boundaries, in numpy at points."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Booleans = npt.NDArray[np.bool_]


def ruptured(covered: Floats, max_opening: Floats, limit: float) -> Booleans:
    """Where a coating over a boundary's mouth has broken: the sides have stood so far apart (um).

    A thin brittle film that bridges a gap is strained by about the gap over its thickness.
    """
    return (covered > 0) & (max_opening > limit)

"""What has taken the sites of a node where several causes act on each other's remains."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def lost_by_cause(shares: Sequence[Floats]) -> list[Floats]:
    """Return the share of the fresh sites that each cause has taken; they add up to what is gone.

    shares: f of each cause, (n,) below 1: of the sites that the others leave; 1 - f of all, one
    times the other, are left. What is gone is split in proportion to -ln(1 - f): the causes are
    alike, in whatever order they are given, and nothing remains over (logarithmic mean Divisia
    index: Ang, Energy Policy 32 (2004) 1131).
    """
    weights = [-np.log1p(-share) for share in shares]
    whole = np.sum(weights, axis=0)
    gone = -np.expm1(-whole)
    per_weight = np.divide(gone, whole, out=np.ones_like(gone), where=whole > 0)
    return [weight * per_weight for weight in weights]

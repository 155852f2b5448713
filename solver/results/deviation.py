"""How far a computed curve lies from a measured one where both are known: never beyond.

Both are straight between their points, so is what is between them, and integrals over it are exact.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Kept = Callable[[Floats], npt.NDArray[np.bool_]]
ENOUGH = 0.9  # of the measured range: less is told


class Curve2D(NamedTuple):
    """Points of a curve, x rising, (n,) each."""

    x: Floats
    y: Floats


class Deviation(NamedTuple):
    """Computed less measured. x, residual: (n,), between the points of both, NaN where left out.

    rmse: root of the mean of the square over x, of the curves and not of their points.
    largest: the largest deviation with its sign, at x `where`. low, high: the range in x. length:
    of what was compared in it; share: of that in the measured range.
    """

    x: Floats
    residual: Floats
    rmse: float
    largest: float
    where: float
    low: float
    high: float
    length: float
    share: float


def deviation(computed: Curve2D, measured: Curve2D, kept: Kept | None = None) -> Deviation | None:
    """Return how far two curves lie apart where they overlap, None where they do not.

    kept: which intervals are compared, of their middles, (n,) to (n,); all without it.

    RMSE^2 = 1/L sum_k h_k (a_k^2 + a_k b_k + b_k^2)/3, of intervals h_k with deviations a_k, b_k at
    their ends and L the sum of all h_k.
    """
    low, high = max(computed.x[0], measured.x[0]), min(computed.x[-1], measured.x[-1])
    if not high > low:
        return None
    both = np.union1d(computed.x, measured.x)
    x = both[(both >= low) & (both <= high)]
    residual = np.interp(x, *computed) - np.interp(x, *measured)
    begin, end, widths = residual[:-1], residual[1:], np.diff(x)
    counts = np.ones(len(widths), dtype=bool) if kept is None else kept(0.5 * (x[1:] + x[:-1]))
    length = float(widths[counts].sum())
    if length <= 0:
        return None
    squares = widths * (begin**2 + begin * end + end**2) / 3.0
    told = np.where(_touched(counts), residual, np.nan)
    worst = int(np.nanargmax(abs(told)))
    return Deviation(
        x=x,
        residual=told,
        rmse=float(np.sqrt(squares[counts].sum() / length)),
        largest=float(told[worst]),
        where=float(x[worst]),
        low=float(x[:-1][counts][0]),
        high=float(x[1:][counts][-1]),
        length=length,
        share=length / float(measured.x[-1] - measured.x[0]),
    )


def at_points(computed: Curve2D, measured: Curve2D) -> Deviation | None:
    """Return how far values lie apart at the places that both have, None without any.

    Places stand for themselves: RMSE^2 is the mean of the squares, share that of measured places.
    """
    x, here, there = np.intersect1d(computed.x, measured.x, return_indices=True)
    residual = computed.y[here] - measured.y[there]
    known = np.isfinite(residual)
    if not np.any(known):
        return None
    x, residual = x[known], residual[known]
    worst = int(np.argmax(abs(residual)))
    return Deviation(
        x=x,
        residual=residual,
        rmse=float(np.sqrt(np.mean(residual**2))),
        largest=float(residual[worst]),
        where=float(x[worst]),
        low=float(x[0]),
        high=float(x[-1]),
        length=float(len(x)),
        share=len(x) / float(np.count_nonzero(np.isfinite(measured.y))),
    )


def pooled(deviations: list[Deviation]) -> float:
    """Return the RMSE of several together, each with its length."""
    lengths = np.array([each.length for each in deviations])
    squares = np.array([each.rmse**2 for each in deviations])
    return float(np.sqrt(np.sum(lengths * squares) / np.sum(lengths)))


def _touched(counts: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Points that end an interval that counts."""
    return np.concatenate([counts, [False]]) | np.concatenate([[False], counts])

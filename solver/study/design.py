"""Which points of a study there are: every combination, in step, or drawn evenly."""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

PRODUCT, ZIP, LATIN, SOBOL = "product", "zip", "latin_hypercube", "sobol"
DRAWN = (LATIN, SOBOL)


class OnAxis(NamedTuple):
    """Where on its axis a point lies: number of a value, or share of the way between two ends."""

    number: int = 0
    share: float = 0.0


Places = tuple[OnAxis, ...]


class DesignError(ValueError):
    """Axes that cannot be combined so."""


def combined(lengths: Sequence[int], how: str) -> list[Places]:
    """Return the points of axes with so many values each: all combinations, or all in step."""
    if how == PRODUCT:
        return [tuple(map(OnAxis, numbers)) for numbers in product(*map(range, lengths))]
    if len(set(lengths)) > 1:
        told = ", ".join(map(str, lengths))
        raise DesignError(f"combine: zip needs axes of one length; these have {told} values")
    return [tuple(OnAxis(number) for _ in lengths) for number in range(lengths[0])]


def drawn(lengths: Sequence[int | None], how: str, count: int, seed: int) -> list[Places]:
    """Return points drawn evenly over all axes, as `scipy.stats.qmc` draws them.

    lengths: number of values of an axis, None for one between two ends.
    """
    shares = unit_cube(len(lengths), how, count, seed)
    return [
        tuple(
            OnAxis(share=float(share)) if length is None else OnAxis(int(share * length))
            for share, length in zip(row, lengths, strict=True)
        )
        for row in shares
    ]


def unit_cube(axes: int, how: str, count: int, seed: int) -> np.ndarray:
    """Return points in the unit cube, (count, axes): a Latin hypercube, or a scrambled Sobol set.

    A Sobol set is even for powers of two only; another count is a DesignError.
    """
    from scipy.stats import qmc  # slow to load

    random = np.random.default_rng(seed)
    if how == LATIN:
        return np.asarray(qmc.LatinHypercube(axes, seed=random).random(count))
    if count & (count - 1):
        below = 1 << (count.bit_length() - 1)
        raise DesignError(
            f"sobol is even for a power of two only: take count: {below} or {2 * below}, "
            f"not {count}"
        )
    return np.asarray(qmc.Sobol(axes, seed=random).random(count))

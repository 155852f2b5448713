"""What residuals tell of the parameters, and what not: from the Jacobian where the fit ended.

Everything here is linear: it holds as far as residuals are straight in the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np

from solver.fitting.places import Floats

ALIKE = 0.95  # of a correlation: two parameters that cannot be told apart
LEAST = 1e-9  # of a singular value over the largest: nothing
BAD = 2.0  # times the precision: what is left is no noise
SHARE = 0.1  # of a direction: parameters that take part in it


class Identified(NamedTuple):
    """What a fit knows. All of places, shares of the ranges.

    errors: standard errors (p,). covariance, correlation: (p, p). singular: values of the Jacobian,
    falling, (p,). directions: (p, p), a row for each of them. freedom: residuals less parameters.
    spread: by which errors were widened, 1 where residuals are as small as the precision.
    """

    errors: Floats
    covariance: Floats
    correlation: Floats
    singular: Floats
    directions: Floats
    freedom: int
    spread: float

    def apart(self, number: int, places: Floats) -> Floats:
        """Return chi^2 less its least along a parameter, all others refitted, linearised.

        places: shares from the best one, (n,).
        """
        return np.asarray((places / self.errors[number]) ** 2)

    def others(self, number: int, way: float) -> Floats:
        """Return the way of all parameters where one goes its own and the others are refitted."""
        own = self.covariance[number, number]
        return np.asarray(self.covariance[number] / own * way if isfinite(own) else 0.0)


def identified(jacobian: Floats, residuals: Floats) -> Identified:
    """Return what residuals (n,) with a Jacobian (n, p) know of the parameters.

    C = s^2 (J^T J)^-1, by the singular values of J; s^2 = max(1, r.r / (n - p)): residuals are over
    their precision, which is believed unless they are larger.
    """
    count, unknowns = jacobian.shape
    freedom = count - unknowns
    spread = sqrt(max(1.0, float(residuals @ residuals) / freedom)) if freedom > 0 else 1.0
    _, values, rows = np.linalg.svd(jacobian, full_matrices=True)
    singular = np.zeros(unknowns)
    singular[: len(values)] = values
    floor = max(LEAST * float(singular[0]), 1e-30)
    inverse = spread / np.maximum(singular, floor)
    covariance = (rows.T * inverse**2) @ rows
    errors = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(errors, errors)
    return Identified(errors, covariance, correlation, singular, rows, freedom, spread)


def doubts(known: Identified, names: Sequence[str]) -> list[str]:
    """Return in sentences what cannot be told from these residuals."""
    told = [
        f"{name} is not identifiable: its standard error is larger than the whole range"
        for name, error in zip(names, known.errors, strict=True)
        if error > 1.0
    ]
    told += [
        f"{names[a]} and {names[b]} can hardly be told apart: correlation "
        f"{known.correlation[a, b]:+.3f}"
        for a in range(len(names))
        for b in range(a)
        if abs(known.correlation[a, b]) > ALIKE
    ]
    for number, value in enumerate(known.singular):
        if value < known.spread:
            parts = " ".join(
                f"{share:+.2f} {names[place]}"
                for place, share in enumerate(known.directions[number])
                if abs(share) > SHARE
            )
            told.append(
                f"the combination {parts} (in shares of their ranges) is not identifiable: all of "
                "its range changes the residuals by less than their precision"
            )
    if known.freedom <= 0:
        told.append(
            "there are as many parameters as numbers, or more: nothing is left that could "
            "contradict the model, and standard errors are those of the precisions alone"
        )
    if known.spread > BAD:
        told.append(
            f"computed and measured differ by {known.spread:.1f} times the precision: the model or "
            "the precision is wrong; standard errors were widened by that"
        )
    return told


def one_sided(residuals: Floats) -> float:
    """Return the correlation of neighbouring residuals of a curve, (n,); 0 of few."""
    if len(residuals) < 5 or not np.any(residuals):
        return 0.0
    return float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))


def widened(correlation: float) -> float:
    """Return by how much standard errors are too small where neighbours are so correlated.

    sqrt((1 + c) / (1 - c)), of a first-order process (Bartlett 1946).
    """
    return sqrt((1 + correlation) / (1 - correlation)) if correlation < 1 else inf

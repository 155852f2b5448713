"""Roots of few unknowns by few evaluations: Newton's method with secants (Broyden 1965).

The first Jacobian is told beside the first evaluation, as well as it is known; every further one
improves it. An unknown is a factor y on a rate, 1 at the start: losses are nearly straight in it.
Activation energies are unknown by what they make of the rate at the other temperature.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import GAS_CONSTANT

Floats = npt.NDArray[np.float64]
Evaluation = tuple[Floats, Floats]  # what is missing, and about how that goes with the unknowns
FARTHEST = 6.0  # times as large or small that an unknown becomes at once
LEAST_WAY = 1e-6


class Rate(NamedTuple):
    """A rate to be fitted: key in a case, where to begin, unit, cause of the loss by it."""

    key: str
    start: float
    unit: str
    cause: str

    def override(self, y: float) -> str:
        """Return the rate at y, as of --set."""
        return f"{self.key}={self.start * y:.5g} {self.unit}".strip()


class Energy(NamedTuple):
    """An activation energy to be fitted: key in a case, where to begin (kJ/mol), temperatures (K).

    cold: where the rate is known. warm: where the energy tells what it becomes. cause: of the loss.
    """

    key: str
    start: float
    cold: float
    warm: float
    cause: str

    @property
    def per_e_fold(self) -> float:
        """Energy that makes e times the ratio of both rates, kJ/mol."""
        return 1e-3 * float(GAS_CONSTANT) / (1 / self.cold - 1 / self.warm)

    def override(self, y: float) -> str:
        """Return the energy for y times that rate, as of --set; never negative."""
        energy = self.start + self.per_e_fold * np.log(y)
        return f"{self.key}={max(energy, 0.0):.5g} kJ/mol"


Unknown = Rate | Energy


class Fit(NamedTuple):
    """Where the fit ended: unknowns, what is missing there, and whether that is little enough."""

    y: Floats
    miss: Floats
    converged: bool


def fitted(
    evaluate: Callable[[Floats], Evaluation], count: int, tolerance: float, most: int = 8
) -> Fit:
    """Return where no miss is larger than the tolerance; else the best of all that was tried.

    evaluate: takes a place, (unknowns,). most: places besides the first.
    """
    y: Floats = np.ones(count)
    miss, jacobian = evaluate(y)
    best = Fit(y, miss, _largest(miss) <= tolerance)
    for _ in range(most):
        if best.converged or not np.any(jacobian):
            break
        change = np.linalg.lstsq(jacobian, -miss, rcond=None)[0]
        way = np.clip(y + change, y / FARTHEST, y * FARTHEST) - y
        if _largest(way) < LEAST_WAY:
            break
        after, _ = evaluate(y + way)
        jacobian = jacobian + np.outer(after - miss - jacobian @ way, way) / (way @ way)
        y, miss = y + way, after
        if _largest(miss) < _largest(best.miss):
            best = Fit(y, miss, _largest(miss) <= tolerance)
    return best


def overrides(unknowns: Sequence[Unknown], y: Floats) -> tuple[str, ...]:
    """Return the unknowns as of --set."""
    return tuple(each.override(float(at)) for each, at in zip(unknowns, y, strict=True))


def slopes(unknowns: Sequence[Unknown], lost: Mapping[str, float]) -> list[float]:
    """Return about how a retention goes with each unknown at y = 1, by the loss to each cause.

    As if each loss were straight in its factor and left the others alone.
    """
    return [-lost[each.cause] for each in unknowns]


def _largest(values: Floats) -> float:
    return float(np.max(np.abs(values)))

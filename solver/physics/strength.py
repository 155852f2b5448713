"""Strength of each grain boundary: state, misorientation and scatter between grain pairs."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gamma, gammaln, ndtr, ndtri

from solver.units.scatter import uniform

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]
Scatter = Literal["normal", "weibull"]

WIDEST_SCATTER = 2.5  # standard deviations at which the scatter is cut off
NARROW = 1e-3  # below it a standard deviation is that of the limit of large moduli


def misorientation(axis_plus: Floats, axis_minus: Floats) -> Floats:
    """Angle between c axes, 0 to pi/2; (points, 3) unit vectors each, of either sign."""
    cosine = np.abs(np.einsum("ij,ij->i", axis_plus, axis_minus))
    return np.arccos(np.clip(cosine, 0.0, 1.0))


def strength_factor(
    pair: Integers,
    c_axis: Floats,
    scatter: Floats | float,
    weakening: Floats | float,
    seed: int,
    scatter_law: Scatter = "normal",
) -> Floats:
    """Strength of each point relative to the nominal one, the same on any number of ranks.

    (1 - weakening sin(misorientation)) times a factor of mean 1 and standard deviation `scatter`
    that is drawn once per grain pair, and cut off where a normal one is at WIDEST_SCATTER.
    pair: grains (points, 2). c_axis: of all grains (grains, 3).
    """
    angle = misorientation(c_axis[pair[:, 0]], c_axis[pair[:, 1]])
    low_angle = 1.0 - weakening * np.sin(angle)
    deviation = np.clip(ndtri(pair_uniform(pair, seed)), -WIDEST_SCATTER, WIDEST_SCATTER)
    if scatter_law == "normal":
        return low_angle * (1.0 + scatter * deviation)
    return low_angle * _weibull(ndtr(deviation), np.broadcast_to(scatter, deviation.shape))


def _weibull(drawn: Floats, scatter: Floats) -> Floats:
    """Quantiles of Weibull's distribution with mean 1 and a standard deviation per point."""
    factor = np.ones(len(drawn))
    for deviation in np.unique(scatter[scatter > 0]):
        modulus, at = weibull_modulus(float(deviation)), scatter == deviation
        factor[at] = (-np.log1p(-drawn[at])) ** (1 / modulus) / gamma(1 + 1 / modulus)
    return factor


def weibull_modulus(deviation: float) -> float:
    """Modulus with this standard deviation over the mean, up to 1."""
    if deviation < NARROW:
        return float(np.pi / 6**0.5 / deviation)

    def excess(log_modulus: float) -> float:
        m = np.exp(log_modulus)
        return float(np.log1p(deviation**2) - gammaln(1 + 2 / m) + 2 * gammaln(1 + 1 / m))

    return float(np.exp(brentq(excess, -1.0, 9.0, xtol=1e-12)))


def pair_uniform(pair: npt.NDArray[np.integer], seed: int) -> Floats:
    """Number in (0, 1) for every pair of grains, whichever of them comes first."""
    return uniform(np.sort(pair, axis=1), seed)

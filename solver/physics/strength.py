"""Strength of each grain boundary: state, misorientation and scatter between grain pairs."""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from solver.particle.scatter import uniform

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int32]

WIDEST_SCATTER = 2.5  # standard deviations at which the scatter is cut off


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
) -> Floats:
    """Strength of each point relative to the nominal one, the same on any number of ranks.

    (1 - weakening sin(misorientation)) (1 + scatter z), z normal and drawn once per grain pair.
    pair: grains (points, 2). c_axis: of all grains (grains, 3).
    """
    angle = misorientation(c_axis[pair[:, 0]], c_axis[pair[:, 1]])
    deviation = np.clip(ndtri(pair_uniform(pair, seed)), -WIDEST_SCATTER, WIDEST_SCATTER)
    return (1.0 - weakening * np.sin(angle)) * (1.0 + scatter * deviation)


def pair_uniform(pair: npt.NDArray[np.integer], seed: int) -> Floats:
    """Number in (0, 1) for every pair of grains, whichever of them comes first."""
    return uniform(np.sort(pair, axis=1), seed)

"""Energies of the boundaries: stored, spent, and the potential of the traction."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import exp1

from solver.physics.cohesive.law import (
    LEAST,
    STEEPNESS,
    Strength,
    area,
    broken_share,
    loss_slope,
    remaining_stiffness,
)
from solver.physics.cohesive.mix import advance, effective_opening, in_mix

Floats = npt.NDArray[np.floating]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(8)


class EnergiesPerArea(NamedTuple):
    """Energy per area at each point, J/m^2."""

    fracture: Floats
    stored: Floats
    contact: Floats


def energies(jump: Floats, normal: Floats, damage: Floats, law: Strength) -> EnergiesPerArea:
    """Fracture energy spent (at this mix all along), elastic energy of the bond, and of contact."""
    effective = effective_opening(jump, normal, law)
    mixed, here = in_mix(jump, normal, damage, law)
    left = remaining_stiffness(mixed.reach(here), mixed)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    return EnergiesPerArea(
        fracture=mixed.toughness * broken_share(here, mixed),
        stored=0.5 * law.penalty * left * effective**2,
        contact=0.5 * law.penalty * overlap**2,
    )


def potential(
    jump: Floats, normal: Floats, damage_old: Floats, law: Strength, share: float = 1.0
) -> Floats:
    """Potential of the traction of `respond` at fixed damage_old, per area, J/m^2.

    Below the old reach it is that of a spring. Beyond, with k = a + share l and the stiffness
    S(k), the integral of S l dl is that of S (k - a) dk / share^2, piece by piece; with share = 0
    the spring goes on. A law of mixed mode has no potential: it is that of the mix of this very
    opening (see `hold`).
    """
    effective = effective_opening(jump, normal, law)
    law, damage_old = in_mix(jump, normal, damage_old, law)
    old = law.reach(damage_old)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    held = law.penalty * remaining_stiffness(old, law)
    if share == 0.0:
        return 0.5 * (held * effective**2 + law.penalty * overlap**2)
    spring = 0.5 * held * np.minimum(effective, old) ** 2
    a = (1.0 - share) * old
    both = np.array([old, advance(effective, old, share)])
    opening = np.minimum(both, law.floor)
    parted = np.maximum(both, law.floor)
    integral = law.residual * (parted**2 / 2 - a * parted)
    integral += _softening_integral(opening, a, law)
    grown = integral[1] - integral[0]
    return spring + law.penalty * (grown / share**2 + 0.5 * overlap**2)


def _softening_integral(k: Floats, a: Floats, law: Strength) -> Floats:
    """Integral of the remaining stiffness times (k - a) dk, between onset and floor.

    k: (2, points), of which the difference is asked.
    """
    span = law.final - law.onset
    if law.shape == "bilinear":
        scale = law.onset / span
        return scale * ((law.final + a) * k - k**2 / 2 - a * law.final * np.log(k))
    inverse = np.zeros_like(k)  # integral of g / k, where it will not drop out
    grown = (k[1] > k[0]) & (a > 0)
    rate, onset = (np.broadcast_to(v, a.shape)[grown] for v in (STEEPNESS / span, law.onset))
    opened = k[:, grown]
    inverse[:, grown] = -np.exp(rate * onset) * exp1(rate * opened) - LEAST * np.log(opened)
    falling = span * area((k - law.onset) / span) - a * inverse / (1 - LEAST)
    residual = law.residual * (k**2 / 2 - a * k)
    return residual + (1 - law.residual) * law.onset * falling


def viscous_dissipation(
    effective_old: Floats, effective: Floats, damage_old: Floats, damage: Floats, law: Strength
) -> Floats:
    """Energy per area that the viscous delay took while the damage grew, J/m^2.

    The law takes in K (l^2 - k^2)/2 dloss(k) beyond what bond and fracture account for. With a
    delay e = l - k that goes linearly with k, e = a + b k, over the growth,

    K k_0 k_f / (k_f - k_0) [ (a + a b) ln(k/k_old) + (b + b^2/2)(k - k_old)
                              + a^2/2 (1/k_old - 1/k) ],   k within k_0 and k_f

    for the bilinear law; by Gauss's rule for the exponential one.
    """
    grown, k_old, k = damage > damage_old, law.reach(damage_old), law.reach(damage)
    span = np.where(grown, k - k_old, 1.0)
    start, end = np.maximum(effective_old - k_old, 0.0), effective - k
    b = np.where(grown, (end - start) / span, 0.0)
    a = np.where(grown, start - b * k_old, 0.0)
    low, high = np.minimum(k_old, law.final), np.minimum(k, law.final)
    if law.shape == "exponential":
        k = (low + high) / 2 + NODES[:, None] * (high - low) / 2
        delay = a + b * k
        taken = WEIGHTS @ ((k + delay / 2) * delay * loss_slope(k, law))
        return law.penalty * taken * (high - low) / 2
    integral = (a + a * b) * np.log(high / low) + (b + b**2 / 2) * (high - low)
    integral += a**2 / 2 * (1 / low - 1 / high)
    return law.penalty * law.onset * law.final / (law.final - law.onset) * integral

"""Cohesive law of a grain boundary: bilinear, mixed-mode, irreversible, in numpy at points.

Opening vector D = u('-') - u('+'), normal n outward from '+'. With M = H(Dn) nn + b^2 (I - nn),
b the ratio of shear to tensile strength, the effective opening is l = sqrt(D.M.D) (Ortiz and
Pandolfi, Int. J. Numer. Meth. Engng 44, 1999). Its largest value so far, the history k, gives
the stiffness loss; unloading goes to the origin; in compression the penalty acts undamaged:

    t = (1 - loss(k)) K M.D - K <-Dn> n,     loss = [k_f (k - k_0)] / [k (k_f - k_0)]

with k_0 = strength / K and k_f = 2 toughness / strength. The *separation*
(k - k_0) / (k_f - k_0) is what physics sees: dissipated energy is toughness x separation,
whatever the penalty K is. Lengths um, tractions MPa, energies J/m^2 = MPa um.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class Strength(NamedTuple):
    """What each point of the boundaries resists with; arrays (points,) or numbers.

    penalty: MPa/um. residual: share of the penalty that a fully separated point keeps, so that
    grains that broke off stay in place.
    """

    strength: Floats
    toughness: Floats
    shear_ratio: float
    penalty: float
    residual: float

    @property
    def onset(self) -> Floats:
        """Effective opening k_0 at which separation begins, um."""
        return self.strength / self.penalty

    @property
    def final(self) -> Floats:
        """Effective opening k_f at which separation is complete, um."""
        return 2 * self.toughness / self.strength

    @property
    def floor(self) -> Floats:
        """Effective opening from which only the residual stiffness is left, um."""
        return self.onset * self.final / (self.residual * (self.final - self.onset) + self.onset)

    @property
    def cohesive_length(self) -> Floats:
        """E G / strength^2 per unit of Young's modulus, um / MPa."""
        return self.toughness / self.strength**2

    def weakened(self, strength: Floats, toughness: Floats) -> "Strength":
        """The law with these shares of strength and toughness left at each point."""
        return self._replace(
            strength=strength * self.strength, toughness=toughness * self.toughness
        )


class Remaining(NamedTuple):
    """Shares of strength and toughness that corrosion leaves in the end; (points,) or numbers."""

    strength: Floats
    toughness: Floats


class Response(NamedTuple):
    """Traction (points, d), its derivative in two parts, and the new history (points,).

    The derivative (points, d, d) is secant - softening: stiffness at fixed history, never
    negative, less what the growing history takes.
    """

    traction: Floats
    secant: Floats
    softening: Floats
    history: Floats

    @property
    def tangent(self) -> Floats:
        """Derivative of the traction by the opening vector."""
        return self.secant - self.softening


class Energies(NamedTuple):
    """Energy per area at each point, J/m^2."""

    fracture: Floats
    stored: Floats
    contact: Floats


def separation(history: Floats, law: Strength) -> Floats:
    """(k - k_0) / (k_f - k_0), from 0 (intact) to 1 (separated)."""
    return np.clip((history - law.onset) / (law.final - law.onset), 0.0, 1.0)


def history_at(separated: Floats, law: Strength) -> Floats:
    """History that belongs to a separation, the inverse of `separation` from 0 to 1, um."""
    return law.onset + separated * (law.final - law.onset)


def remaining_stiffness(history: Floats, law: Strength) -> Floats:
    """1 - loss(k): the share of the penalty that is left."""
    k = np.maximum(history, law.onset)
    left = law.onset * (law.final - k) / (k * (law.final - law.onset))
    return np.maximum(left, law.residual)


def opening_metric(jump: Floats, normal: Floats, shear_ratio: float) -> Floats:
    """M.D at each point: the normal part only where it opens, the tangential one times b^2."""
    normal_part = np.einsum("ij,ij->i", jump, normal)
    shear = shear_ratio**2
    return shear * jump + ((np.maximum(normal_part, 0) - shear * normal_part)[:, None]) * normal


def effective_opening(jump: Floats, normal: Floats, law: Strength) -> Floats:
    """l = sqrt(D.M.D)."""
    metric = opening_metric(jump, normal, law.shear_ratio)
    return np.sqrt(np.maximum(np.einsum("ij,ij->i", jump, metric), 0.0))


def advance_history(effective: Floats, history_old: Floats, share: float) -> Floats:
    """k = k_old + share <l - k_old>: share = dt/(tau + dt) for a viscous delay tau, 1 without."""
    return history_old + share * np.maximum(effective - history_old, 0.0)


def respond(
    jump: Floats, normal: Floats, history_old: Floats, law: Strength, share: float = 1.0
) -> Response:
    """Traction, its derivative and the new history at each point.

    jump: (points, d) opening vectors. history_old: largest effective opening so far, um.
    share: see `advance_history`.
    """
    metric = opening_metric(jump, normal, law.shear_ratio)
    effective = np.sqrt(np.maximum(np.einsum("ij,ij->i", jump, metric), 0.0))
    history = advance_history(effective, history_old, share)
    stiffness = law.penalty * remaining_stiffness(history, law)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    traction = stiffness[:, None] * metric + (law.penalty * overlap)[:, None] * normal

    dimension = jump.shape[1]
    nn = normal[:, :, None] * normal[:, None, :]
    closed = (overlap < 0)[:, None, None]
    shear = law.shear_ratio**2 * (np.eye(dimension) - nn)
    secant = stiffness[:, None, None] * (shear + np.where(closed, 0.0, nn))
    secant += law.penalty * np.where(closed, nn, 0.0)
    lost = softening(metric, effective, history, history_old, law, share)
    return Response(traction, secant, lost, history)


def softening(
    metric: Floats,
    effective: Floats,
    history: Floats,
    history_old: Floats,
    law: Strength,
    share: float,
) -> Floats:
    """K loss'(k) dk/dl (M.D)(M.D) / l where the history grows, zero elsewhere."""
    growing = (history > history_old) & (history > law.onset) & (history < law.floor)
    k = np.where(growing, history, 1.0)
    slope = law.onset * law.final / (k**2 * (law.final - law.onset))
    factor = np.where(growing, law.penalty * slope * share / np.where(growing, effective, 1.0), 0.0)
    return factor[:, None, None] * metric[:, :, None] * metric[:, None, :]


def potential(
    jump: Floats, normal: Floats, history_old: Floats, law: Strength, share: float = 1.0
) -> Floats:
    """Potential of the traction of `respond` at fixed history_old, per area, J/m^2; share > 0.

    Below the old history it is that of a spring. Beyond, with k = a + share l and the stiffness
    S(k), the integral of S l dl is that of S (k - a) dk / share^2, piece by piece.
    """
    effective = effective_opening(jump, normal, law)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    held = law.penalty * remaining_stiffness(history_old, law)
    spring = 0.5 * held * np.minimum(effective, history_old) ** 2
    history = advance_history(effective, history_old, share)
    a = (1.0 - share) * history_old
    ends = law.onset, law.floor
    both = np.array([history_old, history])
    intact = np.clip(both, 0.0, ends[0])
    opening = np.clip(both, *ends)
    parted = np.maximum(both, ends[1])
    scale = law.onset / (law.final - law.onset)
    integral = intact**2 / 2 - a * intact + law.residual * (parted**2 / 2 - a * parted)
    integral += scale * (
        (law.final + a) * opening - opening**2 / 2 - a * law.final * np.log(opening)
    )
    grown = integral[1] - integral[0]
    return spring + law.penalty * (grown / share**2 + 0.5 * overlap**2)


def energies(jump: Floats, normal: Floats, history: Floats, law: Strength) -> Energies:
    """Fracture energy spent, elastic energy of the bond, and energy of contact."""
    effective = effective_opening(jump, normal, law)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    return Energies(
        fracture=law.toughness * separation(history, law),
        stored=0.5 * law.penalty * remaining_stiffness(history, law) * effective**2,
        contact=0.5 * law.penalty * overlap**2,
    )


def viscous_dissipation(
    effective_old: Floats, effective: Floats, history_old: Floats, history: Floats, law: Strength
) -> Floats:
    """Energy per area that the viscous delay took while the history grew, J/m^2.

    The law takes in K (l^2 - k^2)/2 dloss(k) beyond what bond and fracture account for. With a
    delay e = l - k that goes linearly with k, e = a + b k, over the growth,

    K k_0 k_f / (k_f - k_0) [ (a + a b) ln(k/k_old) + (b + b^2/2)(k - k_old)
                              + a^2/2 (1/k_old - 1/k) ],   k within k_0 and k_f.
    """
    grown = history > history_old
    span = np.where(grown, history - history_old, 1.0)
    start, end = np.maximum(effective_old - history_old, 0.0), effective - history
    b = np.where(grown, (end - start) / span, 0.0)
    a = np.where(grown, start - b * history_old, 0.0)
    low, high = (np.clip(k, law.onset, law.final) for k in (history_old, history))
    integral = (a + a * b) * np.log(high / low) + (b + b**2 / 2) * (high - low)
    integral += a**2 / 2 * (1 / low - 1 / high)
    return law.penalty * law.onset * law.final / (law.final - law.onset) * integral

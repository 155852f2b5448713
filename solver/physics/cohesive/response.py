"""Traction of an opening, and its derivative."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.physics.cohesive.law import Strength, loss_slope, remaining_stiffness
from solver.physics.cohesive.mix import (
    WHOLE,
    HeldShares,
    advance,
    at_mix,
    column,
    effective_opening,
    elastic_opening,
    in_mix,
    mode_mix,
    opening_metric,
    same_loss,
)

Floats = npt.NDArray[np.floating]
MIX_STEP = 1e-6  # for derivatives by the mix, which only steer Newton's method


class Response(NamedTuple):
    """Traction (points, d), its derivative in two parts, and the new damage (points,).

    The derivative (points, d, d) is secant - softening: stiffness at fixed damage, never
    negative, less what the growing damage takes.
    """

    traction: Floats
    secant: Floats
    softening: Floats
    damage: Floats

    @property
    def tangent(self) -> Floats:
        """Derivative of the traction by the opening vector."""
        return self.secant - self.softening


def respond(
    jump: Floats,
    normal: Floats,
    damage_old: Floats,
    law: Strength,
    share: float = 1.0,
    held: HeldShares = WHOLE,
) -> Response:
    """Traction, its derivative and the new damage at each point.

    jump: (points, d) opening vectors, without what had slipped before. share: see `advance`.
    held: see `elastic_opening`.
    """
    elastic = elastic_opening(jump, normal, held)
    metric = opening_metric(elastic, normal, law)
    effective = np.sqrt(np.maximum(np.einsum("ij,ij->i", elastic, metric), 0.0))
    mixed, start = in_mix(elastic, normal, damage_old, law)
    old = mixed.reach(start)
    reach = advance(effective, old, share)
    stiffness = law.penalty * remaining_stiffness(reach, mixed)
    overlap = held.across * np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    traction = stiffness[:, None] * metric + (law.penalty * overlap)[:, None] * normal

    dimension = jump.shape[1]
    nn = normal[:, :, None] * normal[:, None, :]
    closed = (overlap < 0)[:, None, None]
    shear = column(column(held.along * law.shear_stiffness)) * (np.eye(dimension) - nn)
    across = column(column(held.across)) * nn
    secant = stiffness[:, None, None] * (shear + np.where(closed, 0.0, across))
    secant += column(column(law.penalty)) * np.where(closed, across, 0.0)
    lost = softening(metric, effective, reach, old, mixed, share, normal, held)
    damage = mixed.damage(reach)
    if law.criterion != "none":
        lost -= _softening_by_mix(elastic, normal, metric, damage_old, law, share, held)
        damage = same_loss(damage, mixed, law)
    damage = np.where(reach > old, np.maximum(damage, damage_old), damage_old)
    return Response(traction, secant, lost, damage)


def softening(
    metric: Floats,
    effective: Floats,
    reach: Floats,
    reach_old: Floats,
    law: Strength,
    share: float,
    normal: Floats,
    held: HeldShares = WHOLE,
) -> Floats:
    """K loss'(k) dk/dl (M.D)(H.M.D) / l where the reach k grows, zero elsewhere."""
    growing = (reach > reach_old) & (reach < law.floor)
    k = np.where(growing, reach, law.onset)
    slope = law.penalty * loss_slope(k, law) * share / np.where(growing, effective, 1.0)
    factor = np.where(growing, slope, 0.0)
    by_jump = elastic_opening(metric, normal, held)
    return factor[:, None, None] * metric[:, :, None] * by_jump[:, None, :]


def _softening_by_mix(
    elastic: Floats,
    normal: Floats,
    metric: Floats,
    damage_old: Floats,
    law: Strength,
    share: float,
    held: HeldShares,
) -> Floats:
    """What a change of the mix adds to the stiffness, K d(remaining)/dB (M.D) dB/dD.

    No potential has this derivative: it is not symmetric.
    """
    effective, mix = effective_opening(elastic, normal, law), mode_mix(elastic, normal, law)
    stiffness = []
    ends = np.maximum(mix - MIX_STEP, 0.0), np.minimum(mix + MIX_STEP, 1.0)
    for end in ends:
        mixed = at_mix(law, end)
        reach = advance(effective, mixed.reach(same_loss(damage_old, law, mixed)), share)
        stiffness.append(remaining_stiffness(reach, mixed))
    by_mix = law.penalty * (stiffness[1] - stiffness[0]) / (ends[1] - ends[0])
    tangential = elastic - np.einsum("ij,ij->i", elastic, normal)[:, None] * normal
    change = 2 * (column(law.shear_stiffness) * tangential - mix[:, None] * metric)
    change /= np.where(effective > 0, effective**2, 1.0)[:, None]
    change = elastic_opening(change, normal, held)
    return by_mix[:, None, None] * metric[:, :, None] * change[:, None, :]


def hold(
    jump: Floats,
    normal: Floats,
    damage_old: Floats,
    law: Strength,
    held: HeldShares = WHOLE,
) -> tuple[Strength, Floats]:
    """Law and damage whose `potential` has the traction of `respond` as its derivative at `jump`.

    A bond that slips within the step takes up work by h_n K (<Dn>^2 + c h_t/h_n Dt^2): that of a
    penalty h_n K and of this ratio in shear. The mix is held, and so is the ratio of the effective
    opening of H.D to that of D in this law.
    """
    slips = not held.whole
    if law.criterion == "none" and not slips:
        return law, damage_old
    elastic = elastic_opening(jump, normal, held)
    mixed, start = in_mix(elastic, normal, damage_old, law)
    if not slips:
        return mixed, start
    working = mixed._replace(
        shear_ratio=law.shear_ratio * np.sqrt(held.along / held.across),
        penalty=mixed.penalty * held.across,
    )
    taken, driving = (
        effective_opening(jump, normal, working),
        effective_opening(elastic, normal, law),
    )
    ratio = np.where((driving > 0) & (taken > 0), driving / np.where(taken > 0, taken, 1.0), 1.0)
    strength, toughness = mixed.strength / ratio, mixed.toughness / ratio**2
    strength, toughness = strength * held.across, toughness * held.across
    return working._replace(strength=strength, toughness=toughness), start

"""Traction of an opening, and its derivative."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.physics.cohesive.law import Strength, loss_slope, remaining_stiffness
from solver.physics.cohesive.mix import (
    advance_history,
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


def respond(
    jump: Floats,
    normal: Floats,
    history_old: Floats,
    law: Strength,
    share: float = 1.0,
    held: Floats | float = 1.0,
) -> Response:
    """Traction, its derivative and the new history at each point.

    jump: (points, d) opening vectors, without what had slipped before. history_old: largest
    effective opening so far, um. share: see `advance_history`. held: see `elastic_opening`.
    """
    elastic = elastic_opening(jump, normal, held)
    metric = opening_metric(elastic, normal, law)
    effective = np.sqrt(np.maximum(np.einsum("ij,ij->i", elastic, metric), 0.0))
    mixed, start = in_mix(elastic, normal, history_old, law)
    grown = advance_history(effective, start, share)
    stiffness = law.penalty * remaining_stiffness(grown, mixed)
    overlap = np.minimum(np.einsum("ij,ij->i", jump, normal), 0.0)
    traction = stiffness[:, None] * metric + (law.penalty * overlap)[:, None] * normal

    dimension = jump.shape[1]
    nn = normal[:, :, None] * normal[:, None, :]
    closed = (overlap < 0)[:, None, None]
    shear = column(column(held * law.shear_stiffness)) * (np.eye(dimension) - nn)
    secant = stiffness[:, None, None] * (shear + np.where(closed, 0.0, nn))
    secant += law.penalty * np.where(closed, nn, 0.0)
    lost = softening(metric, effective, grown, start, mixed, share, normal, held)
    history = grown
    if law.criterion != "none":
        lost -= _softening_by_mix(elastic, normal, metric, history_old, law, share, held)
        history = np.where(grown > start, same_loss(grown, mixed, law), history_old)
        history = np.maximum(history, history_old)
    return Response(traction, secant, lost, history)


def softening(
    metric: Floats,
    effective: Floats,
    history: Floats,
    history_old: Floats,
    law: Strength,
    share: float,
    normal: Floats,
    held: Floats | float = 1.0,
) -> Floats:
    """K loss'(k) dk/dl (M.D)(M.D) / l where the history grows, zero elsewhere."""
    growing = (history > history_old) & (history > law.onset) & (history < law.floor)
    k = np.where(growing, history, law.onset)
    slope = law.penalty * loss_slope(k, law) * share / np.where(growing, effective, 1.0)
    factor = np.where(growing, slope, 0.0)
    by_jump = elastic_opening(metric, normal, held)
    return factor[:, None, None] * metric[:, :, None] * by_jump[:, None, :]


def _softening_by_mix(
    elastic: Floats,
    normal: Floats,
    metric: Floats,
    history_old: Floats,
    law: Strength,
    share: float,
    held: Floats | float,
) -> Floats:
    """What a change of the mix adds to the stiffness, K d(remaining)/dB (M.D) dB/dD.

    No potential has this derivative: it is not symmetric.
    """
    effective, mix = effective_opening(elastic, normal, law), mode_mix(elastic, normal, law)
    stiffness = []
    ends = np.maximum(mix - MIX_STEP, 0.0), np.minimum(mix + MIX_STEP, 1.0)
    for end in ends:
        mixed = at_mix(law, end)
        start = same_loss(history_old, law, mixed)
        stiffness.append(remaining_stiffness(advance_history(effective, start, share), mixed))
    by_mix = law.penalty * (stiffness[1] - stiffness[0]) / (ends[1] - ends[0])
    tangential = elastic - np.einsum("ij,ij->i", elastic, normal)[:, None] * normal
    change = 2 * (column(law.shear_stiffness) * tangential - mix[:, None] * metric)
    change /= np.where(effective > 0, effective**2, 1.0)[:, None]
    change = elastic_opening(change, normal, held)
    return by_mix[:, None, None] * metric[:, :, None] * change[:, None, :]


def hold(
    jump: Floats,
    normal: Floats,
    history_old: Floats,
    law: Strength,
    held: Floats | float = 1.0,
) -> tuple[Strength, Floats]:
    """Law and history whose `potential` has the traction of `respond` as its derivative at `jump`.

    The mix is held, and so is the ratio of the effective opening to that of l^2 = D.M.D with
    the tangential part times `held`, by which a bond that slips within the step takes up work.
    """
    slips = not (np.ndim(held) == 0 and held == 1.0)
    if law.criterion == "none" and not slips:
        return law, history_old
    elastic = elastic_opening(jump, normal, held)
    mixed, start = in_mix(elastic, normal, history_old, law)
    if not slips:
        return mixed, start
    working = mixed._replace(shear_ratio=law.shear_ratio * np.sqrt(held))
    taken, driving = (
        effective_opening(jump, normal, working),
        effective_opening(elastic, normal, law),
    )
    ratio = np.where((driving > 0) & (taken > 0), driving / np.where(taken > 0, taken, 1.0), 1.0)
    strength, toughness = mixed.strength / ratio, mixed.toughness / ratio**2
    return working._replace(strength=strength, toughness=toughness), start / ratio

"""Opening vectors: their effective opening, their mix of modes, and the law of a mix."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.physics.cohesive.law import Strength, fall, falling

Floats = npt.NDArray[np.floating]
INVERSIONS = 12  # Newton iterations for the opening of a stiffness loss, from nearby


class HeldShares(NamedTuple):
    """Shares of an opening along and across the boundary that its bond bears: h_t and h_n.

    The rest has slipped. Arrays (points,) or numbers.
    """

    along: Floats | float = 1.0
    across: Floats | float = 1.0

    @property
    def whole(self) -> bool:
        """Whether nothing slips: both are the number 1."""
        return all(np.ndim(share) == 0 and share == 1.0 for share in self)


WHOLE = HeldShares()


def opening_metric(jump: Floats, normal: Floats, law: Strength) -> Floats:
    """M.D at each point: the normal part only where it opens, the tangential one times c."""
    normal_part = np.einsum("ij,ij->i", jump, normal)
    shear = law.shear_stiffness
    rest = (np.maximum(normal_part, 0) - shear * normal_part)[:, None] * normal
    return column(shear) * jump + rest


def column(values: Floats | float) -> Floats:
    """Point values, ready to multiply vectors of the points."""
    return np.asarray(values)[..., None]


def effective_opening(jump: Floats, normal: Floats, law: Strength) -> Floats:
    """l = sqrt(D.M.D)."""
    metric = opening_metric(jump, normal, law)
    return np.sqrt(np.maximum(np.einsum("ij,ij->i", jump, metric), 0.0))


def elastic_opening(jump: Floats, normal: Floats, held: HeldShares) -> Floats:
    """H.D = h_t Dt + h_n Dn normal: the shares of an opening that have not slipped."""
    if held.whole:
        return jump
    normal_part = np.einsum("ij,ij->i", jump, normal)
    rest = (held.across - held.along) * normal_part
    return column(held.along) * jump + rest[:, None] * normal


def mode_mix(jump: Floats, normal: Floats, law: Strength) -> Floats:
    """Share of shear in the work of an opening, B; 0 for none."""
    squared = effective_opening(jump, normal, law) ** 2
    along = np.einsum("ij,ij->i", jump, normal)
    shear = law.shear_stiffness * np.maximum(np.einsum("ij,ij->i", jump, jump) - along**2, 0.0)
    return np.where(squared > 0, np.minimum(shear / np.where(squared > 0, squared, 1.0), 1.0), 0.0)


def at_mix(law: Strength, mix: Floats) -> Strength:
    """The law of openings of a given mix; its damage is that of `same_loss`."""
    if law.criterion == "none":
        return law
    ratio, power = law.toughness_ratio, law.exponent
    if law.criterion == "benzeggagh_kenane":
        factor = 1 + (ratio - 1) * mix**power
    else:
        factor = ((1 - mix) ** power + (mix / ratio) ** power) ** (-1 / power)
    strength = law.strength / np.sqrt(1 - mix + mix / ratio)
    return law._replace(strength=strength, toughness=law.toughness * factor, criterion="none")


def same_loss(damage: Floats, one: Strength, other: Strength) -> Floats:
    """Damage in another mix at which the stiffness loss is that of `damage` in this one."""
    if one is other:
        return damage
    r, q = (law.onset / (law.final - law.onset) for law in (one, other))
    x = np.minimum(damage, 1.0)
    if one.shape == "bilinear":
        y = q * x * (1 + r) / (q * (r + x) + r * (1 - x))
    else:
        left, y = r * falling(x) / (r + x), x
        for _ in range(INVERSIONS):
            y = np.clip(y + (q * falling(y) - left * (q + y)) / (q * fall(y) + left), 0.0, 1.0)
    return np.where(damage > 1.0, damage, y)


def in_mix(
    elastic: Floats, normal: Floats, damage: Floats, law: Strength
) -> tuple[Strength, Floats]:
    """Law and damage at the mix of an opening."""
    if law.criterion == "none":
        return law, damage
    mixed = at_mix(law, mode_mix(elastic, normal, law))
    return mixed, same_loss(damage, law, mixed)


def advance(effective: Floats, reach_old: Floats, share: float) -> Floats:
    """k = k_old + share <l - k_old>: share = dt/(tau + dt) for a viscous delay tau, 1 without."""
    return reach_old + share * np.maximum(effective - reach_old, 0.0)


def largest_onset(law: Strength) -> tuple[float, float]:
    """Largest ratio of onset to final opening of a law of numbers, and the mix that has it."""
    mixes = np.linspace(0.0, 1.0, 21)
    mixed = at_mix(law, mixes)
    share = np.broadcast_to(mixed.onset / mixed.final, mixes.shape)
    worst = int(np.argmax(share))
    return float(share[worst]), float(mixes[worst])

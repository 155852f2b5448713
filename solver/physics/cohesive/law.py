"""What a boundary resists with, and the shapes in which its traction falls with the opening."""

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import CRACKED

Floats = npt.NDArray[np.floating]
Shape = Literal["bilinear", "exponential"]
Criterion = Literal["none", "benzeggagh_kenane", "power_law"]
STEEPNESS = 5.0  # a of the exponential law
LEAST = float(np.exp(-STEEPNESS))
FILLED_AREA = 1 / STEEPNESS - LEAST / (1 - LEAST)  # integral of g over x


class Strength(NamedTuple):
    """What each point of the boundaries resists with; arrays (points,) or numbers.

    penalty: MPa/um; at points only in a law that is held (see `hold`). residual: share of the
    penalty that a fully separated point keeps, so that grains that broke off stay in place.
    shear_ratio, toughness_ratio: strength and toughness in shear over those in opening. criterion,
    exponent: of the toughness in between; without one the toughness ratio must be 1.
    """

    strength: Floats
    toughness: Floats
    shear_ratio: Floats | float
    penalty: Floats | float
    residual: float
    toughness_ratio: Floats | float = 1.0
    criterion: Criterion = "none"
    exponent: float = 1.0
    shape: Shape = "bilinear"

    @property
    def onset(self) -> Floats:
        """Effective opening k_0 at which damage begins, um."""
        return self.strength / self.penalty

    @property
    def final(self) -> Floats:
        """Effective opening k_f at which it is complete, um."""
        if self.shape == "exponential":
            return self.onset + (self.toughness / self.strength - self.onset / 2) / FILLED_AREA
        return 2 * self.toughness / self.strength

    @property
    def floor(self) -> Floats:
        """Effective opening from which only the residual stiffness is left, um."""
        if self.shape == "exponential":
            return self.final
        return self.onset * self.final / (self.residual * (self.final - self.onset) + self.onset)

    def reach(self, damage: Floats) -> Floats:
        """Effective opening k up to which a point of this damage unloads and reloads, um."""
        return self.onset + damage * (self.final - self.onset)

    def damage(self, reach: Floats) -> Floats:
        """Damage of a point with such a reach, 0 below the onset."""
        return np.maximum((reach - self.onset) / (self.final - self.onset), 0.0)

    @property
    def cohesive_length(self) -> Floats:
        """E G / strength^2 per unit of Young's modulus, um / MPa."""
        return self.toughness / self.strength**2

    @property
    def shear_stiffness(self) -> Floats | float:
        """Stiffness in shear over the penalty."""
        return self.shear_ratio**2 / self.toughness_ratio

    def weakened(self, strength: Floats | float, toughness: Floats | float) -> "Strength":
        """The law with these shares of strength and toughness left at each point."""
        return self._replace(
            strength=strength * self.strength, toughness=toughness * self.toughness
        )


def broken_share(damage: Floats, law: Strength) -> Floats:
    """Dissipated energy over toughness, from 0 (intact) to 1 (separated)."""
    x = np.minimum(damage, 1.0)
    if law.shape == "bilinear":
        return x
    span = law.final - law.onset
    released = law.onset / 2 + span * area(x) - falling(x) * law.reach(x) / 2
    return np.clip(released * law.strength / law.toughness, 0.0, 1.0)


def stages(parted: Floats) -> dict[str, npt.NDArray[np.bool_]]:
    """Which points count as cracked, as softened (opened beyond the onset), and as half softened.

    parted: broken share of each point.
    """
    return {"Cracked": parted >= CRACKED, "Softened": parted > 0, "Half Softened": parted > 0.5}


def damage_at(parted: Floats, law: Strength) -> Floats:
    """Damage of a broken share: the inverse of `broken_share`."""
    if law.shape == "bilinear":
        return parted
    low, high = np.zeros_like(parted), np.ones_like(parted)
    for _ in range(50):
        middle = (low + high) / 2
        beyond = broken_share(middle, law) > parted
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return np.select([parted <= 0.0, parted >= 1.0], [0.0, 1.0], (low + high) / 2)


def bearing(damage: Floats, law: Strength) -> Floats:
    """Share of the strength that a point of this damage still bears at most: g."""
    x = np.minimum(damage, 1.0)
    return 1.0 - x if law.shape == "bilinear" else falling(x)


def remaining_stiffness(k: Floats, law: Strength) -> Floats:
    """1 - loss(k): the share of the penalty that is left at a reach k, from the onset on."""
    if law.shape == "exponential":
        g = falling(np.minimum(law.damage(k), 1.0))
        return law.residual + (1 - law.residual) * law.onset * g / k
    left = law.onset * (law.final - k) / (k * (law.final - law.onset))
    return np.maximum(left, law.residual)


def loss_slope(k: Floats, law: Strength) -> Floats:
    """d loss / dk between onset and floor."""
    span = law.final - law.onset
    if law.shape == "bilinear":
        return law.onset * law.final / (k**2 * span)
    x = (k - law.onset) / span
    return (1 - law.residual) * law.onset * (falling(x) / k + fall(x) / span) / k


def falling(x: Floats) -> Floats:
    """g: traction of the exponential law over its strength, from 1 at x = 0 to 0 at 1."""
    return (np.exp(-STEEPNESS * x) - LEAST) / (1 - LEAST)


def fall(x: Floats) -> Floats:
    """-dg/dx."""
    return STEEPNESS * np.exp(-STEEPNESS * x) / (1 - LEAST)


def area(x: Floats) -> Floats:
    """Integral of g from 0 to x."""
    return ((1 - np.exp(-STEEPNESS * x)) / STEEPNESS - LEAST * x) / (1 - LEAST)

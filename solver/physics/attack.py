"""How liquid attacks charged oxide: from a potential on at full speed, exponentially less below."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class ByPotential(Protocol):
    """A law of attack. reference: from where on it is full; scale: below, for e times less, V."""

    @property
    def reference(self) -> Floats:
        """E_ref, V."""

    @property
    def scale(self) -> Floats:
        """E_scale, V."""


def attack(potential: Floats, law: ByPotential) -> Floats:
    """min(1, exp((E - E_ref) / E_scale)): share of the full rate.

    potential: of the oxide against the liquid, V.
    """
    return np.asarray(np.exp(np.minimum((potential - law.reference) / law.scale, 0.0)))

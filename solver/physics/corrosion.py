"""Corrosion of a grain boundary by the liquid in it, in numpy at points.

    dc/dt = rate w f(E) (1 - c),     f = min(1, exp((E - E_ref) / E_scale))

c goes from 0 (fresh) to 1, w is the wet share, E the potential of the oxide against the liquid:
full speed from E_ref on, where charged oxide gives oxygen to the liquid, and exponentially less
below. Strength and toughness fall linearly with c, each to its own remaining share.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class CorrosionLaw(NamedTuple):
    """How liquid corrodes each point; arrays (points,) or numbers.

    rate: at the reference potential and above, 1/s; zero where nothing corrodes. reference,
    scale: E_ref and E_scale, V.
    """

    rate: Floats
    reference: Floats
    scale: Floats


def attack(potential: Floats, law: CorrosionLaw) -> Floats:
    """Share f of the full rate at a potential of the oxide against the liquid, V."""
    return np.exp(np.minimum((potential - law.reference) / law.scale, 0.0))


def corroded(
    corrosion: Floats, wetness: Floats, potential: Floats, law: CorrosionLaw, dt: float
) -> Floats:
    """Corrosion after dt (s) at this wetness and potential; exact for constant ones."""
    kept = np.exp(-law.rate * attack(potential, law) * wetness * dt)
    return 1.0 - (1.0 - corrosion) * kept

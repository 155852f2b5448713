"""Cyclic damage of a grain boundary below its strength, in numpy at points.

After Roe and Siegmund (Eng. Fract. Mech. 70, 2003), with the opening l:

    dD/dt = |dl/dt| / d_S  < T / S - C_f >  H(travel - d_0),     travel = integral of |dl/dt| dt

T is the traction, S = strength (1 - D) what the point can still bear: below the envelope, where
unloading goes to the origin, T / S is the opening over the reach. On the envelope the monotonic law
damages, not cycles. A separated or unloaded boundary is not driven. The lengths are multiples of
delta_0 = toughness / (e strength), the opening at which an exponential law of that strength and
toughness bears most: d_S = 4 of them and d_0 = 1, C_f = 0.25 are typical.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class FatigueLaw(NamedTuple):
    """How cycles damage each point; arrays (points,) or numbers.

    length, threshold: d_S and d_0 over the unit of length. endurance: C_f, share of the strength
    below which cycles do nothing. acceleration: every path counts as so many.
    """

    length: Floats
    threshold: Floats
    endurance: Floats
    acceleration: float


class Path(NamedTuple):
    """Opening l at both ends of a time step, and all travel before it, um."""

    start: Floats
    end: Floats
    travelled: Floats

    @property
    def length(self) -> Floats:
        """Way between the two ends, um."""
        return np.abs(self.end - self.start)


def unit_of_length(strength: Floats, toughness: Floats) -> Floats:
    """Opening at which an exponential law bears most, um; MPa and J/m^2."""
    return toughness / (np.e * strength)


def damage(path: Path, reach: Floats, unit: Floats, law: FatigueLaw) -> Floats:
    """Damage along a straight path at points that bear most at the opening `reach` (um).

    Exact while the reach does not change: < l / reach - C_f > integrated over l up to the reach.
    """
    ahead = (law.threshold * unit - path.travelled) / law.acceleration
    idle = np.clip(ahead, 0.0, path.length) * np.sign(path.end - path.start)
    begin = path.start + idle
    low = np.maximum(np.minimum(begin, path.end), law.endurance * reach)
    high = np.minimum(np.maximum(begin, path.end), reach)
    drive = 0.5 * (high**2 - low**2) / reach - law.endurance * (high - low)
    return law.acceleration * np.where(high > low, drive, 0.0) / (law.length * unit)

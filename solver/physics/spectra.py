"""What a spectrum of the impedance says, in numpy.

An arc of the Nyquist plot is a maximum of -Im Z over the frequency, its apex. It ends where -Im Z
is least on either side. Where the spectrum itself ends on the way, a half circle through its last
point continues the arc to the real axis. Between the measured frequencies cubic splines over
their logarithm are followed. A resistance in series with an arc, that of a film or a contact,
moves it along the real axis and is no part of its width.

Films, charge transfer on the outside and that inside have arcs that overlap, part and merge as a
particle ages. What can be compared is all of them together (`together`).
"""

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Complexes = npt.NDArray[np.complexfloating]
FEWEST = 4  # points that a spline takes


class Arc(NamedTuple):
    """Where an arc begins on the real axis, how wide it is, and the frequency of its apex (Hz)."""

    start: float
    width: float
    frequency: float


def arcs(frequencies: Sequence[float], impedance: Complexes) -> list[Arc]:
    """Arcs of a spectrum from high to low frequency (Hz), in the unit of the impedance.

    Diffusion, whose -Im Z only rises towards low frequency, makes none.
    """
    from scipy.interpolate import CubicSpline  # slow to load, and needed late

    order = np.argsort(frequencies)[::-1]
    f, z = np.asarray(frequencies, float)[order], np.asarray(impedance)[order]
    if len(f) < FEWEST:
        return []
    way = -np.log(f)
    real, height = CubicSpline(way, z.real), CubicSpline(way, -z.imag)
    turns = height.derivative().roots(extrapolate=False)
    tops = turns[height(turns, 2) < 0]
    arcs = []
    for top in tops:
        apex = float(np.exp(-top))
        above, below = turns[turns < top], turns[turns > top]
        start = real(above[-1]) if above.size else z[0].real + z[0].imag * apex / f[0]
        end = real(below[0]) if below.size else z[-1].real - z[-1].imag * f[-1] / apex
        arcs.append(Arc(float(start), float(end - start), apex))
    return arcs


def together(found: Sequence[Arc]) -> Arc:
    """All arcs of a spectrum as one, from where the first begins to where the last one ends.

    That is where -Im Z is least before the tail of diffusion, however many arcs there are and
    however they overlap. The frequency is that of the widest. All nan if there is no arc.
    """
    if not found:
        return Arc(nan, nan, nan)
    start = found[0].start
    widest = max(found, key=lambda arc: arc.width)
    return Arc(start, found[-1].start + found[-1].width - start, widest.frequency)

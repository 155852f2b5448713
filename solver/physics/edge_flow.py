"""What drives lithium along the edge of a cell, and its derivatives, in numpy at many edges.

The same equation as `transport.driven`, which writes it for weak forms.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
SAME_POTENTIAL = 1e-7  # V: closer potentials are lost in rounding


class End(NamedTuple):
    """One end of every edge: occupancy x, U and s in V, and their derivatives by x."""

    occupancy: Floats
    potential: Floats
    slope: Floats
    curvature: Floats
    stress: Floats
    stress_slope: Floats


class DrivenFlow(NamedTuple):
    """x_1 - x_2 + (s_1 - s_2)/U' at every edge, and its derivatives by x_1 and x_2."""

    value: Floats
    by_one: Floats
    by_other: Floats


def driven(one: End, other: End) -> DrivenFlow:
    """-(N/(c_max D)) from one end to another: x_1 - x_2 + (s_1 - s_2)/U', of -grad(U + s)/U'.

    With 1/U' as (x_1 - x_2)/(U_1 - U_2), or by the mean of U' where both U are the same.
    """
    fall = one.potential - other.potential
    same = np.abs(fall) < SAME_POTENTIAL
    fall[same] = 1.0
    apart = one.occupancy - other.occupancy
    per_volt = apart / fall
    per_volt[same] = 2.0 / (one.slope[same] + other.slope[same])
    stress = one.stress - other.stress
    return DrivenFlow(
        value=apart + per_volt * stress,
        by_one=_by(one, 1.0, same, fall, per_volt, stress),
        by_other=_by(other, -1.0, same, fall, per_volt, stress),
    )


def _by(
    end: End, sign: float, same: npt.NDArray[np.bool_], fall: Floats, per_volt: Floats, s: Floats
) -> Floats:
    """Derivative by the occupancy of one end: 1 + (1 - U' p)/(U_1 - U_2) (s_1 - s_2) + p s'.

    p: per_volt; by the mean of U' it changes with U'' instead. sign: of that end in a difference.
    """
    steepens = (sign - sign * per_volt * end.slope) / fall
    steepens[same] = -(per_volt[same] ** 2) * end.curvature[same] / 2.0
    return np.asarray(sign + steepens * s + sign * per_volt * end.stress_slope)

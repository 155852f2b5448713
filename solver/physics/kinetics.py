"""Charge transfer between the surface of a grain and the electrolyte, in numpy at points.

Butler-Volmer with symmetric transfer and a film in series, solved for the overpotential:

    V_g - phi - U_eq - i R = (2 R_g T / F) asinh(i / 2 i0)

which cannot overflow. The current is an unknown of Newton's method; eliminating its change
point by point leaves a current that is linear in the changes of the other unknowns.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


class LinearReaction(NamedTuple):
    """Current density at each point after the Newton step, if nothing else changed, and its
    derivatives with respect to the driving potential V_g - phi - U_eq and to the occupancy
    (through the exchange current alone)."""

    current: Floats
    by_potential: Floats
    by_occupancy: Floats


def linearize(
    current: Floats,
    driving: Floats,
    exchange: Floats,
    exchange_slope: Floats,
    resistance: Floats | float,
    thermal_voltage: float,
) -> LinearReaction:
    """One Newton step of the reaction at each point.

    current: present iterate of i. driving: V_g - phi - U_eq, V. exchange: i0 and its slope di0/dx
    (same units as i). resistance: of the film. thermal_voltage: R_g T / F, V.
    """
    root = np.sqrt(current**2 + 4 * exchange**2)
    residual = (
        driving - current * resistance - 2 * thermal_voltage * np.arcsinh(current / (2 * exchange))
    )
    by_potential = 1.0 / (resistance + 2 * thermal_voltage / root)
    by_exchange = 2 * thermal_voltage * current / (exchange * root)
    return LinearReaction(
        current=current + by_potential * residual,
        by_potential=by_potential,
        by_occupancy=by_potential * by_exchange * exchange_slope,
    )


def overpotential(current: Floats, exchange: Floats, thermal_voltage: float) -> Floats:
    """(2 R_g T / F) asinh(i / 2 i0), V."""
    return 2 * thermal_voltage * np.arcsinh(current / (2 * exchange))

"""Charge transfer between the surface of a grain and the electrolyte, in numpy at points.

Butler-Volmer with symmetric transfer and a film in series, solved for the overpotential:

    V_g - phi - U_eq - i R = (2 R_g T / F) asinh(i / 2 i0)

which cannot overflow. The current is an unknown of Newton's method; eliminating its change
point by point leaves a current that is linear in the changes of the other unknowns.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import FARADAY, GAS_CONSTANT
from solver.units.fields import StateField

OUTWARD = "positive when lithium leaves the oxide, per geometric area"
FIELDS = {
    "current": StateField("surface", "pA/um^2", f"into electrolyte or filling, {OUTWARD}"),
    "contact_current": StateField("point", "pA/um^2", "from oxide to oxide, from '+' to '-'"),
}

Floats = npt.NDArray[np.floating]
INVERSIONS = 12  # more than enough for rounding, from a start this close


def thermal_voltage_at(temperature: float) -> float:
    """R_g T/F in V at a temperature in K."""
    return GAS_CONSTANT * temperature / FARADAY


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


def moderate(
    current: Floats,
    driving: Floats,
    exchange: Floats,
    resistance: Floats,
    thermal_voltage: float,
) -> Floats:
    """The point of the law to linearize about: the present current, or a smaller one if driven.

    About a current that is too large the law is so flat that Newton's method would overshoot,
    further each time; about a driving potential that is too large it would be too steep.
    """
    needed = current * resistance + overpotential(current, exchange, thermal_voltage)
    much = np.abs(needed) > np.abs(driving)
    moderated = current.copy()
    moderated[much] = np.sign(driving[much]) * _driven(
        np.abs(driving[much]),
        np.abs(current[much]),
        exchange[much],
        resistance[much],
        thermal_voltage,
    )
    return moderated


def _driven(
    driving: Floats, most: Floats, exchange: Floats, resistance: Floats, thermal_voltage: float
) -> Floats:
    """Current that a driving potential brings about; both positive, and it less than `most`.

    Newton's method for y = asinh(i / 2 i0), from above: it falls to the solution and cannot
    overshoot, since the law is convex in y.
    """
    finite = np.isfinite(exchange)
    i0 = np.where(finite, exchange, 1.0)
    ohm = 2 * i0 * resistance
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ohmic = driving / resistance
        y = np.fmin(driving / (2 * thermal_voltage), np.arcsinh(ohmic / (2 * i0)))
    y = np.minimum(y, np.arcsinh(most / (2 * i0)))
    for _ in range(INVERSIONS):
        excess = ohm * np.sinh(y) + 2 * thermal_voltage * y - driving
        y = np.maximum(y - excess / (ohm * np.cosh(y) + 2 * thermal_voltage), 0.0)
    return np.where(finite, 2 * i0 * np.sinh(y), ohmic)


def overpotential(current: Floats, exchange: Floats, thermal_voltage: float) -> Floats:
    """(2 R_g T / F) asinh(i / 2 i0), V."""
    return 2 * thermal_voltage * np.arcsinh(current / (2 * exchange))

"""What a protocol step imposes, and how far it is from its end.

Charging currents are positive. Currents in pA (2D: per um of depth), charges in pC, times in s.
"""

from typing import NamedTuple

from solver.case import AnyStep, Case, Charge, Discharge, Hold
from solver.constants import AMPERE, COULOMB
from solver.model.build import Extent
from solver.model.electro import Control

VOLTAGE_PRECISION = 1e-6  # V
RELATIVE_PRECISION = 1e-6  # of a current or a charge


class Reading(NamedTuple):
    """What the instruments show: voltage, current, time and charge (signed) of the step."""

    voltage: float
    current: float
    step_time: float
    step_charge: float


class Gap(NamedTuple):
    """Distance past an end condition, in units of its precision; negative before it."""

    name: str
    excess: float


class ActiveStep:
    """A protocol step on a particle of given extent."""

    def __init__(self, step: AnyStep, case: Case, extent: Extent) -> None:
        self.step = step
        self._extent = extent
        self._one_c = case.c_rate_basis * extent.mass * AMPERE
        self._per_mass = extent.mass * COULOMB

    @property
    def current(self) -> float | None:
        """Imposed current, None where the voltage is imposed."""
        if isinstance(self.step, Hold):
            return None
        if isinstance(self.step, Charge):
            return (self.step.rate or 0.0) * self._one_c
        if isinstance(self.step, Discharge):
            return -(self.step.rate or 0.0) * self._one_c
        return 0.0

    def impose(self, control: Control) -> None:
        """Set current or voltage at the collector."""
        if isinstance(self.step, Hold):
            control.impose_voltage(self.step.voltage)
        elif self.current is not None:
            control.impose_current(self.current / self._extent.outer_area)

    def time_left(self, reading: Reading) -> float:
        """Time to an end that is known beforehand, infinite if there is none."""
        until, left = self.step.until, [float("inf")]
        if until.time is not None:
            left.append(until.time - reading.step_time)
        if until.capacity is not None and self.current:
            charge = until.capacity * self._per_mass - abs(reading.step_charge)
            left.append(charge / abs(self.current))
        return min(left)

    def gaps(self, reading: Reading) -> list[Gap]:
        """Distances past the ends that only the solution tells."""
        until, gaps = self.step.until, []
        if until.voltage is not None and self.current:
            sign = 1.0 if self.current > 0 else -1.0
            excess = sign * (reading.voltage - until.voltage) / VOLTAGE_PRECISION
            gaps.append(Gap("voltage", excess))
        if until.rate is not None and self.current is None:
            end = until.rate * self._one_c
            gaps.append(Gap("current", (end - abs(reading.current)) / (RELATIVE_PRECISION * end)))
        if until.capacity is not None and self.current is None:
            end = until.capacity * self._per_mass
            gaps.append(
                Gap("capacity", (abs(reading.step_charge) - end) / (RELATIVE_PRECISION * end))
            )
        return gaps

    def furthest(self, reading: Reading) -> Gap:
        """The end condition that is met first: the largest excess."""
        return max(self.gaps(reading), key=lambda gap: gap.excess, default=Gap("none", -1e300))

"""What a protocol step imposes, and how far it is from its end.

Charging currents are positive. Currents in pA (2D: per um of depth), charges in pC, times in s.
"""

from typing import NamedTuple

from solver.case import Case, Charge, Discharge, Hold, Rest, Sweep
from solver.model.electro.system import Control
from solver.model.extent import Extent
from solver.units.constants import AMPERE, COULOMB

VOLTAGE_PRECISION = 1e-6  # V
RELATIVE_PRECISION = 1e-6  # of a current or a charge


ContinuousStep = Charge | Discharge | Hold | Rest | Sweep  # those that take time


class Reading(NamedTuple):
    """What the instruments show: voltage, current, time and charge (signed) since they began.

    They begin anew with every step, and with every pulse and rest of a train of pulses.
    """

    voltage: float
    current: float
    time: float
    charge: float


class Gap(NamedTuple):
    """Distance past an end condition, in units of its precision; negative before it."""

    name: str
    excess: float


class ActiveStep:
    """A protocol step on a particle of given extent, begun at a voltage."""

    def __init__(self, step: ContinuousStep, case: Case, extent: Extent, voltage: float) -> None:
        self.step = step
        self._extent, self._start = extent, voltage
        if isinstance(step, Sweep):
            self._start = voltage if step.start is None else step.start
        self._one_c = case.c_rate_basis * extent.mass * AMPERE
        self._per_mass = extent.mass * COULOMB

    @property
    def current(self) -> float | None:
        """Imposed current, None where the voltage is imposed."""
        match self.step:
            case Charge(rate=rate):
                return (rate or 0.0) * self._one_c
            case Discharge(rate=rate):
                return -(rate or 0.0) * self._one_c
            case Rest():
                return 0.0
        return None

    @property
    def longest_time_step(self) -> float:
        """Longest time step that follows what is imposed, s."""
        return self.step.longest_time_step() if isinstance(self.step, Sweep) else float("inf")

    def voltage_at(self, time: float) -> float:
        """Voltage that a hold or a sweep imposes at a time after its beginning, V."""
        if isinstance(self.step, Hold):
            return self.step.voltage
        assert isinstance(self.step, Sweep)
        way = self.step.to - self._start
        return self._start + way * min(time / self._duration(self.step), 1.0)

    def impose(self, control: Control, time: float) -> None:
        """Set current or voltage at the collector as it is at a time after the beginning."""
        if self.current is None:
            control.impose_voltage(self.voltage_at(time))
        else:
            control.impose_current(self.current / self._extent.outer_area)

    def time_left(self, reading: Reading) -> float:
        """Time to an end that is known beforehand, infinite if there is none."""
        if isinstance(self.step, Sweep):
            return self._duration(self.step) - reading.time
        until, left = self.step.until, [float("inf")]
        if until.time is not None:
            left.append(until.time - reading.time)
        if until.capacity is not None and self.current:
            charge = until.capacity * self._per_mass - abs(reading.charge)
            left.append(charge / abs(self.current))
        return min(left)

    def _duration(self, sweep: Sweep) -> float:
        """How long a sweep takes from where it starts, s; never nothing."""
        return max(abs(sweep.to - self._start), VOLTAGE_PRECISION) / sweep.rate

    def gaps(self, reading: Reading) -> list[Gap]:
        """Distances past the ends that only the solution tells."""
        if isinstance(self.step, Sweep):
            return []
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
            gaps.append(Gap("capacity", (abs(reading.charge) - end) / (RELATIVE_PRECISION * end)))
        return gaps

    def furthest(self, reading: Reading) -> Gap:
        """The end condition that is met first: the largest excess."""
        return max(self.gaps(reading), key=lambda gap: gap.excess, default=Gap("none", -1e300))

"""`cycles.csv`: capacity, efficiency and mean voltage of every cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from solver.protocol import PlannedStep
from solver.protocol.tables import Row, Spectrum

FILE = "cycles.csv"
AT_END = (  # if the history has them
    "Cracked Fraction / 1",
    "Softened Fraction / 1",
    "Half Softened Fraction / 1",
    "Cracks / 1",
    "Crack Area / m2.g-1",
    "Wet Area / m2.g-1",
    "Mean Film / m",
)
NOISE = 1e-9  # mA h/g: what a rest may pass in a time step


@dataclass
class Passed:
    """What has passed one way: charge in mA h/g, energy in mW h/g, rate of its last step."""

    charge: float = 0.0
    energy: float = 0.0
    rate: float = nan

    @property
    def voltage(self) -> float:
        """Mean voltage, nan if nothing passed."""
        return self.energy / self.charge if self.charge > 0 else nan


class CycleBook:
    """Adds up charge and energy of each cycle from the rows of the history."""

    def __init__(self, steps: Sequence[PlannedStep]) -> None:
        self._steps = steps
        self._last: Row = {}
        self.cycles: dict[int, dict[str, Passed]] = {}

    def add(
        self, row: Row, step_ended: bool = False, spectrum: Spectrum | None = None
    ) -> list[Row]:
        """Take in one row; return the cycle before if this row begins another one."""
        number, before = int(row["Cycle Index / 1"]), self._last
        begins = number not in self.cycles
        passed = self.cycles.setdefault(number, {"charge": Passed(), "discharge": Passed()})
        self._last = row
        if before:
            self._note(passed, before, row)
        return [self._row(int(before["Cycle Index / 1"]), before)] if begins and before else []

    def efficiencies(self) -> list[float]:
        """Return the coulombic efficiency of each cycle, nan where it has none."""
        return [
            _ratio(cycle["discharge"].charge, cycle["charge"].charge)
            for cycle in self.cycles.values()
        ]

    def close(self) -> list[Row]:
        """Return the last cycle, complete or not."""
        if not self._last:
            return []
        return [self._row(int(self._last["Cycle Index / 1"]), self._last)]

    def summary(self) -> dict[str, Any]:
        """Return capacities, mean voltages and efficiencies by cycle."""
        charges = [cycle["charge"] for cycle in self.cycles.values()]
        discharges = [cycle["discharge"] for cycle in self.cycles.values()]
        return {
            "cycles": len(self.cycles),
            "charge_capacity_mAh_per_g": [passed.charge for passed in charges],
            "discharge_capacity_mAh_per_g": [passed.charge for passed in discharges],
            "mean_charge_voltage_V": [passed.voltage for passed in charges],
            "mean_discharge_voltage_V": [passed.voltage for passed in discharges],
            "coulombic_efficiency": self.efficiencies(),
        }

    def _note(self, passed: Mapping[str, Passed], before: Row, row: Row) -> None:
        charge = row["Net Charge / mA.h.g-1"] - before["Net Charge / mA.h.g-1"]
        if abs(charge) < NOISE:
            return
        way = passed["charge" if charge > 0 else "discharge"]
        way.charge += abs(charge)
        way.energy += abs(charge) * (row["Voltage / V"] + before["Voltage / V"]) / 2
        step = self._steps[int(row["Step Index / 1"])].step
        rate = step.rate_at_end()
        if rate is not None:
            passed["charge" if rate > 0 else "discharge"].rate = abs(rate) or nan

    def _row(self, number: int, last: Row) -> Row:
        charge, discharge = (self.cycles[number][way] for way in ("charge", "discharge"))
        return {
            "Cycle Index / 1": number,
            "Test Time / s": last["Test Time / s"],
            "Charge Rate / 1": charge.rate,
            "Discharge Rate / 1": discharge.rate,
            "Charge Capacity / mA.h.g-1": charge.charge,
            "Discharge Capacity / mA.h.g-1": discharge.charge,
            "Coulombic Efficiency / 1": _ratio(discharge.charge, charge.charge),
            "Mean Charge Voltage / V": charge.voltage,
            "Mean Discharge Voltage / V": discharge.voltage,
            "Charge Energy / mW.h.g-1": charge.energy,
            "Discharge Energy / mW.h.g-1": discharge.energy,
            "Energy Efficiency / 1": _ratio(discharge.energy, charge.energy),
            **{column: last[column] for column in AT_END if column in last},
        }


def _ratio(part: float, whole: float) -> float:
    """Ratio of two positive numbers, nan if one of them is missing."""
    return part / whole if part > 0 and whole > 0 else nan

"""`cycles.csv`: capacity, efficiency and mean voltage of every cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

from solver.mechanisms import Mechanism
from solver.output.observe import boundaries, cell, cracks, surfaces
from solver.protocol import PlannedStep
from solver.protocol.tables import Row, Spectrum
from solver.units.columns import Column, row_of
from solver.units.instruments import (
    CYCLE_INDEX,
    JUMPED_CYCLES,
    NET_CHARGE,
    STEP_INDEX,
    TEST_TIME,
    VOLTAGE,
)
from solver.units.memory import Memory, Remembering

FILE = "cycles.csv"
GROUP = "cycles"
CHECK_CYCLE = Column(
    "Check Cycle", "1", GROUP, "Whether a check of a repeat passed charge in it, 1 or 0."
)
COMPLETE_CYCLE = Column(
    "Complete Cycle", "1", GROUP, "Whether all of its steps were carried out, 1 or 0."
)
DISCHARGE_RATE = Column(
    "Discharge Rate", "1", GROUP, "Rate of its last discharge, in multiples of C."
)
CHARGE_CAPACITY = Column(
    "Charge Capacity", "mA.h.g-1", GROUP, "Charge of all charges of the cycle, per mass."
)
DISCHARGE_CAPACITY = Column(
    "Discharge Capacity", "mA.h.g-1", GROUP, "Charge of all its discharges, per mass."
)
COLUMNS = (
    CYCLE_INDEX,
    TEST_TIME,
    Column("Round", "1", GROUP, "Of the innermost repeat that it ends in; nan outside of repeats."),
    CHECK_CYCLE,
    COMPLETE_CYCLE,
    Column("Charge Rate", "1", GROUP, "Rate of the last charge of the cycle, in multiples of C."),
    DISCHARGE_RATE,
    CHARGE_CAPACITY,
    DISCHARGE_CAPACITY,
    Column("Coulombic Efficiency", "1", GROUP, "Charge of its discharges over that of charges."),
    Column("Mean Charge Voltage", "V", GROUP, "Energy of its charges over their charge."),
    Column("Mean Discharge Voltage", "V", GROUP, "Energy of its discharges over their charge."),
    Column("Charge Energy", "mW.h.g-1", GROUP, "Energy that its charges took, per mass."),
    Column("Discharge Energy", "mW.h.g-1", GROUP, "Energy that its discharges gave, per mass."),
    Column("Energy Efficiency", "1", GROUP, "Energy of its discharges over that of its charges."),
)
AT_END = (  # as they are at the end of the cycle where a run has them, beside what mechanisms tell
    boundaries.CRACKED,
    boundaries.SOFTENED,
    boundaries.HALF_SOFTENED,
    cracks.NUMBER,
    cracks.AREA,
    surfaces.WET_AREA,
    cell.INVENTORY,
)

NOISE = 1e-9  # mA h/g: what a rest may pass in a time step


@dataclass
class Passed:
    """What has passed one way: charge in mA h/g, energy in mW h/g, rate of its last step.

    check: whether a check of a repeat passed some of it.
    """

    charge: float = 0.0
    energy: float = 0.0
    rate: float = nan
    check: bool = False

    @property
    def voltage(self) -> float:
        """Mean voltage, nan if nothing passed."""
        return self.energy / self.charge if self.charge > 0 else nan


class CycleBook(Remembering):
    """Adds up charge and energy of each cycle from the rows of the history."""

    remembered = ("_last", "_step_ended", "cycles")

    def __init__(self, steps: Sequence[PlannedStep], at_end: Sequence[Column] = AT_END) -> None:
        """at_end: columns of the history to be told as they are when a cycle ends."""
        self._steps, self._at_end = steps, [column.header for column in at_end]
        self._last: Row = {}
        self._step_ended = False
        self.cycles: dict[int, dict[str, Passed]] = {}

    def add(
        self, row: Row, step_ended: bool = False, spectrum: Spectrum | None = None
    ) -> list[Row]:
        """Take in one row; return the cycle before if this row begins another one."""
        number, before = int(row[CYCLE_INDEX.header]), self._last
        begins = number not in self.cycles
        passed = self.cycles.setdefault(number, {"charge": Passed(), "discharge": Passed()})
        self._last, self._step_ended = row, step_ended
        if before:
            self._note(passed, before, row)
        return [self._row(before, complete=True)] if begins and before else []

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
        return [self._row(self._last, self._complete())]

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
            "discharge_rate": [passed.rate for passed in discharges],
            "check_cycle": [_is_check(cycle) for cycle in self.cycles.values()],
            "complete_cycle": [True] * (len(self.cycles) - 1) + [self._complete()],
        }

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        super().load(memory)
        self.cycles = {
            int(number): {way: Passed(**passed) for way, passed in cycle.items()}
            for number, cycle in memory["cycles"].items()
        }

    def _note(self, passed: Mapping[str, Passed], before: Row, row: Row) -> None:
        charge = row[NET_CHARGE.header] - before[NET_CHARGE.header]
        if abs(charge) < NOISE:
            return
        way = passed["charge" if charge > 0 else "discharge"]
        way.charge += abs(charge)
        way.energy += abs(charge) * (row[VOLTAGE.header] + before[VOLTAGE.header]) / 2
        planned = self._planned(row)
        way.check |= planned.round is not None and planned.round.check
        rate = planned.step.rate_at_end()
        if rate is not None:
            passed["charge" if rate > 0 else "discharge"].rate = abs(rate) or nan

    def _planned(self, row: Row) -> PlannedStep:
        return self._steps[int(row[STEP_INDEX.header])]

    def _complete(self) -> bool:
        """Whether the last row ends the last step of its cycle."""
        if not self._last or not self._step_ended:
            return False
        following = self._steps[int(self._last[STEP_INDEX.header]) + 1 :][:1]
        return all(planned.cycle != int(self._last[CYCLE_INDEX.header]) for planned in following)

    def _row(self, last: Row, complete: bool) -> Row:
        number = int(last[CYCLE_INDEX.header])
        charge, discharge = (self.cycles[number][way] for way in ("charge", "discharge"))
        last_round = self._planned(last).round
        told = {
            "Round": last_round.number if last_round else nan,
            CHECK_CYCLE.title: int(_is_check(self.cycles[number])),
            COMPLETE_CYCLE.title: int(complete),
            CYCLE_INDEX.title: number,
            TEST_TIME.title: last[TEST_TIME.header],
            "Charge Rate": charge.rate,
            "Discharge Rate": discharge.rate,
            "Charge Capacity": charge.charge,
            "Discharge Capacity": discharge.charge,
            "Coulombic Efficiency": _ratio(discharge.charge, charge.charge),
            "Mean Charge Voltage": charge.voltage,
            "Mean Discharge Voltage": discharge.voltage,
            "Charge Energy": charge.energy,
            "Discharge Energy": discharge.energy,
            "Energy Efficiency": _ratio(discharge.energy, charge.energy),
        }
        told_at_end = {header: last[header] for header in self._at_end if header in last}
        return row_of(COLUMNS, told) | told_at_end


def at_end(mechanisms: Sequence[Mechanism], jumps: bool) -> tuple[Column, ...]:
    """Return the columns of the history that the table tells as they are when a cycle ends.

    jumps: whether cycles may be jumped.
    """
    told = (column for mechanism in mechanisms for column in mechanism.columns)
    return (*AT_END, *told, *([JUMPED_CYCLES] if jumps else []))


def _is_check(cycle: Mapping[str, Passed]) -> bool:
    return any(passed.check for passed in cycle.values())


def _ratio(part: float, whole: float) -> float:
    """Ratio of two positive numbers, nan if one of them is missing."""
    return part / whole if part > 0 and whole > 0 else nan

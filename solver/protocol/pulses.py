"""Pulse: a train of short pulses of constant current, each followed by a rest (GITT).

`pulses.csv` has what each pulse of a titration says about the particle. The apparent diffusivity
is that of Weppner and Huggins, J. Electrochem. Soc. 124 (1977) 1569:
D = 4/(pi tau) (R/3)^2 (dE_s/dE_t)^2 with the duration tau of the pulse, the change dE_s of the
relaxed voltage and the change dE_t of the voltage during the pulse, its jump left out. R/3 is the
volume behind each unit of outer area; R is `pulse.diffusion_length`, or three times the volume of
the particle over its outer area. It holds for tau much below R^2/D.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, inf, nan, pi
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from solver.protocol.base import SimpleStep
from solver.protocol.current import Charge, CurrentStep, Discharge
from solver.protocol.ends import Ends, Until
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import Phases, Reading, Scale
from solver.protocol.rest import Rest
from solver.protocol.tables import Basis, Row, Spectrum, StepTable
from solver.protocol.text import Settings, Words, read_current, read_ends
from solver.protocol.words import time_in_words
from solver.units.columns import Column, row_of
from solver.units.instruments import (
    CYCLE_INDEX,
    MEAN_OCCUPANCY,
    PULSE_INDEX,
    SPECIFIC_CURRENT,
    STEP_INDEX,
    TEST_TIME,
    VOLTAGE,
)
from solver.units.measures import Length, SpecificCapacity, Time, Voltage
from solver.units.memory import Memory, Remembering

ROUNDING = 1e-9  # a remainder of the capacity that is no pulse of its own
EARLY = 0.25  # share of a pulse from which its jump is extrapolated
FLOWING = 0.01  # share of the current of a pulse that no rest exceeds


GROUP = "pulses"
COLUMNS = (
    PULSE_INDEX,
    CYCLE_INDEX,
    STEP_INDEX,
    TEST_TIME,
    Column("Pulse Duration", "s", GROUP, "Time for which current flowed."),
    SPECIFIC_CURRENT,
    Column("Occupancy Before", "1", GROUP, "Mean occupancy before the pulse."),
    Column("Occupancy After", "1", GROUP, "Mean occupancy after the rest."),
    Column("Voltage Before", "V", GROUP, "Relaxed voltage before the pulse; nan without a rest."),
    Column("Voltage After Jump", "V", GROUP, "Voltage just after the current was switched on."),
    Column("Voltage At End", "V", GROUP, "Voltage at the end of the pulse."),
    Column("Relaxed Voltage", "V", GROUP, "Voltage at the end of the rest."),
    Column("Jump", "V", GROUP, "Change of the voltage when the current was switched on."),
    Column("Polarization", "V", GROUP, "Voltage at the end of the pulse above the relaxed one."),
    Column("Diffusion Length", "m", GROUP, "Radius that the apparent diffusivity takes."),
    Column("Apparent Diffusivity", "m2.s-1", GROUP, "Diffusivity by Weppner and Huggins."),
)


class PulseUntil(Ends):
    """When a train of pulses ends: the first condition that is met. At least one is needed."""

    voltage: Voltage | None = Field(None, gt=0, lt=6, description="Voltage that ends a pulse")
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in all pulses")
    pulses: int | None = Field(None, ge=1, description="Number of pulses", examples=[20])


class Pulse(CurrentStep):
    """Short pulses of constant current, each followed by a rest (GITT)."""

    kind: ClassVar[str] = "pulse"
    sentence: ClassVar[str] = (
        "Pulse [charge|discharge] at RATE for TIME, rest for TIME, until END [or END ...]"
    )
    example: ClassVar[Settings | None] = {
        "rate": "C/10",
        "duration": "10 min",
        "rest": "1 h",
        "until": {"voltage": "4.3 V"},
    }

    tables: ClassVar[tuple[StepTable, ...]] = (
        StepTable("pulses.csv", COLUMNS, lambda steps, basis: PulseBook(steps, basis)),
    )

    direction: Literal["charge", "discharge"] = Field(
        "charge", description="Whether the pulses take lithium out or put it back"
    )
    duration: Time = Field(gt=0, description="Duration of a pulse")
    rest: Time = Field(gt=0, description="Duration of the rest after it")
    until: PulseUntil
    diffusion_length: Length | None = Field(
        None,
        gt=0,
        description="R of the apparent D; else 3 volume/outer area of the particle",
        examples=["1 um"],
    )

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        settings: Settings = {}
        for direction in ("charge", "discharge"):
            if words.next_is(direction):
                settings["direction"] = direction
        settings |= read_current(words)
        words.need("for")
        settings["duration"] = words.quantity("time")[1]
        words.next_is(",")
        words.need("rest")
        words.need("for")
        settings["rest"] = words.quantity("time")[1]
        words.next_is(",")
        return settings | {"until": read_ends(words, "voltage", "capacity", "pulses")}

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        way = "" if self.direction == "charge" else " discharge"
        return (
            f"Pulse{way} at {self.current_in_words()} for {time_in_words(self.duration)}, "
            f"rest for {time_in_words(self.rest)}, until {self.until.in_words()}"
        )

    @property
    def sign(self) -> int:
        """1 if it charges, -1 if it discharges."""
        return 1 if self.direction == "charge" else -1

    @property
    def end_voltage(self) -> float | None:
        """Voltage that ends it, V."""
        return self.until.voltage

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return the time of as many pulses as take the particle to the end of the train."""
        each = -self.signed_rate * oxide.speed * self.duration
        counts: list[float] = [self.until.pulses or inf]
        if self.until.voltage is not None:
            counts.append((oxide.occupancy(self.until.voltage) - now.occupancy) / each)
        if self.until.capacity is not None:
            counts.append(self.until.capacity * oxide.per_charge / abs(each))
        end = min(max(now.occupancy + each * min(counts), 0.0), 1.0)
        count = max(ceil(min(counts)), 1)
        return Estimate(count * (self.duration + self.rest), Moment(end, exact=False))

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far it is on its way to each of its ends, 0 to 1."""
        shares = self.until.shares_done(start, now)
        if self.until.pulses is not None:
            shares.append((now[PULSE_INDEX.header] - 1.0) / self.until.pulses)
        return shares

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return pulses, each with its rest; a pulse that ends the train has its rest, too."""
        until, number, passed, last = self.until, 0, 0.0, False
        rest = Rest(until=Until(time=self.rest))
        while not last:
            number += 1
            left = None if until.capacity is None else until.capacity - passed
            ended = yield self.one_pulse(left).phase(scale, number)
            passed = abs(ended.charge) / scale.per_mass
            last = (
                ended.by == "voltage"
                or number == until.pulses
                or passed >= (until.capacity or inf) * (1 - ROUNDING)
            )
            yield rest.phase(scale, number)

    def one_pulse(self, capacity: float | None) -> Charge | Discharge:
        """Return a single pulse that passes no more than a capacity [A s/kg]."""
        kind = Charge if self.direction == "charge" else Discharge
        until = Until(time=self.duration, voltage=self.until.voltage, capacity=capacity)
        return kind(rate=self.rate, current=self.current, until=until)


@dataclass
class _Open:
    """A pulse that has begun: the row before it, its own rows, and the last row of its rest."""

    before: Row
    rows: list[Row] = field(default_factory=list)
    rest: Row | None = None


class PulseBook(Remembering):
    """Makes one row of each pulse and its rest."""

    remembered = ("_last", "_open")

    def __init__(self, steps: Sequence[SimpleStep], basis: Basis) -> None:
        self._steps, self._basis = steps, basis
        self._last: Row = {}
        self._open: _Open | None = None

    def add(self, row: Row, step_ended: bool, spectrum: Spectrum | None = None) -> list[Row]:
        """Take in one row; return the pulse that it completes, if it does."""
        before, self._last = self._last, row
        step = self._steps[int(row[STEP_INDEX.header])]
        if not isinstance(step, Pulse) or row[PULSE_INDEX.header] == 0:
            return []
        finished: list[Row] = []
        if self._open is None or row[PULSE_INDEX.header] != before[PULSE_INDEX.header]:
            finished = self.close()
            self._open = _Open(before)
        if self._flows(row, step):
            self._open.rows.append(row)
        else:
            self._open.rest = row
        return self.close() if step_ended else finished

    def close(self) -> list[Row]:
        """Return the open pulse if it had its rest."""
        pulse, self._open = self._open, None
        if pulse is None or pulse.rest is None or not pulse.rows:
            return []
        step = self._steps[int(pulse.rest[STEP_INDEX.header])]
        assert isinstance(step, Pulse)
        length = step.diffusion_length or self._basis.diffusion_length
        at_rest = not self._flows(pulse.before, step)
        return [_condensed(pulse.before, pulse.rows, pulse.rest, length, at_rest)]

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        kept = memory["_open"]
        super().load(memory)
        self._open = kept and _Open(kept["before"], list(kept["rows"]), kept["rest"])

    def summary(self) -> dict[str, Any]:
        """Return nothing: the summary leaves pulses to their table."""
        return {}

    def _flows(self, row: Row, step: Pulse) -> bool:
        least = FLOWING * (step.rate or 0.0) * self._basis.one_c
        return abs(row[SPECIFIC_CURRENT.header]) > least


def _condensed(before: Row, pulse: Sequence[Row], rest: Row, length: float, at_rest: bool) -> Row:
    """One pulse as a row; without a rest before it, there is no relaxed voltage to start from."""
    end, began = pulse[-1], before[TEST_TIME.header]
    duration = end[TEST_TIME.header] - began
    times = np.array([row[TEST_TIME.header] - began for row in pulse])
    voltages = np.array([row[VOLTAGE.header] for row in pulse])
    after_jump = extrapolated_to_start(times, voltages)
    started = before[VOLTAGE.header] if at_rest else nan
    steady = rest[VOLTAGE.header] - started
    transient = end[VOLTAGE.header] - after_jump
    told = {
        PULSE_INDEX.title: int(rest[PULSE_INDEX.header]),
        CYCLE_INDEX.title: int(rest[CYCLE_INDEX.header]),
        STEP_INDEX.title: int(rest[STEP_INDEX.header]),
        TEST_TIME.title: began,
        "Pulse Duration": duration,
        SPECIFIC_CURRENT.title: end[SPECIFIC_CURRENT.header],
        "Occupancy Before": before[MEAN_OCCUPANCY.header],
        "Occupancy After": rest[MEAN_OCCUPANCY.header],
        "Voltage Before": started,
        "Voltage After Jump": after_jump,
        "Voltage At End": end[VOLTAGE.header],
        "Relaxed Voltage": rest[VOLTAGE.header],
        "Jump": after_jump - started,
        "Polarization": end[VOLTAGE.header] - rest[VOLTAGE.header],
        "Diffusion Length": length,
        "Apparent Diffusivity": apparent_diffusivity(duration, length, steady, transient),
    }
    return row_of(COLUMNS, told)


def apparent_diffusivity(duration: float, length: float, steady: float, transient: float) -> float:
    """Return 4/(pi tau) (R/3)^2 (dE_s/dE_t)^2 in m^2/s, nan without a change of voltage."""
    if duration <= 0 or transient == 0:
        return nan
    return 4 / (pi * duration) * (length / 3) ** 2 * (steady / transient) ** 2


def extrapolated_to_start(times: np.ndarray, voltages: np.ndarray) -> float:
    """Voltage just after the jump: early in a pulse it moves like the root of the time."""
    early = max(int(np.sum(times <= EARLY * times[-1])), min(2, len(times)))
    if early == 1:
        return float(voltages[0])
    return float(np.polyfit(np.sqrt(times[:early]), voltages[:early], 1)[1])

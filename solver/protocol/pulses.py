"""Pulse: a train of short pulses of constant current, each followed by a rest."""

from math import ceil, inf
from typing import ClassVar, Literal

from pydantic import Field

from solver.protocol.base import Row
from solver.protocol.current import Charge, CurrentStep, Discharge
from solver.protocol.ends import Ends, Until
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import Phases, Scale
from solver.protocol.rest import Rest
from solver.protocol.text import Settings, Words, read_current, read_ends
from solver.protocol.words import time_in_words
from solver.units.measures import Length, SpecificCapacity, Time, Voltage

ROUNDING = 1e-9  # a remainder of the capacity that is no pulse of its own


class PulseUntil(Ends):
    """When a train of pulses ends: the first condition that is met. At least one is needed."""

    voltage: Voltage | None = Field(None, gt=0, lt=6, description="Voltage that ends a pulse")
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in all pulses")
    pulses: int | None = Field(None, ge=1, description="Number of pulses")


class Pulse(CurrentStep):
    """Short pulses of constant current, each followed by a rest (GITT)."""

    kind: ClassVar[str] = "pulse"
    sentence: ClassVar[str] = (
        "Pulse [charge|discharge] at RATE for TIME, rest for TIME, until END [or END ...]"
    )

    direction: Literal["charge", "discharge"] = "charge"
    duration: Time = Field(gt=0, description="Duration of a pulse")
    rest: Time = Field(gt=0, description="Duration of the rest after it")
    until: PulseUntil
    diffusion_length: Length | None = Field(
        None, gt=0, description="R of the apparent D; else 3 volume/outer area of the particle"
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

    def in_words(self) -> str:
        """Return the text of the step."""
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
            shares.append((now["Pulse Index / 1"] - 1.0) / self.until.pulses)
        return shares

    def phases(self, voltage: float, scale: Scale) -> Phases:
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

"""Charge and discharge: steps at constant current."""

from abc import abstractmethod
from dataclasses import dataclass
from math import inf
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from solver.protocol.base import SimpleStep
from solver.protocol.ends import Ending, Until
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import (
    VOLTAGE_PRECISION,
    Gap,
    Imposed,
    Phase,
    Phases,
    Reading,
    Scale,
)
from solver.protocol.text import Settings, Words, read_current, read_ends
from solver.protocol.words import exact, in_c
from solver.units import usual
from solver.units.measures import Rate, SpecificCurrent


@dataclass(frozen=True, kw_only=True)
class CurrentPhase(Phase):
    """A constant current, pA, until a voltage, a time or a charge."""

    current: float
    until: Until
    scale: Scale

    def imposed(self, time: float) -> Imposed:
        """Return the current."""
        return Imposed(current=self.current)

    def time_left(self, reading: Reading) -> float:
        """Return the time to an end that is known beforehand, infinite if there is none."""
        until, left = self.until, [inf]
        if until.time is not None:
            left.append(until.time - reading.time)
        if until.capacity is not None:
            charge = until.capacity * self.scale.per_mass - abs(reading.charge)
            left.append(charge / abs(self.current))
        return min(left)

    def gaps(self, reading: Reading) -> list[Gap]:
        """Return the distance past the voltage, in the direction of the current."""
        if self.until.voltage is None:
            return []
        sign = 1.0 if self.current > 0 else -1.0
        return [Gap("voltage", sign * (reading.voltage - self.until.voltage) / VOLTAGE_PRECISION)]


class CurrentStep(SimpleStep):
    """A step at constant current; `current` is turned into a rate when the case is read."""

    by_current: ClassVar[bool] = True

    rate: Annotated[Rate | None, usual.RATE] = Field(
        None, gt=0, description="Current in multiples of C, e.g. C/3"
    )
    current: SpecificCurrent | None = Field(None, gt=0, description="Current per mass instead")

    @model_validator(mode="after")
    def _one_current(self) -> Self:
        if (self.rate is None) == (self.current is None):
            raise ValueError("needs either rate or current")
        return self

    @property
    @abstractmethod
    def sign(self) -> int:
        """1 if it charges, -1 if it discharges."""

    @property
    @abstractmethod
    def end_voltage(self) -> float | None:
        """Voltage that ends it, V."""

    @property
    def signed_rate(self) -> float:
        """The rate, positive while charging."""
        return self.sign * (self.rate or 0.0)

    def in_rates(self, one_c: float) -> Self:
        """Return the step with every current [A/kg] as a rate, where 1C is `one_c` [A/kg]."""
        rated = super().in_rates(one_c)
        if self.current is None:
            return rated
        return rated.model_copy(update={"rate": self.current / one_c, "current": None})

    def current_in_words(self) -> str:
        """Return the current as a person writes it."""
        if self.rate is not None:
            return in_c(self.rate)
        return f"{exact(self.current or 0.0)} mA/g"  # A/kg is mA/g

    def way(self, voltage: float | None) -> int:
        """Return 1 if it charges, -1 if it discharges."""
        return self.sign

    def voltages(self) -> list[float]:
        """Return the voltage that ends it, if there is one."""
        return [] if self.end_voltage is None else [self.end_voltage]

    def past_its_end(self, voltage: float) -> str | None:
        """A current moves the voltage further from where it rests at once."""
        end = self.end_voltage
        if end is None or (end - voltage) * self.sign > 0:
            return None
        return f"{self.kind} until {end:g} V is already past its end"

    def over_after(self, before: SimpleStep) -> str | None:
        """A current pushes the voltage further in the direction in which the end was passed."""
        start, end = before.voltage_at_end(), self.end_voltage
        if start is None or end is None or (end - start) * self.sign > 0:
            return None
        if before.lets_relax(self.signed_rate):
            return None
        return (
            f"{self.kind} until {end:g} V starts at {start:g} V or beyond: "
            "it is already past its end"
        )


class ConstantCurrent(CurrentStep, Ending):
    """A constant current until a voltage, a time or a capacity."""

    useful_ends: ClassVar[frozenset[str]] = frozenset({"voltage", "time", "capacity"})

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        return read_current(words) | {"until": read_ends(words, "voltage", "time", "capacity")}

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        return f"{self.kind.capitalize()} at {self.current_in_words()} {self.until.in_words()}"

    @property
    def end_voltage(self) -> float | None:
        """Voltage that ends it, V."""
        return self.until.voltage

    def voltage_at_end(self) -> float | None:
        """Return its end if that is a voltage alone."""
        return self.until.voltage if self.until.conditions() == {"voltage"} else None

    def rate_at_end(self) -> float | None:
        """Return its rate."""
        return self.signed_rate

    def lets_relax(self, rate: float) -> bool:
        """The voltage goes back if a smaller current of the same direction comes after it."""
        return 0.0 <= rate * self.sign < self.signed_rate * self.sign

    def unreachable(self, now: Moment, oxide: Equilibrium) -> str | None:
        """Without a voltage to end it, it must find its lithium, or the room for it."""
        if self.until.voltage is not None:
            return None
        left = now.occupancy if self.sign > 0 else 1.0 - now.occupancy
        wanted = abs(self.signed_rate) * oxide.speed * self._counted(oxide)
        there = left if now.exact else 1.0
        if wanted < there:
            return None
        what = "takes out" if self.sign > 0 else "puts in"
        return (
            f"this {self.kind} {what} {wanted:.3g} lithium per formula unit, but at most "
            f"{there:.3g} is possible: its end can never come"
        )

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return the time to the first of its ends, and the occupancy there."""
        speed = -self.signed_rate * oxide.speed
        durations = [self._counted(oxide)]
        if self.until.voltage is not None:
            durations.append((oxide.occupancy(self.until.voltage) - now.occupancy) / speed)
        duration = max(min(durations), 0.0)
        end = min(max(now.occupancy + speed * duration, 0.0), 1.0)
        return Estimate(duration, Moment(end, now.exact and self.until.voltage is None))

    def _counted(self, oxide: Equilibrium) -> float:
        """Duration, s, as far as time and charge limit it."""
        until, durations = self.until, [inf]
        if until.time is not None:
            durations.append(until.time)
        if until.capacity is not None:
            speed = abs(self.signed_rate) * oxide.speed
            durations.append(until.capacity * oxide.per_charge / speed)
        return min(durations)

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return its current, until it ends."""
        yield self.phase(scale)

    def phase(self, scale: Scale, pulse: int = 0) -> CurrentPhase:
        """Return its only phase, or that of a pulse of a train."""
        current = self.signed_rate * scale.one_c
        return CurrentPhase(self.in_words(), pulse, current=current, until=self.until, scale=scale)


class Charge(ConstantCurrent):
    """Lithium leaves the particle at constant current."""

    kind: ClassVar[str] = "charge"
    sentence: ClassVar[str] = "Charge at RATE until|for END [or END ...]"
    example: ClassVar[Settings | None] = {"rate": "C/3", "until": {"voltage": "4.3 V"}}

    @property
    def sign(self) -> int:
        """A charge is positive."""
        return 1


class Discharge(ConstantCurrent):
    """Lithium returns to the particle at constant current."""

    kind: ClassVar[str] = "discharge"
    sentence: ClassVar[str] = "Discharge at RATE until|for END [or END ...]"
    example: ClassVar[Settings | None] = {"rate": "C/3", "until": {"voltage": "2.7 V"}}

    @property
    def sign(self) -> int:
        """A discharge is negative."""
        return -1

"""Ramp: the temperature moves steadily and no current flows. Heat goes up, cool goes down.

The particle has one temperature: heat passes a ball of 5 um in some 30 us.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from solver.protocol.base import SimpleStep
from solver.protocol.ends import share_of_way
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import Imposed, Phase, Phases, Reading, Scale
from solver.protocol.tables import Row
from solver.protocol.text import Settings, Words
from solver.protocol.words import scaled, temperature_in_words
from solver.units import usual
from solver.units.instruments import TEMPERATURE
from solver.units.measures import COLDEST, HOTTEST, HeatingRate, Temperature

RAMP_STEP = 5.0  # K, most that a ramp moves in a time step


@dataclass(frozen=True, kw_only=True)
class RampPhase(Phase):
    """The temperature moves from start to end, K, at a rate, K/s; no current flows."""

    start: float
    end: float
    rate: float

    @property
    def duration(self) -> float:
        """How long it takes, s."""
        return abs(self.end - self.start) / self.rate

    def imposed(self, time: float) -> Imposed:
        """Return no current, and the temperature at a time after the beginning, s."""
        share = min(time / self.duration, 1.0)
        return Imposed(current=0.0, temperature=(1 - share) * self.start + share * self.end)

    def time_left(self, reading: Reading) -> float:
        """Return the time to its end."""
        return self.duration - reading.time


class Ramp(SimpleStep):
    """The temperature moves steadily to another one, upwards or downwards."""

    kind: ClassVar[str] = "ramp"
    sentence: ClassVar[str] = "Ramp at HEATING_RATE to TEMPERATURE"
    by_current: ClassVar[bool] = True

    rate: Annotated[HeatingRate, usual.HEATING_RATE] = Field(
        gt=0, description="Speed of the temperature, upwards as downwards"
    )
    to: Annotated[Temperature, usual.FURNACE] = Field(
        ge=COLDEST,
        le=HOTTEST,
        description="Temperature that it ends at",
        examples=["60 degC", "550 degC"],
    )

    @classmethod
    def from_words(cls, words: Words) -> Settings:
        """Return the mapping that the words after the kind stand for; ValueError at a wrong one."""
        words.need("at")
        rate = words.quantity("heating rate")[1]
        words.need("to")
        return {cls.kind: {"rate": rate, "to": words.quantity("temperature")[1]}}

    def told(self) -> str:
        """Return the text of the step without the temperature that it begins at."""
        name = self.kind.capitalize()
        return f"{name} at {_rate_in_words(self.rate)} to {temperature_in_words(self.to)}"

    def temperature_at_end(self, before: float) -> float:
        """Return where it ends, K."""
        return self.to

    def from_temperature(self, start: float) -> str | None:
        """Say why it cannot be carried out from a temperature, K, None if it can."""
        if start != self.to:
            return None
        return f"{self.kind} to {temperature_in_words(self.to)} starts there: it goes nowhere"

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return its time; it leaves the occupancy as it was."""
        return Estimate(abs(self.to - oxide.temperature) / self.rate, now)

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far the temperature is on its way, 0 to 1."""
        key = TEMPERATURE.header
        return [share_of_way(start[key], now[key], self.to)]

    @property
    def longest_time_step(self) -> float:
        """Time in which the temperature moves by 5 K, s."""
        return RAMP_STEP / self.rate

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return the way of the temperature."""
        yield RampPhase(
            self.in_words(),
            longest_time_step=self.longest_time_step,
            start=now.temperature,
            end=self.to,
            rate=self.rate,
        )


class Heat(Ramp):
    """The temperature rises steadily."""

    kind: ClassVar[str] = "heat"
    sentence: ClassVar[str] = "Heat at HEATING_RATE to TEMPERATURE"

    def way(self, voltage: float | None) -> int:
        """Return 1: cycles of the temperature are counted like those of the charge."""
        return 1

    def from_temperature(self, start: float) -> str | None:
        """Say why it cannot be carried out from a temperature, K, None if it can."""
        return super().from_temperature(start) or _wrong_way(self, start, self.to < start, "cool")


class Cool(Ramp):
    """The temperature falls steadily."""

    kind: ClassVar[str] = "cool"
    sentence: ClassVar[str] = "Cool at HEATING_RATE to TEMPERATURE"

    def way(self, voltage: float | None) -> int:
        """Return -1, as a discharge does."""
        return -1

    def from_temperature(self, start: float) -> str | None:
        """Say why it cannot be carried out from a temperature, K, None if it can."""
        return super().from_temperature(start) or _wrong_way(self, start, self.to > start, "heat")


def _wrong_way(step: Ramp, start: float, wrong: bool, other: str) -> str | None:
    """Say that a step would go the other way, None if it would not."""
    if not wrong:
        return None
    ends = temperature_in_words(start), temperature_in_words(step.to)
    return f"{step.kind} from {ends[0]} to {ends[1]} goes the other way: write {other}"


def _rate_in_words(rate: float) -> str:
    """Return a heating rate in K/min if it is slow, else in K/s."""
    return scaled(rate, "K/s", "K/min" if rate < 1.0 else "K/s")

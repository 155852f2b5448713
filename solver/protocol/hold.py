"""Hold: the voltage is held. Where a temperature is held instead, the particle rests at it."""

from dataclasses import dataclass
from math import inf, log
from typing import ClassVar

from pydantic import Field

from solver.protocol.base import SimpleStep
from solver.protocol.ends import Ending, Until
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import (
    RELATIVE_PRECISION,
    Gap,
    Imposed,
    Phase,
    Phases,
    Reading,
    Scale,
)
from solver.protocol.rest import Rest
from solver.protocol.tables import Row
from solver.protocol.text import Settings, Words, read_ends, read_temperature
from solver.protocol.words import exact
from solver.units.instruments import SPECIFIC_CURRENT
from solver.units.measures import Voltage


@dataclass(frozen=True, kw_only=True)
class HoldPhase(Phase):
    """A voltage, V, until the current has fallen, a time or a charge."""

    voltage: float
    until: Until
    scale: Scale

    def imposed(self, time: float) -> Imposed:
        """Return the voltage."""
        return Imposed(voltage=self.voltage)

    def time_left(self, reading: Reading) -> float:
        """Return the time that it still lasts, infinite if that is not known."""
        return inf if self.until.time is None else self.until.time - reading.time

    def gaps(self, reading: Reading) -> list[Gap]:
        """Return the distances past the ends by current and charge, whatever their signs."""
        until, gaps = self.until, []
        if until.rate is not None:
            end = until.rate * self.scale.one_c
            gaps.append(Gap("current", (end - abs(reading.current)) / (RELATIVE_PRECISION * end)))
        if until.capacity is not None:
            end = until.capacity * self.scale.per_mass
            gaps.append(Gap("capacity", (abs(reading.charge) - end) / (RELATIVE_PRECISION * end)))
        return gaps


class Hold(Ending):
    """The voltage is held."""

    kind: ClassVar[str] = "hold"
    sentence: ClassVar[str] = "Hold at VOLTAGE until|for END [or END ...]"
    example: ClassVar[Settings | None] = {
        "voltage": "4.3 V",
        "until": {"rate": "C/20", "time": "1 h"},
    }
    useful_ends: ClassVar[frozenset[str]] = frozenset({"rate", "current", "time", "capacity"})

    voltage: Voltage = Field(gt=0, lt=6, description="The voltage that is held")

    @classmethod
    def from_words(cls, words: Words) -> Settings:
        """Return the mapping that the words after the kind stand for; ValueError at a wrong one."""
        words.need("at")
        what, held = words.quantity("voltage", "temperature")
        if what == "temperature":
            return {Rest.kind: Rest.read(words) | {what: held}}
        ends = read_ends(words, "rate", "current", "time", "capacity")
        return {cls.kind: {what: held, "until": ends} | read_temperature(words)}

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        return f"Hold at {exact(self.voltage)} V {self.until.in_words()}"

    def voltage_at_end(self) -> float | None:
        """Return the voltage that is held."""
        return self.voltage

    def over_after(self, before: SimpleStep) -> str | None:
        """The current of a hold at the voltage just reached starts at what it was, and falls."""
        start, rate, end = before.voltage_at_end(), before.rate_at_end(), self.until.rate
        if end is None or start != self.voltage or rate is None or end < abs(rate):
            return None
        return (
            f"hold until {end:g}C starts with {abs(rate):g}C at {start:g} V: "
            "it is already past its end"
        )

    def voltages(self) -> list[float]:
        """Return the voltage that is held."""
        return [self.voltage]

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return its time, if that is given, and equilibrium with its voltage."""
        return Estimate(self.until.time, Moment(oxide.occupancy(self.voltage), exact=False))

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far it is on its way to each of its ends, 0 to 1."""
        shares = super().shares_done(start, now, one_c)
        if self.until.rate is not None:
            shares.append(_decay(start, now, self.until.rate * one_c))
        return shares

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return its voltage, until it ends."""
        yield HoldPhase(self.in_words(), voltage=self.voltage, until=self.until, scale=scale)


def _decay(start: Row, now: Row, end: float) -> float:
    """How far a current that dies away exponentially has come on its way to `end`, mA/g."""
    key = SPECIFIC_CURRENT.header
    first, present = abs(start[key]), abs(now[key])
    if not first > end or not present > 0:
        return 0.0
    return log(first / present) / log(first / end)

"""What ends a step: the first of several conditions."""

from typing import ClassVar, Self

from pydantic import BaseModel, Field, model_validator

from solver.protocol.base import SimpleStep
from solver.protocol.tables import Row
from solver.protocol.words import ends_in_words
from solver.units.instruments import CAPACITY, STEP_TIME, VOLTAGE
from solver.units.measures import Rate, SpecificCapacity, SpecificCurrent, Time, Voltage
from solver.units.section import STRICT

MAH_PER_GRAM = 3600.0  # A s/kg


class Ends(BaseModel):
    """Conditions of which at least one must be given."""

    model_config = STRICT

    @model_validator(mode="after")
    def _some_end(self) -> Self:
        if not self.conditions():
            raise ValueError(f"needs at least one of {', '.join(type(self).model_fields)}")
        return self

    def conditions(self) -> frozenset[str]:
        """Return the names of the conditions that are given."""
        return frozenset(name for name, value in self if value is not None)

    def in_words(self) -> str:
        """Return all conditions as text, with `or` between them."""
        return ends_in_words(self)

    def shares_done(self, start: Row, now: Row) -> list[float]:
        """Return how far a step is on its way to each voltage, time and capacity, 0 to 1.

        start, now: rows of the history, at its beginning and at present.
        """
        shares, ends = [], dict(self)
        if (time := ends.get("time")) is not None:
            shares.append(now[STEP_TIME.header] / time)
        if (capacity := ends.get("capacity")) is not None:
            shares.append(now[CAPACITY.header] * MAH_PER_GRAM / capacity)
        if (voltage := ends.get("voltage")) is not None:
            shares.append(share_of_way(start[VOLTAGE.header], now[VOLTAGE.header], voltage))
        return shares


class Until(Ends):
    """When a step ends: the first condition that is met. At least one is needed."""

    voltage: Voltage | None = Field(
        None, gt=0, lt=6, description="Voltage that ends the step", examples=["4.3 V"]
    )
    rate: Rate | None = Field(
        None, gt=0, description="Rate that the current falls to", examples=["C/20"]
    )
    current: SpecificCurrent | None = Field(
        None, gt=0, description="The same, as a current", examples=["10 mA/g"]
    )
    time: Time | None = Field(
        None, gt=0, description="Duration of the step", examples=["10 min", "3 h"]
    )
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in the step")

    @model_validator(mode="after")
    def _one_current(self) -> Self:
        if self.rate is not None and self.current is not None:
            raise ValueError("give either rate or current, not both")
        return self

    def in_rates(self, one_c: float) -> Self:
        """Return them with the rate in the place of the current, where 1C is `one_c` [A/kg]."""
        if self.current is None:
            return self
        return self.model_copy(update={"rate": self.current / one_c, "current": None})

    def in_words(self) -> str:
        """Return all conditions as text, after the word that goes before them."""
        return f"{'for' if self.conditions() == {'time'} else 'until'} {super().in_words()}"


class Ending(SimpleStep):
    """A step that goes on until one of its conditions is met."""

    useful_ends: ClassVar[frozenset[str]]

    until: Until

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        conditions, ends = self.until.conditions(), ", ".join(sorted(self.useful_ends))
        if not conditions & self.useful_ends:
            raise ValueError(f"a {self.kind} never ends by itself: until needs one of {ends}")
        if conditions - self.useful_ends:
            never = ", ".join(sorted(conditions - self.useful_ends))
            raise ValueError(f"a {self.kind} never ends by its {never}: until may have {ends}")
        return self

    def in_rates(self, one_c: float) -> Self:
        """Return the step with every current [A/kg] as a rate, where 1C is `one_c` [A/kg]."""
        rated = super().in_rates(one_c)
        return rated.model_copy(update={"until": self.until.in_rates(one_c)})

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far it is on its way to each of its ends, 0 to 1."""
        return self.until.shares_done(start, now)


def share_of_way(start: float, now: float, end: float) -> float:
    """Return the share of the way from start to end."""
    return (now - start) / (end - start) if end != start else 0.0

"""Rate test: the capacity against the rate."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from solver.protocol.base import Part, Place, SimpleStep, Step
from solver.protocol.current import Charge, Discharge
from solver.protocol.ends import Until
from solver.protocol.hold import Hold
from solver.protocol.rest import Rest
from solver.units import usual
from solver.units.measures import Rate, Time, Voltage


class RateTest(Step):
    """Capacity against rate: the same charge, then discharges at one rate after another."""

    kind: ClassVar[str] = "rate_test"

    charge: Annotated[Rate, usual.RATE] = Field(gt=0, description="Rate of every charge")
    discharge: Annotated[tuple[Annotated[Rate, Field(gt=0)], ...], usual.RATE] = Field(
        description="Rates of the discharges, in their order",
        json_schema_extra={"minItems": 1},
        examples=[["C/10", "C/3", "1C", "2C"]],
    )
    upper: Voltage = Field(gt=0, lt=6, description="End of the charges", examples=["4.3 V"])
    lower: Voltage = Field(gt=0, lt=6, description="End of the discharges", examples=["2.7 V"])
    hold: Rate | None = Field(
        None, gt=0, description="Hold at `upper` until this rate", examples=["C/20"]
    )
    rest: Time | None = Field(None, gt=0, description="Rest before every discharge")
    cycles: int = Field(1, ge=1, le=1000, description="Cycles at each rate")

    @field_validator("discharge")
    @classmethod
    def _some_rates(cls, rates: tuple[float, ...]) -> tuple[float, ...]:
        if not rates:
            raise ValueError("needs at least one rate")
        return rates

    @model_validator(mode="after")
    def _window(self) -> Self:
        if self.lower >= self.upper:
            raise ValueError(f"lower ({self.lower:g} V) must be below upper ({self.upper:g} V)")
        if self.hold is not None and self.hold >= self.charge:
            raise ValueError("a hold until a rate that the charge never exceeds ends at once")
        return self

    def carried_out(self, place: Place) -> Iterator[Part]:
        """Return what is done, one after another."""
        for rate in self.discharge:
            cycle: list[SimpleStep] = [Charge(rate=self.charge, until=Until(voltage=self.upper))]
            if self.hold is not None:
                cycle.append(Hold(voltage=self.upper, until=Until(rate=self.hold)))
            if self.rest is not None:
                cycle.append(Rest(until=Until(time=self.rest)))
            cycle.append(Discharge(rate=rate, until=Until(voltage=self.lower)))
            yield from (Part(step, place) for step in cycle * self.cycles)

"""Steps made of steps, and what a user may write as an item of a protocol."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from solver.protocol.steps import (
    Charge,
    Discharge,
    Hold,
    Impedance,
    Load,
    Pulse,
    Rest,
    SimpleStep,
    Step,
    Sweep,
    Until,
)
from solver.protocol.text import read_step
from solver.units import usual
from solver.units.measures import Rate, Time, Voltage


class RateTest(Step):
    """Capacity against rate: the same charge, then discharges at one rate after another."""

    kind: ClassVar[str] = "rate_test"

    charge: Annotated[Rate, usual.RATE] = Field(gt=0, description="Rate of every charge")
    discharge: Annotated[tuple[Annotated[Rate, Field(gt=0)], ...], usual.RATE] = Field(
        description="Rates of the discharges, in their order", json_schema_extra={"minItems": 1}
    )
    upper: Voltage = Field(gt=0, lt=6, description="End of the charges")
    lower: Voltage = Field(gt=0, lt=6, description="End of the discharges")
    hold: Rate | None = Field(None, gt=0, description="Hold at `upper` until this rate")
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

    def steps(self) -> list[SimpleStep]:
        """Return what is done, one after another."""
        found: list[SimpleStep] = []
        for rate in self.discharge:
            cycle: list[SimpleStep] = [Charge(rate=self.charge, until=Until(voltage=self.upper))]
            if self.hold is not None:
                cycle.append(Hold(voltage=self.upper, until=Until(rate=self.hold)))
            if self.rest is not None:
                cycle.append(Rest(until=Until(time=self.rest)))
            cycle.append(Discharge(rate=rate, until=Until(voltage=self.lower)))
            found += cycle * self.cycles
        return found


class Repeat(Step):
    """Its steps, several times in all.

    Without steps of its own it repeats those above it in its list, back to the previous such
    repeat or to the start of the list: they are done `times` times in all.
    """

    kind: ClassVar[str] = "repeat"

    times: int = Field(ge=1, le=10000, description="How often in all")
    steps: "tuple[AnyStep, ...] | None" = Field(
        None, description="What is repeated, else the steps above"
    )

    @field_validator("steps")
    @classmethod
    def _some_steps(cls, steps: tuple[Step, ...] | None) -> tuple[Step, ...] | None:
        if steps == ():
            raise ValueError("needs at least one step")
        return steps


COMPOUND: tuple[type[Step], ...] = (RateTest, Repeat)
STEPS: dict[str, type[Step]] = {
    step.kind: step
    for step in (Charge, Discharge, Hold, Rest, Sweep, Pulse, RateTest, Impedance, Load, Repeat)
}


def _kind(given: Any) -> str | None:
    if isinstance(given, Step):
        return given.kind
    if isinstance(given, dict) and len(given) == 1:
        return str(next(iter(given)))
    return None


class _OrText:
    """Steps may be written as text; `read_step` turns it into the mapping."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def read(given: Any) -> Any:
            return read_step(given) if isinstance(given, str) else given

        return core_schema.no_info_before_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell editors that a text is welcome as well."""
        text = {"type": "string", "description": 'a step such as "Charge at C/3 until 4.5 V"'}
        return {"anyOf": [text, handler(schema)]}


AnyStep = Annotated[
    Annotated[Charge, Tag("charge")]
    | Annotated[Discharge, Tag("discharge")]
    | Annotated[Hold, Tag("hold")]
    | Annotated[Rest, Tag("rest")]
    | Annotated[Sweep, Tag("sweep")]
    | Annotated[Pulse, Tag("pulse")]
    | Annotated[RateTest, Tag("rate_test")]
    | Annotated[Impedance, Tag("impedance")]
    | Annotated[Load, Tag("load")]
    | Annotated[Repeat, Tag("repeat")],
    Discriminator(_kind),
    _OrText(),
]
Repeat.model_rebuild()


def in_rates(step: Any, one_c: float) -> Any:
    """Return the step with every current [A/kg] written as a rate, where 1C is `one_c` [A/kg]."""
    if isinstance(step, Repeat):
        inner = None if step.steps is None else tuple(in_rates(s, one_c) for s in step.steps)
        return step.model_copy(update={"steps": inner})
    return _current_in_rate(step, one_c)


def _current_in_rate(model: BaseModel, one_c: float) -> BaseModel:
    """Return a step, or its ends, with `rate` in the place of `current`."""
    changes: dict[str, Any] = {}
    if (until := getattr(model, "until", None)) is not None:
        changes["until"] = _current_in_rate(until, one_c)
    if (current := getattr(model, "current", None)) is not None:
        changes |= {"rate": current / one_c, "current": None}
    return model.model_copy(update=changes)

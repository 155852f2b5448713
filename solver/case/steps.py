"""The steps of a protocol, each with the conditions that end it. Charging is positive."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Tag,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from solver.case.units import Rate, SpecificCapacity, SpecificCurrent, Time, Voltage


class Until(BaseModel):
    """When a step ends: the first condition that is met. At least one is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    voltage: Voltage | None = Field(None, gt=0, lt=6, description="Voltage that ends the step")
    rate: Rate | None = Field(None, gt=0, description="Rate that the current falls to")
    current: SpecificCurrent | None = Field(None, gt=0, description="The same, as a current")
    time: Time | None = Field(None, gt=0, description="Duration of the step")
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in the step")

    @model_validator(mode="after")
    def _some_end(self) -> Self:
        if not self.conditions():
            raise ValueError(f"needs at least one of {', '.join(type(self).model_fields)}")
        if self.rate is not None and self.current is not None:
            raise ValueError("give either rate or current, not both")
        return self

    def conditions(self) -> frozenset[str]:
        """Return the names of the conditions that are given."""
        return frozenset(name for name, value in self if value is not None)


class Step(BaseModel):
    """One step of the protocol. In YAML it is a mapping from its kind to its settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    useful_ends: ClassVar[frozenset[str]]

    until: Until

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        if isinstance(data, dict) and list(data) == [cls.kind]:
            return {} if data[cls.kind] is None else data[cls.kind]
        return data

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        if not self.until.conditions() & self.useful_ends:
            ends = ", ".join(sorted(self.useful_ends))
            raise ValueError(f"a {self.kind} never ends by itself: until needs one of {ends}")
        return self

    @model_serializer(mode="wrap")
    def _wrap(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {self.kind: handler(self)}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the mapping from the kind to the settings."""
        return {
            "type": "object",
            "properties": {cls.kind: handler.resolve_ref_schema(handler(schema))},
            "required": [cls.kind],
            "additionalProperties": False,
        }


class _ConstantCurrent(Step):
    """A step at constant current; `current` is turned into a rate when the case is read."""

    useful_ends: ClassVar[frozenset[str]] = frozenset({"voltage", "time", "capacity"})

    rate: Rate | None = Field(None, gt=0, description="Current in multiples of C, e.g. C/3")
    current: SpecificCurrent | None = Field(None, gt=0, description="Current per mass instead")

    @model_validator(mode="after")
    def _one_current(self) -> Self:
        if (self.rate is None) == (self.current is None):
            raise ValueError("needs either rate or current")
        return self


class Charge(_ConstantCurrent):
    """Lithium leaves the particle at constant current."""

    kind: ClassVar[str] = "charge"


class Discharge(_ConstantCurrent):
    """Lithium returns to the particle at constant current."""

    kind: ClassVar[str] = "discharge"


class Hold(Step):
    """The voltage is held."""

    kind: ClassVar[str] = "hold"
    useful_ends: ClassVar[frozenset[str]] = frozenset({"rate", "current", "time", "capacity"})

    voltage: Voltage = Field(gt=0, lt=6, description="The voltage that is held")


class Rest(Step):
    """No current flows."""

    kind: ClassVar[str] = "rest"
    useful_ends: ClassVar[frozenset[str]] = frozenset({"time"})


STEPS: dict[str, type[Step]] = {step.kind: step for step in (Charge, Discharge, Hold, Rest)}


def _kind(given: Any) -> str | None:
    if isinstance(given, Step):
        return given.kind
    if isinstance(given, dict) and len(given) == 1:
        return str(next(iter(given)))
    return None


AnyStep = Annotated[
    Annotated[Charge, Tag("charge")]
    | Annotated[Discharge, Tag("discharge")]
    | Annotated[Hold, Tag("hold")]
    | Annotated[Rest, Tag("rest")],
    Discriminator(_kind),
]


def in_rates(step: AnyStep, one_c: float) -> AnyStep:
    """Return the step with every current [A/kg] written as a rate, where 1C is `one_c` [A/kg]."""
    until = step.until
    if until.current is not None:
        until = until.model_copy(update={"rate": until.current / one_c, "current": None})
    changes: dict[str, Any] = {"until": until}
    if isinstance(step, Charge | Discharge) and step.current is not None:
        changes |= {"rate": step.current / one_c, "current": None}
    return step.model_copy(update=changes)


def contradiction(before: AnyStep, after: AnyStep) -> str | None:
    """Say why `after` would be over before it starts, if that is certain whatever the particle.

    Certain means: `before` can only end at a known voltage, and `after` pushes the voltage
    further in the direction in which its own end has already been passed.
    """
    start, end = _voltage_at_end(before), after.until.voltage
    if start is None or end is None or not isinstance(after, Charge | Discharge):
        return None
    rate_before = getattr(before, "rate", None) or 0.0
    relaxes = before.kind == after.kind and (after.rate or 0.0) < rate_before
    passed = end <= start if after.kind == "charge" else end >= start
    if relaxes or not passed:
        return None
    return (
        f"{after.kind} until {end:g} V starts at {start:g} V or beyond: it is already past its end"
    )


def _voltage_at_end(step: AnyStep) -> float | None:
    if isinstance(step, Hold):
        return step.voltage
    return step.until.voltage if step.until.conditions() == {"voltage"} else None

"""The steps that an instrument carries out, each with what ends it. Charging is positive."""

from math import log10
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from solver.protocol.opening import OpeningCase
from solver.units import usual
from solver.units.measures import (
    Frequency,
    Length,
    Rate,
    SpecificCapacity,
    SpecificCurrent,
    SweepRate,
    Time,
    Voltage,
)
from solver.units.section import STRICT

SWEEP_STEP = 5e-3  # V, most that a sweep moves in a time step


class _Ends(BaseModel):
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


class Until(_Ends):
    """When a step ends: the first condition that is met. At least one is needed."""

    voltage: Voltage | None = Field(None, gt=0, lt=6, description="Voltage that ends the step")
    rate: Rate | None = Field(None, gt=0, description="Rate that the current falls to")
    current: SpecificCurrent | None = Field(None, gt=0, description="The same, as a current")
    time: Time | None = Field(None, gt=0, description="Duration of the step")
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in the step")

    @model_validator(mode="after")
    def _one_current(self) -> Self:
        if self.rate is not None and self.current is not None:
            raise ValueError("give either rate or current, not both")
        return self


class PulseUntil(_Ends):
    """When a train of pulses ends: the first condition that is met. At least one is needed."""

    voltage: Voltage | None = Field(None, gt=0, lt=6, description="Voltage that ends a pulse")
    capacity: SpecificCapacity | None = Field(None, gt=0, description="Charge passed in all pulses")
    pulses: int | None = Field(None, ge=1, description="Number of pulses")


def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the keys of a model as a user writes them, by the names of its fields."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


class Step(BaseModel):
    """One step of the protocol. In YAML it is a mapping from its kind to its settings."""

    model_config = STRICT

    kind: ClassVar[str]

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return the keys of the settings as a user writes them, by the names of the fields."""
        return keys_of(cls)

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        if isinstance(data, dict) and list(data) == [cls.kind]:
            return {} if data[cls.kind] is None else data[cls.kind]
        return data

    @model_serializer(mode="wrap")
    def _wrap(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        keys = self.keys()
        return {self.kind: {keys[name]: value for name, value in handler(self).items()}}

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


class _Ending(Step):
    """A step that goes on until one of its conditions is met."""

    useful_ends: ClassVar[frozenset[str]]

    until: Until

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        given, ends = self.until.conditions(), ", ".join(sorted(self.useful_ends))
        if not given & self.useful_ends:
            raise ValueError(f"a {self.kind} never ends by itself: until needs one of {ends}")
        if given - self.useful_ends:
            never = ", ".join(sorted(given - self.useful_ends))
            raise ValueError(f"a {self.kind} never ends by its {never}: until may have {ends}")
        return self


class _Current(Step):
    """A step at constant current; `current` is turned into a rate when the case is read."""

    rate: Annotated[Rate | None, usual.RATE] = Field(
        None, gt=0, description="Current in multiples of C, e.g. C/3"
    )
    current: SpecificCurrent | None = Field(None, gt=0, description="Current per mass instead")

    @model_validator(mode="after")
    def _one_current(self) -> Self:
        if (self.rate is None) == (self.current is None):
            raise ValueError("needs either rate or current")
        return self


class _ConstantCurrent(_Current, _Ending):
    useful_ends: ClassVar[frozenset[str]] = frozenset({"voltage", "time", "capacity"})


class Charge(_ConstantCurrent):
    """Lithium leaves the particle at constant current."""

    kind: ClassVar[str] = "charge"


class Discharge(_ConstantCurrent):
    """Lithium returns to the particle at constant current."""

    kind: ClassVar[str] = "discharge"


class Hold(_Ending):
    """The voltage is held."""

    kind: ClassVar[str] = "hold"
    useful_ends: ClassVar[frozenset[str]] = frozenset({"rate", "current", "time", "capacity"})

    voltage: Voltage = Field(gt=0, lt=6, description="The voltage that is held")


class Rest(_Ending):
    """No current flows."""

    kind: ClassVar[str] = "rest"
    useful_ends: ClassVar[frozenset[str]] = frozenset({"time"})


class Sweep(Step):
    """The voltage is moved steadily to a limit, from where it is or from `from`, and back there."""

    kind: ClassVar[str] = "sweep"

    rate: Annotated[SweepRate, usual.SWEEP_RATE] = Field(
        gt=0, description="Speed of the voltage, upwards as downwards"
    )
    start: Voltage | None = Field(
        None, alias="from", gt=0, lt=6, description="Where it starts, else at the present voltage"
    )
    to: Voltage = Field(gt=0, lt=6, description="Where it ends")
    back: bool = Field(False, description="Whether it then returns to `from`")

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.start == self.to:
            raise ValueError(f"a sweep from {self.to:g} V to {self.to:g} V goes nowhere")
        if self.back and self.start is None:
            raise ValueError("a sweep back needs to know where: give 'from'")
        return self

    def longest_time_step(self) -> float:
        """Return the time in which the voltage moves by 5 mV, in s."""
        return SWEEP_STEP / self.rate


class Pulse(_Current):
    """Short pulses of constant current, each followed by a rest (GITT)."""

    kind: ClassVar[str] = "pulse"

    direction: Literal["charge", "discharge"] = "charge"
    duration: Time = Field(gt=0, description="Duration of a pulse")
    rest: Time = Field(gt=0, description="Duration of the rest after it")
    until: PulseUntil
    diffusion_length: Length | None = Field(
        None, gt=0, description="R of the apparent D; else 3 volume/outer area of the particle"
    )

    def one_pulse(self, capacity: float | None) -> Charge | Discharge:
        """Return a single pulse that passes no more than a capacity [A s/kg]."""
        kind = Charge if self.direction == "charge" else Discharge
        until = Until(time=self.duration, voltage=self.until.voltage, capacity=capacity)
        return kind(rate=self.rate, current=self.current, until=until)

    def one_rest(self) -> Rest:
        """Return the rest after a pulse."""
        return Rest(until=Until(time=self.rest))


class Impedance(Step):
    """A spectrum of the small-signal impedance; no time passes."""

    kind: ClassVar[str] = "impedance"

    start: Frequency = Field(alias="from", gt=0, description="First frequency")
    to: Frequency = Field(gt=0, description="Last frequency")
    points_per_decade: int = Field(6, ge=1, le=100)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start <= self.to:
            raise ValueError("a spectrum goes from its highest frequency down to its lowest")
        return self

    def frequencies(self) -> list[float]:
        """Return the frequencies in Hz, both ends among them, evenly spaced by their logarithm."""
        decades = log10(self.start / self.to)
        intervals = max(round(decades * self.points_per_decade), 1)
        return [self.start * 10 ** (-decades * n / intervals) for n in range(intervals)] + [self.to]


class Load(Step):
    """The loads are increased to a factor, or until surfaces have moved apart."""

    kind: ClassVar[str] = "load"

    to: float | None = Field(None, description="Load factor at the end")
    opening: OpeningCase | None = Field(
        None, description="What controls the load instead: the load factor is found"
    )
    increments: int = Field(20, ge=1, le=100_000, description="Increments, more where needed")
    duration: Time | None = Field(
        None, gt=0, description="Time that the increments take, for laws that know time"
    )

    @model_validator(mode="after")
    def _one_control(self) -> Self:
        if (self.to is None) == (self.opening is None):
            raise ValueError("needs either to (a load factor) or opening")
        return self


SimpleStep = Charge | Discharge | Hold | Rest | Sweep | Pulse | Impedance

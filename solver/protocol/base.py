"""What every item of a protocol is, and what every step that an instrument carries out answers.

A kind of step is one class in one file of this package, named once more in `kinds.py`. Its class
holds all that there is to know of it: its settings and its sentence, what is wrong with it after
another step, how long it takes at equilibrium, what it imposes, its ends, and its tables.
"""

from abc import abstractmethod
from collections.abc import Iterator
from math import inf
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import (
    BaseModel,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.increased import Increased
from solver.protocol.phases import Phases, Reading, Scale
from solver.protocol.tables import Row, StepTable
from solver.protocol.text import Settings, Words, read_temperature
from solver.protocol.words import temperature_in_words
from solver.units import usual
from solver.units.measures import COLDEST, HOTTEST, Temperature
from solver.units.section import STRICT

Place = tuple[int | str, ...]


def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """Return the keys of a model as a user writes them, by the names of its fields."""
    return {name: field.alias or name for name, field in model.model_fields.items()}


class Step(BaseModel):
    """One step of the protocol. In YAML it is a mapping from its kind to its settings.

    kind: its name. sentence: how it is written as text, nothing if it has no words. example: of its
    settings, where what it needs is not enough. tables: what a run writes of such steps.
    """

    model_config = STRICT

    kind: ClassVar[str]
    sentence: ClassVar[str] = ""
    example: ClassVar[Settings | None] = None
    tables: ClassVar[tuple[StepTable, ...]] = ()

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return the keys of the settings as a user writes them, by the names of the fields."""
        return keys_of(cls)

    @classmethod
    def from_words(cls, words: Words) -> Settings:
        """Return the mapping that the words after the kind stand for; ValueError at a wrong one."""
        return {cls.kind: cls.read(words)}

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        raise ValueError(f"a {cls.kind} has no words")

    def in_words(self) -> str:
        """Return the text of the step; ValueError if it has settings that have no words."""
        raise ValueError(f"a {self.kind} has no words")

    def in_rates(self, one_c: float) -> Self:
        """Return the step with every current [A/kg] as a rate, where 1C is `one_c` [A/kg]."""
        return self

    @abstractmethod
    def carried_out(self, place: Place) -> "Iterator[Part]":
        """Return the steps that an instrument carries out, one after another, and their places.

        place: where this step stands in the protocol.
        """

    def steps_above(self) -> int | None:
        """Return how often in all the steps above it are done, None if that is not its business."""
        return None

    def inside(self) -> "tuple[Inside, ...]":
        """Return the lists of steps that are written inside it."""
        return ()

    def contradictions(self) -> dict[Place, str]:
        """Return what is wrong with its settings beside each other, by their places in them."""
        return {}

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


class Inside(NamedTuple):
    """A list of steps inside a step. title: when they are done. place: where the list stands."""

    title: str
    place: Place
    steps: tuple[Step, ...]


class Around(NamedTuple):
    """What a case has: chemistry, loads, and stress that counts in the potential."""

    chemistry: bool
    loads: bool
    stress: bool


class SimpleStep(Step):
    """A step that an instrument carries out. Rates are positive while charging.

    by_current: whether it imposes the current. lasts: whether time passes. A temperature that one
    step gives stays until another gives one.
    """

    by_current: ClassVar[bool] = False
    lasts: ClassVar[bool] = True

    temperature: Annotated[Temperature | None, usual.TEMPERATURE] = Field(
        None, ge=COLDEST, le=HOTTEST, description="From its beginning on; default: as it was"
    )

    @classmethod
    def from_words(cls, words: Words) -> Settings:
        """Return the mapping that the words after the kind stand for; ValueError at a wrong one."""
        return {cls.kind: cls.read(words) | read_temperature(words)}

    def in_words(self) -> str:
        """Return the text of the step, with the temperature that it gives."""
        at = "" if self.temperature is None else f" at {temperature_in_words(self.temperature)}"
        return self.told() + at

    def told(self) -> str:
        """Return the text without the temperature; ValueError if the step has no words."""
        raise ValueError(f"a {self.kind} has no words")

    def name(self) -> str:
        """Return what a plan and messages call it."""
        return self.in_words()

    def carried_out(self, place: Place) -> "Iterator[Part]":
        """Return the step itself."""
        yield Part(self, place)

    def way(self, voltage: float | None) -> int:
        """Return 1 if the step charges, -1 if it discharges, 0 if that is not known beforehand.

        voltage: where the step starts, if known.
        """
        return 0

    def voltage_at_end(self) -> float | None:
        """Return the voltage that the step certainly ends at, None if it may end anywhere."""
        return None

    def rate_at_end(self) -> float | None:
        """Return the rate that it certainly ends with, None if it may be any."""
        return None

    def lets_relax(self, rate: float) -> bool:
        """Return whether the voltage may go back when a current of that rate comes after it."""
        return False

    def over_after(self, before: "SimpleStep") -> str | None:
        """Say why it would be over before it starts, None if that is not certain."""
        return None

    def voltages(self) -> list[float]:
        """Return the voltages that it names, which the particle must be able to have."""
        return []

    def temperature_at_end(self, before: float) -> float:
        """Return the temperature that it leaves behind, K, from one before it."""
        return before if self.temperature is None else self.temperature

    def from_temperature(self, start: float) -> str | None:
        """Say why it cannot be carried out from a temperature, K, None if it can."""
        return None

    def unsuited(self, around: Around) -> str | None:
        """Say why it cannot be carried out in such a case, None if it can."""
        return None if around.chemistry else "without physics.transport there are only load steps"

    def past_its_end(self, voltage: float) -> str | None:
        """Say that it would be over at once if it started from rest at a voltage."""
        return None

    def unreachable(self, now: Moment, oxide: Equilibrium) -> str | None:
        """Say why its end can never come, None if it may."""
        return None

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return how long it takes at equilibrium, and where it ends."""
        return Estimate(0.0, now)

    @property
    def longest_time_step(self) -> float:
        """Longest time step that follows what it imposes, s."""
        return inf

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far it is on its way to each of its ends, 0 to 1.

        start, now: rows of the history, at its beginning and at present. one_c: 1C, A/kg.
        """
        return []

    def frequencies(self) -> list[float]:
        """Return the frequencies in Hz at which the impedance is measured when it begins."""
        return []

    def increased(self) -> Increased | None:
        """Return how it increases the loads where there is no time, None if it does not."""
        return None

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return what it imposes, one phase after another; each is answered with how it ended.

        now: what the instruments show at its beginning.
        """
        raise NotImplementedError(f"a {self.kind} imposes nothing")


class Round(NamedTuple):
    """One time that a repeat does its steps.

    repeat: where it stands in the protocol. number: from 1. of: how many there are. check: whether
    this is what is carried out after the round, to see how the particle is.
    """

    repeat: Place
    number: int
    of: int
    check: bool = False


class Part(NamedTuple):
    """A step to be carried out. place: where it stands in the protocol.

    round: of the innermost repeat that it belongs to, None outside of repeats.
    """

    step: SimpleStep
    place: Place
    round: Round | None = None

    def within(self, outer: Round) -> "Part":
        """Return it as a part of a round; one of an inner repeat stays that, and is a check too."""
        if self.round is None:
            return self._replace(round=outer)
        return self._replace(round=self.round._replace(check=self.round.check or outer.check))

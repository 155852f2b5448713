"""Repeat: steps several times."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from solver.protocol.base import Inside, Part, Place, Round, Step
from solver.protocol.sequence import in_order
from solver.protocol.text import Settings, Words
from solver.units.section import STRICT

if TYPE_CHECKING:
    from solver.protocol.kinds import AnyStep


class Check(BaseModel):
    """Steps that are carried out after some rounds of a repeat, to see how the particle is."""

    model_config = STRICT

    at: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        description="After which rounds, from 1",
        json_schema_extra={"minItems": 1},
        examples=[[1, 50, 100]],
    )
    steps: "tuple[AnyStep, ...]" = Field(
        description="What is carried out then",
        json_schema_extra={"minItems": 1},
        examples=[["Charge at C/20 until 4.3 V", "Discharge at C/20 until 2.7 V"]],
    )

    @field_validator("at", "steps")
    @classmethod
    def _some(cls, given: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        if not given:
            raise ValueError(f"needs at least one {'round' if info.field_name == 'at' else 'step'}")
        return given

    def title(self) -> str:
        """Return when it is carried out."""
        return f"after round{'s' if len(self.at) > 1 else ''} {', '.join(map(str, self.at))}"


class Repeat(Step):
    """Its steps, several times in all.

    Without steps of its own it repeats those above it in its list, back to the previous such
    repeat or to the start of the list: they are done `times` times in all. One with steps of its
    own may have others that are carried out after some of its rounds.
    """

    kind: ClassVar[str] = "repeat"
    sentence: ClassVar[str] = "Repeat N times"
    example: ClassVar[Settings | None] = {
        "times": 100,
        "steps": ["Charge at C/3 until 4.3 V", "Discharge at C/3 until 2.7 V"],
    }

    times: int = Field(ge=1, le=10000, description="How often in all", examples=[200])
    steps: "tuple[AnyStep, ...] | None" = Field(
        None,
        description="What is repeated, else the steps above",
        examples=[["Charge at C/3 until 4.3 V", "Discharge at C/3 until 2.7 V"]],
    )
    checks: tuple[Check, ...] | None = Field(
        None,
        description="What is carried out after some of the rounds, in this order",
        examples=[
            [
                {
                    "at": [1, 100, 200],
                    "steps": ["Charge at C/20 until 4.3 V", "Discharge at C/20 until 2.7 V"],
                }
            ]
        ],
    )

    @field_validator("steps")
    @classmethod
    def _some_steps(cls, steps: tuple[Step, ...] | None) -> tuple[Step, ...] | None:
        if steps == ():
            raise ValueError("needs at least one step")
        return steps

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        times = words.number("a whole number")
        words.need("times", "time")
        return {"times": times}

    def in_words(self) -> str:
        """Return the text of the step; ValueError if it has steps of its own."""
        return super().in_words() if self.steps else f"Repeat {self.times} times"

    def in_rates(self, one_c: float) -> Self:
        """Return it with the currents of its steps [A/kg] as rates, where 1C is `one_c` [A/kg]."""
        if self.steps is None:
            return self
        changed: dict[str, Any] = {"steps": _in_rates(self.steps, one_c)}
        if self.checks is not None:
            changed["checks"] = tuple(
                check.model_copy(update={"steps": _in_rates(check.steps, one_c)})
                for check in self.checks
            )
        return self.model_copy(update=changed)

    def carried_out(self, place: Place) -> Iterator[Part]:
        """Return its own steps as often as they are done, and the checks after some rounds."""
        own = (*place, self.kind)
        for number in range(1, self.times + 1):
            now = Round(place, number, self.times)
            yield from _within(now, self.steps or (), (*own, "steps"))
            for which, check in enumerate(self.checks or ()):
                if number in check.at:
                    after = now._replace(check=True)
                    yield from _within(after, check.steps, (*own, "checks", which, "steps"))

    def steps_above(self) -> int | None:
        """Return how often in all the steps above it are done, None if it has its own."""
        return self.times if self.steps is None else None

    def inside(self) -> tuple[Inside, ...]:
        """Return its own steps, and those of its checks."""
        if self.steps is None:
            return ()
        checks = (
            Inside(check.title(), ("checks", which, "steps"), check.steps)
            for which, check in enumerate(self.checks or ())
        )
        return Inside(f"{self.times} times", ("steps",), self.steps), *checks

    def contradictions(self) -> dict[Place, str]:
        """Return which checks come after rounds that are not, or twice after the same."""
        if self.checks and self.steps is None:
            return {("checks",): "only a repeat with steps of its own has checks"}
        wrong: dict[Place, str] = {}
        for which, check in enumerate(self.checks or ()):
            for entry, number in enumerate(check.at):
                if number > self.times:
                    why = f"there is no round {number}: times is {self.times}"
                    wrong["checks", which, "at", entry] = why
                elif number in check.at[:entry]:
                    wrong["checks", which, "at", entry] = f"round {number} is there twice"
        return wrong


def _within(now: Round, steps: Sequence[Step], place: Place) -> Iterator[Part]:
    return (part.within(now) for part in in_order(steps, place))


def _in_rates(steps: Sequence[Step], one_c: float) -> tuple[Step, ...]:
    return tuple(step.in_rates(one_c) for step in steps)

"""Repeat: steps several times."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import Field, field_validator

from solver.protocol.base import Part, Place, Step
from solver.protocol.sequence import in_order
from solver.protocol.text import Settings, Words

if TYPE_CHECKING:
    from solver.protocol.kinds import AnyStep


class Repeat(Step):
    """Its steps, several times in all.

    Without steps of its own it repeats those above it in its list, back to the previous such
    repeat or to the start of the list: they are done `times` times in all.
    """

    kind: ClassVar[str] = "repeat"
    sentence: ClassVar[str] = "Repeat N times"

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

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        times = words.number("a whole number")
        words.need("times", "time")
        return {"times": times}

    def in_words(self) -> str:
        """Return the text of the step; ValueError if it has steps of its own."""
        return super().in_words() if self.steps else f"Repeat {self.times} times"

    def title(self) -> str:
        """Return how often its own steps are done."""
        return f"{self.times} times"

    def in_rates(self, one_c: float) -> Self:
        """Return it with the currents of its steps [A/kg] as rates, where 1C is `one_c` [A/kg]."""
        if self.steps is None:
            return self
        return self.model_copy(update={"steps": tuple(s.in_rates(one_c) for s in self.steps)})

    def carried_out(self, place: Place) -> Iterator[Part]:
        """Return its own steps as often as they are done."""
        for _ in range(self.times):
            yield from in_order(self.steps_inside(), (*place, self.kind, "steps"))

    def steps_above(self) -> int | None:
        """Return how often in all the steps above it are done, None if it has its own."""
        return self.times if self.steps is None else None

    def steps_inside(self) -> tuple[Step, ...]:
        """Return its own steps."""
        return self.steps or ()

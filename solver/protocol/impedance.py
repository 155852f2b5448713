"""Impedance: a spectrum is measured."""

from math import log10
from typing import ClassVar, Self

from pydantic import Field, model_validator

from solver.protocol.base import SimpleStep
from solver.protocol.phases import Phases, Scale
from solver.protocol.text import Settings, Words
from solver.protocol.words import frequency_in_words
from solver.units.measures import Frequency


class Impedance(SimpleStep):
    """A spectrum of the small-signal impedance; no time passes."""

    kind: ClassVar[str] = "impedance"
    sentence: ClassVar[str] = "Impedance from FREQUENCY to FREQUENCY [with N points per decade]"
    lasts: ClassVar[bool] = False

    start: Frequency = Field(alias="from", gt=0, description="First frequency")
    to: Frequency = Field(gt=0, description="Last frequency")
    points_per_decade: int = Field(6, ge=1, le=100)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start <= self.to:
            raise ValueError("a spectrum goes from its highest frequency down to its lowest")
        return self

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        words.need("from")
        settings: Settings = {"from": words.quantity("frequency")[1]}
        words.need("to")
        settings["to"] = words.quantity("frequency")[1]
        if words.next_is("with", ","):
            settings["points_per_decade"] = words.number("a number of points")
            words.need("points", "point")
            words.need("per")
            words.need("decade")
        return settings

    def in_words(self) -> str:
        """Return the text of the step."""
        ends = f"from {frequency_in_words(self.start)} to {frequency_in_words(self.to)}"
        return f"Impedance {ends} with {self.points_per_decade} points per decade"

    def frequencies(self) -> list[float]:
        """Return the frequencies in Hz, both ends among them, evenly spaced by their logarithm."""
        decades = log10(self.start / self.to)
        intervals = max(round(decades * self.points_per_decade), 1)
        return [self.start * 10 ** (-decades * n / intervals) for n in range(intervals)] + [self.to]

    def phases(self, voltage: float, scale: Scale) -> Phases:
        """Return nothing: it leaves everything as it was."""
        yield from ()

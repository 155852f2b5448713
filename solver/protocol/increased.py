"""Loads that are increased in increments: to a factor, or until surfaces have moved apart."""

from typing import NamedTuple, Self

from pydantic import Field, model_validator

from solver.units.axes import Axis
from solver.units.measures import Length
from solver.units.section import Section


class OpeningCase(Section):
    """A displacement of one surface, or of one relative to another, that controls the load."""

    between: tuple[str, ...] = Field(
        description="One surface, or two: the first less the second", examples=[["upper", "lower"]]
    )
    along: Axis = Field(description="Component of their mean displacements")
    to: Length = Field(description="Where it ends", examples=["2 um"])

    @model_validator(mode="after")
    def _one_or_two(self) -> Self:
        if len(self.between) not in (1, 2) or len(set(self.between)) < len(self.between):
            raise ValueError("between: needs one surface or two different ones")
        return self


class Increased(NamedTuple):
    """How loads are increased.

    until: load factor, or opening that they end at. increments: number of them, more where
    needed. duration: s, None for laws that know no time.
    """

    until: float | OpeningCase
    increments: int
    duration: float | None

"""An opening that controls a load."""

from typing import Self

from pydantic import Field, model_validator

from solver.units.axes import Axis
from solver.units.measures import Length
from solver.units.section import Section


class OpeningCase(Section):
    """A displacement of one surface, or of one relative to another, that controls the load."""

    between: tuple[str, ...] = Field(description="One surface, or two: the first less the second")
    along: Axis = Field(description="Component of their mean displacements")
    to: Length = Field(description="Where it ends")

    @model_validator(mode="after")
    def _one_or_two(self) -> Self:
        if len(self.between) not in (1, 2) or len(set(self.between)) < len(self.between):
            raise ValueError("between: needs one surface or two different ones")
        return self

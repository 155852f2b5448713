"""Load: the loads are increased, without chemistry."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from solver.protocol.base import SimpleStep
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.units.axes import Axis
from solver.units.measures import Length, Time
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


class Load(SimpleStep):
    """The loads are increased to a factor, or until surfaces have moved apart."""

    kind: ClassVar[str] = "load"
    by_load: ClassVar[bool] = True

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

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return its time; it leaves the occupancy as it was."""
        return Estimate(self.duration or 0.0, now)

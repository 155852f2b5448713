"""Load: the loads are increased; with chemistry in time, while no current flows."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar, Self

from pydantic import Field, model_validator

from solver.protocol.base import Around, SimpleStep
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.increased import Increased, OpeningCase
from solver.protocol.phases import Imposed, Phase, Phases, Reading, Scale
from solver.protocol.tables import Row
from solver.protocol.text import Settings
from solver.units.measures import Time


@dataclass(frozen=True, kw_only=True)
class LoadPhase(Phase):
    """No current, while the load factor goes evenly from its start to its end, s."""

    start: float
    end: float
    duration: float

    def imposed(self, time: float) -> Imposed:
        """Return no current, and the load factor."""
        way = (self.end - self.start) * min(time / self.duration, 1.0)
        return Imposed(current=0.0, load=self.start + way)

    def time_left(self, reading: Reading) -> float:
        """Return the time to its end."""
        return self.duration - reading.time


class Load(SimpleStep):
    """The loads are increased to a factor, or until surfaces have moved apart."""

    kind: ClassVar[str] = "load"
    example: ClassVar[Settings | None] = {"to": 1.0}
    by_current: ClassVar[bool] = True

    to: float | None = Field(None, description="Load factor at the end", examples=[1.0])
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

    def name(self) -> str:
        """Return what a plan and messages call it."""
        return "Load to an opening" if self.to is None else f"Load to {self.to:g}"

    def increased(self) -> Increased:
        """Return how the loads are increased where there is no time."""
        until = self.opening if self.to is None else self.to
        assert until is not None
        return Increased(until, self.increments, self.duration)

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return its time; it leaves the occupancy as it was."""
        return Estimate(self.duration or 0.0, now)

    def unsuited(self, around: Around) -> str | None:
        """With chemistry it takes time, and goes to a load factor of what there is."""
        if not around.chemistry:
            return None
        if not around.loads:
            return "there are no loads that it could increase"
        if self.opening is not None:
            return "an opening finds its load only without chemistry: give the load factor, to"
        if self.duration is None:
            return "a load takes time where there is chemistry: give it a duration"
        return None

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return the way from the present load factor, with chemistry and without a current."""
        assert self.to is not None
        assert self.duration is not None
        yield LoadPhase(
            self.name(),
            longest_time_step=self.longest_time_step,
            start=now.load,
            end=self.to,
            duration=self.duration,
        )

    @property
    def longest_time_step(self) -> float:
        """Longest time step that follows its way, s."""
        return (self.duration or inf) / self.increments

    def shares_done(self, start: Row, now: Row, one_c: float) -> list[float]:
        """Return how far it is: increments that take no time count as a second each."""
        whole = self.duration or float(self.increments)
        return [(now["Test Time / s"] - start["Test Time / s"]) / whole]

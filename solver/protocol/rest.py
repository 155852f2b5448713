"""Rest: no current flows."""

from typing import ClassVar

from solver.protocol.current import CurrentPhase
from solver.protocol.ends import Ending
from solver.protocol.equilibrium import Equilibrium, Estimate, Moment
from solver.protocol.phases import Phases, Reading, Scale
from solver.protocol.text import Settings, Words, read_ends


class Rest(Ending):
    """No current flows."""

    kind: ClassVar[str] = "rest"
    sentence: ClassVar[str] = "Rest for TIME"
    example: ClassVar[Settings | None] = {"until": {"time": "10 min"}}
    useful_ends: ClassVar[frozenset[str]] = frozenset({"time"})
    by_current: ClassVar[bool] = True

    @classmethod
    def read(cls, words: Words) -> Settings:
        """Return the settings in the words after the kind; ValueError at one that is wrong."""
        return {"until": read_ends(words, "time")}

    def told(self) -> str:
        """Return the text of the step without its temperature."""
        return f"Rest {self.until.in_words()}"

    def forecast(self, now: Moment, oxide: Equilibrium) -> Estimate:
        """Return its time; it leaves the occupancy as it was."""
        return Estimate(self.until.time, now)

    def phases(self, now: Reading, scale: Scale) -> Phases:
        """Return no current, for its time."""
        yield self.phase(scale)

    def phase(self, scale: Scale, pulse: int = 0) -> CurrentPhase:
        """Return its only phase, or that after a pulse of a train."""
        return CurrentPhase(self.in_words(), pulse, current=0.0, until=self.until, scale=scale)

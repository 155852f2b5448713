"""How far a step of the protocol is, so that a run can go on inside it.

Phases come from a generator, which cannot be saved. Begun with the same reading, and told the same
ends, it stands where it stood.
"""

from dataclasses import dataclass, field

from solver.protocol.base import SimpleStep
from solver.protocol.phases import Ended, Phase, Phases, Reading, Scale
from solver.units.memory import Memory, saved


@dataclass
class Trail:
    """What the phases of a step were begun with, and how each that is over has ended.

    measured: whether what is measured at the beginning of the step has been. within: whether its
    present phase has begun.
    """

    measured: bool = False
    begun: Reading | None = None
    ended: list[Ended] = field(default_factory=list)
    within: bool = False

    def follow(self, step: SimpleStep, now: Reading, scale: Scale) -> tuple[Phases, Phase | None]:
        """Begin the phases of a step, or find them again; return the present one, None behind all.

        now: what the instruments show, if the step begins.
        """
        self.begun = self.begun or now
        phases = step.phases(self.begun, scale)
        phase = next(phases, None)
        for ended in self.ended:
            phase = next_phase(phases, ended)
        return phases, phase

    def end(self, phases: Phases, ended: Ended) -> Phase | None:
        """Note how the present phase has ended; return what the step does then, None if no more."""
        self.ended.append(ended)
        self.within = False
        return next_phase(phases, ended)

    def save(self) -> Memory:
        """Return where in the step it is."""
        begun = None if self.begun is None else saved(self.begun)
        ended = [saved(each) for each in self.ended]
        return {"measured": self.measured, "begun": begun, "ended": ended, "within": self.within}

    def load(self, memory: Memory) -> None:
        """Be there."""
        self.measured, self.within = memory["measured"], memory["within"]
        self.begun = None if memory["begun"] is None else Reading(**memory["begun"])
        self.ended = [Ended(**each) for each in memory["ended"]]


def next_phase(phases: Phases, ended: Ended) -> Phase | None:
    """Return what a step does after a phase that ended so, None if it is done."""
    try:
        return phases.send(ended)
    except StopIteration:
        return None

"""Which moments of a run become frames of its fields, and how they are kept."""

from collections.abc import Sequence
from math import ceil
from typing import Literal, get_args

from pydantic import Field

from solver.protocol import PlannedStep
from solver.units.measures import Time
from solver.units.section import Section

EVERY_STEP, EVERY_CYCLE = "end of step", "end of cycle"
State = Literal[
    "end of step",
    "end of cycle",
    "end of charge",
    "end of discharge",
    "end of hold",
    "end of rest",
    "end of sweep",
    "end of pulse",
    "end of impedance",
    "end of load",
]
STATES: tuple[str, ...] = get_args(State)
USUAL = 600.0  # s between two frames


class FieldsCase(Section):
    """The fields for ParaView. The first and the last moment of a run are always kept."""

    enabled: bool = Field(True, description="Whether any are written")
    format: Literal["vtu", "vtkhdf"] = Field(
        "vtu",
        description="vtu: a file for every frame and rank, which any ParaView opens; vtkhdf: one "
        "for the grains and one for the boundaries, which ParaView opens from 5.12 on",
    )
    interval: Time | None = Field(
        None,
        gt=0,
        description="Simulated time between frames; default 10 min, and none where at or "
        "every_steps is given",
    )
    every_steps: int | None = Field(
        None, ge=1, description="Number of time steps between frames", examples=[10]
    )
    at: tuple[State, ...] | None = Field(
        None,
        description="States that become frames; default: the ends of all steps",
        examples=[["end of charge", "end of discharge"]],
    )
    every_cycles: int = Field(
        1, ge=1, description="Frames only in every so manyth cycle, from the first on"
    )

    @property
    def between(self) -> float | None:
        """Simulated time between two frames, s; None if time does not count."""
        thinned = self.at is not None or self.every_steps is not None
        return self.interval or (None if thinned else USUAL)

    def in_cycle(self, cycle: int) -> bool:
        """Whether a cycle, from 1, has frames."""
        return (cycle - 1) % self.every_cycles == 0

    def at_end_of(self, steps: Sequence[PlannedStep], number: int) -> bool:
        """Whether the end of a step of the protocol, by its number from 0, is a frame."""
        states = {EVERY_STEP, f"end of {steps[number].step.kind}"}
        if number + 1 == len(steps) or steps[number + 1].cycle != steps[number].cycle:
            states.add(EVERY_CYCLE)
        asked = (EVERY_STEP,) if self.at is None else self.at
        return self.in_cycle(steps[number].cycle) and not states.isdisjoint(asked)

    def frames_in(
        self, steps: Sequence[PlannedStep], number: int, duration: float, time_steps: int
    ) -> int:
        """Return how many frames a step has, the one at its end included.

        number: of the step, from 0. duration: s. time_steps: that it takes at least.
        """
        if not self.in_cycle(steps[number].cycle):
            return 0
        by_time = 0.0 if self.between is None else duration / self.between
        by_steps = 0.0 if self.every_steps is None else time_steps / self.every_steps
        within = ceil(max(by_time, by_steps) * (1 - 1e-9)) - 1  # before the end
        return min(max(within, 0), time_steps - 1) + self.at_end_of(steps, number)

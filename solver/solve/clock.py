"""Where in the protocol a run is."""

from dataclasses import dataclass, field

from solver.units.memory import Memory, load_into, saved


@dataclass
class Jumped:
    """What the cycles have come to that were not resolved.

    cycles: their number. side_charge: that side reactions took, pC. lithium: that the body gained
    beyond what flowed, fmol.
    """

    cycles: int = 0
    side_charge: float = 0.0
    lithium: float = 0.0


@dataclass
class Clock:
    """Where in the protocol a run is; times in s, charges in pC (signed).

    Time runs on in cycles that are jumped, charges are those that flowed in resolved ones. step:
    number in the list of all steps, from 0. pulse: number in a train of pulses, from 1; 0
    elsewhere. A phase is a step, or one pulse or rest of a train.
    """

    time: float = 0.0
    step_time: float = 0.0
    phase_time: float = 0.0
    dt: float = 0.0
    cycle: int = 1
    step: int = 0
    pulse: int = 0
    step_charge: float = 0.0
    phase_charge: float = 0.0
    net_charge: float = 0.0
    parasitic_charge: float = 0.0
    jumped: Jumped = field(default_factory=Jumped)

    @property
    def side_charge(self) -> float:
        """All that side reactions took, in jumped cycles too, pC."""
        return self.parasitic_charge + self.jumped.side_charge

    def save(self) -> Memory:
        """Return all its hands."""
        return saved(self)

    def load(self, memory: Memory) -> None:
        """Stand where it stood."""
        load_into(self, memory)

    def begin_step(self, number: int, cycle: int) -> None:
        """Go on to another step."""
        self.step, self.cycle, self.pulse = number, cycle, 0
        self.step_time = self.step_charge = 0.0

    def begin_phase(self, pulse: int) -> None:
        """Go on to another pulse or rest, or to the only phase of a step."""
        self.pulse = pulse
        self.phase_time = self.phase_charge = 0.0

    def advance(self, dt: float, current: float, parasitic: float = 0.0) -> None:
        """Let time pass while a current (pA) flows, a part of which moves no lithium."""
        self.dt = dt
        self.time += dt
        self.step_time += dt
        self.phase_time += dt
        self.step_charge += current * dt
        self.phase_charge += current * dt
        self.net_charge += current * dt
        self.parasitic_charge += parasitic * dt

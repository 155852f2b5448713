"""What the loop is told about every accepted step, and what it asks of whatever takes the steps."""

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from solver.model.electro.flows import StagePart
from solver.model.state import State
from solver.output.observe.now import Effort, Followed
from solver.protocol.base import SimpleStep
from solver.protocol.tables import Spectrum
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]


class Done(NamedTuple):
    """A step that was just accepted, or a spectrum that was measured meanwhile.

    dt: time that the laws know of, s. passed: on the clock, s, where increments that take no time
    count as a second. work: that the loads did, pJ. jumped: whether it lost its minimum on the way.
    ends: whether a step of the protocol is done with it. current, parasitic: means over the step of
    the current and of the part of it that moves no lithium, pA. earlier: what flowed in the part of
    it for which what flows now does not stand.
    """

    dt: float = 0.0
    passed: float = 0.0
    work: float = 0.0
    jumped: bool = False
    effort: Effort = Effort()
    ends: bool = False
    spectrum: Spectrum | None = None
    current: float = 0.0
    parasitic: float = 0.0
    earlier: StagePart | None = None


def added(counts: dict[str, int], more: dict[str, int], times: int = 1) -> dict[str, int]:
    """Return counts with others added to them."""
    return {name: count + times * more.get(name, 0) for name, count in counts.items()}


class Way(Protocol):
    """Goes from one equilibrium to the next: in time or by load. All methods are collective."""

    @property
    def followed(self) -> Followed:
        """What follows the loads."""

    @property
    def old(self) -> State:
        """The state that was accepted last."""

    def begin(self) -> None:
        """Bring the body into equilibrium, and accept that."""

    def warm(self, temperature: float) -> None:
        """Give the body another temperature, K, where it was accepted last; MaterialError."""

    def follow(self, step: SimpleStep) -> Iterator[Done]:
        """Carry out a step of the protocol, or the rest of it behind `load`.

        What is done each time is accepted before the next.
        """

    def accept(self, dt: float, damage: float) -> None:
        """Keep the state as it is now. damage: the largest by what is slow in this step."""

    def restore(self) -> None:
        """Go back to the state that was accepted last."""

    def save(self) -> Memory:
        """Return what it must know to go on from the accepted step."""

    def load(self, memory: Memory) -> None:
        """Go on from what was saved, with the state of the model as it was then."""

    def stress(self) -> Floats:
        """Return the stress at the nodes as it is now, MPa (nodes, 6)."""

    def where(self) -> str:
        """Say where it is."""

    def totals(self) -> dict[str, Any]:
        """Return what it took so far, by the keys of the summary."""

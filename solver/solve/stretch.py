"""How far a load step is on its way, so that a run can go on inside it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class LoadedState:
    """An equilibrium: unknowns, damage, slip and traction of the boundary points, load, forces."""

    unknowns: list[Floats]
    damage: Floats
    slid: tuple[Floats, Floats]
    traction: Floats
    factor: float
    internal: Floats


@dataclass
class Driven:
    """A crack that is driven where an increment could not be taken.

    goal: share of the step where the increment ends. target: of the control there. dt: time that
    it takes, s. ahead: share of the step that it takes, with its sign. sign: of the way of the
    control. work: of tractions on the process zone in the next increment of the crack, pJ; 0 once
    it is over. count: increments of the crack that were tried.
    """

    goal: float
    target: float
    dt: float
    ahead: float
    sign: float = 0.0
    work: float = 0.0
    count: int = 0


@dataclass
class Stretch:
    """How far a step is on its way, beside its progress.

    start: where the control began. size: share of the step that the next increment has. passed:
    time since the step began, s. driven: the crack, if one is.
    """

    start: float
    size: float
    passed: float = 0.0
    driven: Driven | None = None


def stretch_from(memory: Memory | None) -> Stretch | None:
    """Return what was saved of one, None if no step was on its way."""
    if memory is None or memory["driven"] is None:
        return None if memory is None else Stretch(**memory)
    return Stretch(**{**memory, "driven": Driven(**memory["driven"])})

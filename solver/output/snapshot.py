"""What trackers see of a run: one description at the start, one snapshot per accepted step."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.case import Case
from solver.mechanisms import Mechanism
from solver.model.spaces import Spaces
from solver.model.state import State
from solver.particle.mesh import Particle
from solver.protocol.tables import Spectrum
from solver.units.acceleration import accelerations
from solver.units.columns import Column
from solver.units.memory import Memory
from solver.units.quantities import Depth, depth_of

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class Run:
    """What is known before the first time step; the same on every rank.

    diffusion_length: three times the volume of the oxide over its outer area, m. oxide: number of
    that of each grain, 0 for the main one; None where there is but one. mechanisms: what acts
    between time steps. columns: of the history.
    """

    case: Case
    particle: Particle
    spaces: Spaces
    directory: Path
    comm: MPI.Comm
    dofs: int
    diffusion_length: float = nan
    oxide: npt.NDArray[np.integer] | None = None
    mechanisms: tuple[Mechanism, ...] = ()
    columns: tuple[Column, ...] = ()

    @property
    def accelerations(self) -> dict[str, float]:
        """Factors on the speed of slow laws, by mechanism; none if all are 1."""
        return accelerations(self.case.resolved()["physics"])

    @property
    def jumps(self) -> bool:
        """Whether cycles may be jumped."""
        return self.case.numerics.cycle_jump.enabled

    @property
    def depth(self) -> Depth:
        """What currents, areas, forces and energies are for."""
        return depth_of(self.particle.dimension, self.case.mechanics.thickness)


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run.

    row: history columns, header -> value in SI (in two dimensions per metre of depth, or for the
    thickness that the case declares), the same on every rank. step_ended: a protocol
    step just ended (or the run begins). state: all fields, internal units. Local arrays:
    stress (nodes, 6) in MPa as xx yy zz xy yz xz at the nodes of `spaces.scalar`; at the points
    of `spaces.boundaries`: opening (normal) and slip in um, without what bond and contact yield,
    width of a crack there (with what has dissolved of its sides), damage 0..1, traction (points, d)
    in MPa on side '+'. isolated: whether electrons reach each grain no more, (grains,) and the same
    on every rank. spectrum: if the impedance was measured.
    """

    row: Mapping[str, float]
    step_ended: bool
    state: State
    stress: Floats
    opening: Floats
    width: Floats
    slip: Floats
    damage: Floats
    traction: Floats
    isolated: npt.NDArray[np.bool_]
    spectrum: Spectrum | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended. status: finished, failed or interrupted; reason in one sentence.

    unwritable: whether it failed because something could not be written. for_now: whether it was
    interrupted to be gone on with later.
    """

    status: str
    reason: str
    totals: Mapping[str, Any]
    unwritable: bool = False
    for_now: bool = False


class Tracker(Protocol):
    """Gets every accepted step. All methods are collective; they must not change the state.

    What one saves goes on in another of the same name, which was started on the same directory.
    """

    name: str

    def start(self, run: Run) -> None:
        """Open what is needed."""

    def record(self, snapshot: Snapshot) -> None:
        """Take in one accepted step (the first call is the initial state)."""

    def finish(self, outcome: Outcome) -> None:
        """Close everything; called also after a failure or an interrupt."""

    def save(self) -> Memory:
        """Return what it must know to go on from the accepted step."""

    def load(self, memory: Memory) -> None:
        """Go on from what was saved: what was written later goes, or is written anew."""

"""Which stress part of the potential a turn of a step holds, until chemistry and mechanics agree.

The chemistry sees the stress part as offset + theta b x, b being its derivative at fixed strain.
With theta = 0 (stress held) the turns diverge where swelling is strong: their contraction factor is
about 1.9 near x = 0.32. With theta = 1 (strain held) each turn lowers the free energy of the step,
to first order in what x moves, but slowly. Half of it serves both extremes, and Anderson
acceleration of the offset does the rest. It serves what many points have in common; where a few
carry nearly all of the mismatch (they part from their neighbours, a flat U at hand), each of them
goes by its own secant.

Where the potential of a point falls as it gives lithium away (flat U, neighbours that hold its
lattice), the solution at hand may end (a fold), and the next one is far off. Acceleration then
stays where the mismatch is least. So turns that make no progress hold the strain instead, and go
down with the mismatch, further each time, until it turns round: the fold is passed.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.electro.system import StressInPotential
from solver.solve.anderson import Anderson

Floats = npt.NDArray[np.floating]
FIXED_STRAIN_SHARE = 0.5  # theta
PROGRESS = 0.5  # of the least mismatch so far
PATIENCE = 8  # turns without progress before the strain is held
FEW = 0.01  # of all points
OF_NOTE = 0.1  # of the largest mismatch
FURTHEST = 0.01  # V, that the offset is pushed in one turn, or the mismatch if that is more


class Agreement:
    """Chooses what each turn holds; `begin` before each step.

    held: what the next turn holds. slope_at: of an occupancy, the derivative of its stress part at
    fixed strain, V.
    """

    held: StressInPotential

    def __init__(self, comm: MPI.Comm, n_owned: int, slope_at: Callable[[Floats], Floats]) -> None:
        self._comm, self._n_owned, self._slope_at = comm, n_owned, slope_at
        self._anderson = Anderson(comm, n_owned)
        self._pushed: Floats | None = None  # the last mismatch, where it is gone down with
        self._search()

    def begin(self, stress_part: Floats, x: Floats) -> None:
        """Start from a stress part (V) at occupancy x."""
        self._hold(stress_part, x, FIXED_STRAIN_SHARE)
        self._search()

    def advance(self, mismatch: Floats, largest: float, x: Floats) -> None:
        """Choose what is held next. Collective.

        mismatch: the stress part that the turn led to, less what it held, V; largest: of all ranks.
        x: occupancy that the turn led to.
        """
        if self._pushed is not None:
            self._push_on(self._pushed, mismatch, largest)
        elif not self._progresses(largest):
            self._hold(self.held.value(x) + mismatch, x, 1.0)
            self._pushed, self._stride = mismatch, 1.0
        elif self._in_few(mismatch):
            self._leap(mismatch, largest)
        else:
            self._accelerate(mismatch)

    def _hold(self, stress_part: Floats, x: Floats, share: float) -> None:
        """Hold a stress part that goes with the occupancy from here, by a share of the slope."""
        slope = share * self._slope_at(x)
        self.held = StressInPotential(stress_part - slope * x, slope)

    def _hold_offset(self, offset: Floats) -> None:
        """Hold another offset by the same slope."""
        self.held = StressInPotential(offset, self.held.slope)

    def _search(self) -> None:
        """Look for agreement nearby."""
        self._anderson.restart()
        self._pushed = None
        self._least, self._without = np.inf, 0

    def _accelerate(self, mismatch: Floats) -> None:
        """Go to where the mismatches so far cancel best. Collective."""
        self._hold_offset(self._anderson.advance(self.held.offset, mismatch))

    def _leap(self, mismatch: Floats, largest: float) -> None:
        """Go to where the secant of each point of note says that its mismatch ends."""
        offset, last = self.held.offset, self._anderson.last
        self._anderson.remember(offset, mismatch)
        step = mismatch
        if last is not None:
            of_note = np.abs(mismatch) > OF_NOTE * largest
            step = np.where(of_note, _secant(offset - last[0], last[1], mismatch), mismatch)
        self._hold_offset(offset + step)

    def _in_few(self, mismatch: Floats) -> bool:
        """Whether few points carry the mismatch m: (sum m^2)^2 / sum m^4 of them. Collective."""
        squares = mismatch[: self._n_owned] ** 2
        local = np.array([squares.sum(), squares @ squares, self._n_owned])
        second, fourth, points = self._comm.allreduce(local, MPI.SUM)
        return bool(second**2 < FEW * points * fourth)

    def _progresses(self, largest: float) -> bool:
        """Whether the mismatch falls, now and then."""
        rounded = float(f"{largest:.2g}")  # the same on any number of ranks
        self._without += 1
        if rounded <= PROGRESS * self._least:
            self._least, self._without = rounded, 0
        return self._without < PATIENCE

    def _push_on(self, before: Floats, mismatch: Floats, largest: float) -> None:
        """Go on with the mismatch, twice as far as before; search again once it turns round."""
        own = slice(self._n_owned)
        along = self._comm.allreduce(float(mismatch[own] @ before[own]), MPI.SUM)
        if along < 0.0:
            self._search()
            self._accelerate(mismatch)
            return
        self._pushed, self._stride = mismatch, min(2.0 * self._stride, max(1.0, FURTHEST / largest))
        self._hold_offset(self.held.offset + self._stride * mismatch)


def _secant(moved: Floats, mismatch_old: Floats, mismatch: Floats) -> Floats:
    """Return the steps that end the mismatches of points if they go on as they did.

    Each is in the sense of its mismatch, and at most twice the last move or twice the mismatch.
    """
    fell = mismatch_old - mismatch
    most = 2.0 * np.maximum(np.abs(moved), np.abs(mismatch))
    step = mismatch * moved / np.where(fell == 0.0, np.inf, fell)
    ahead = step * mismatch > 0.0
    size: Floats = np.where(ahead, np.minimum(np.abs(step), most), most)
    return np.sign(mismatch) * size

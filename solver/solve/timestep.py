"""Length of the time step, and stepping with the means to take a step back.

Implicit Euler; its error is estimated from the difference to the linear extrapolation of the
last two steps. (`second_order` has steps in two stages.) Estimates are rounded before anything is
decided, so that runs on different numbers of ranks take the same steps.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.case.models import FASTEST_GROWTH, TimeStepCase
from solver.model.build import Model, cell_voltage
from solver.model.electro.flows import StagePart
from solver.solve.staggered import CoupledSolver, StepError, StepWork
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]
Impose = Callable[[float], None]
SAFETY, LARGEST_CUT = 0.9, 0.3
REJECT_ABOVE = 2.0  # times the allowed error
AT_POINTS = ("occupancy", "stress_potential")
EXTRAPOLATED = (*AT_POINTS, "grain_potential", "collector_potential", "counter_potential")
SHORTEST_FOR_WEAR = 0.02  # of the longest step
SNAPPED, ABOVE_MEAN = 0.03, 10.0  # occupancy that a point gave in a step, over the rms of all
EDGE = 1e-4  # occupancy that nothing is foretold to pass, nor 1 - EDGE, but what is there already


class StepSizeError(Exception):
    """The time step would fall below its floor; the message says what failed."""


class StepSize:
    """Chooses time steps (s) from error estimates and failures."""

    def __init__(self, limits: TimeStepCase) -> None:
        self._limits = limits
        self.next = limits.fixed or limits.initial

    def restart(self) -> None:
        """Start afresh, as at the beginning of a protocol step."""
        self.next = self._limits.fixed or self._limits.initial

    def save(self) -> Memory:
        """Return the length that comes next."""
        return {"next": self.next}

    def load(self, memory: Memory) -> None:
        """Go on with that length, or with the longest that is allowed by now."""
        self.next = min(memory["next"], self._limits.fixed or self._limits.maximum)

    def accepts(self, dt: float, error: float | None, order: int = 1) -> bool:
        """Judge a step of length dt by its error (1 is what is allowed); choose the next one.

        order: of the method, whose error in a step goes with one power more of its length.
        """
        if self._limits.fixed is not None:
            return True
        if error is None:
            self.next = min(dt * FASTEST_GROWTH[order], self._limits.maximum)
            return True
        relative = float(f"{error:.3g}")
        factor = SAFETY / max(relative, 1e-6) ** (1 / (order + 1))
        factor = min(max(factor, LARGEST_CUT), FASTEST_GROWTH[order])
        self.next = dt * float(f"{factor:.3g}")
        self.next = min(max(self.next, self._limits.minimum), self._limits.maximum)
        return relative <= REJECT_ABOVE or dt <= self._limits.minimum

    def follow_damage(self, dt: float, damage: float) -> None:
        """Shorten the next step if wear damaged some place by more than allowed in this one.

        Not below a share of the longest: what a worn place sheds tires its neighbours, and that
        goes on from step to step however short they are.
        """
        relative = float(f"{damage / self._limits.damage:.3g}")
        if self._limits.fixed is None and relative > 1.0:
            least = max(SHORTEST_FOR_WEAR * self._limits.maximum, self._limits.minimum)
            self.next = min(self.next, max(dt / relative, least))

    def shortest(self, dt: float) -> bool:
        """Whether a step cannot be shortened."""
        return self._limits.fixed is not None or dt <= self._limits.minimum

    def cut(self, dt: float, reason: str) -> None:
        """Shorten the step after a failure; StepSizeError at the floor."""
        if self._limits.fixed is not None:
            raise StepSizeError(f"the fixed time step of {dt:g} s cannot be solved: {reason}")
        if dt <= self._limits.minimum:
            raise StepSizeError(f"the smallest time step, {dt:g} s, cannot be solved: {reason}")
        self.next = max(dt * LARGEST_CUT, self._limits.minimum)


def nothing(passed: float) -> None:
    """Impose nothing new."""


class Stepper:
    """Takes steps of a model from its last accepted state, as often as needed.

    earlier, order: of the last attempt: what flowed in the part of the step for which what flows at
    its end does not stand, and the order of the method.
    """

    def __init__(self, model: Model, solver: CoupledSolver) -> None:
        self._model, self._solver = model, solver
        self.old, self._older = model.state.another(), model.state.another()
        self.old.copy_from(model.state)
        self._dt_old = 0.0
        self._predicted_voltage = 0.0
        self._predicted = np.zeros_like(model.state["occupancy"])
        self.earlier: StagePart | None = None
        self.order = 1

    def attempt(
        self, dt: float, linearly: bool = False, impose: Impose = nothing
    ) -> tuple[StepWork, float | None]:
        """Solve a step of length dt from the accepted state; return work and error estimate.

        linearly: at held damage, see `CoupledSolver.step`. impose: called with the time (s) since
        the step began, of each moment that is solved for.

        The estimate is relative to what is allowed, the worse of occupancy and voltage; there
        is none for the first step after `forget`. Collective. Raises StepError with the state
        back at the accepted one.
        """
        self.earlier, self.order = None, 1
        self._predict(dt)
        impose(dt)
        self._solver.begin_step(self.old)
        work = self._solved(lambda: self._solver.step(dt, linearly))
        if self._dt_old == 0.0:
            return work, None
        return work, self._distance_to_prediction() * dt / (2 * dt + self._dt_old)

    def _solved(self, solve: Callable[[], StepWork]) -> StepWork:
        """Solve, and go back to the accepted state if that fails (StepError)."""
        try:
            return solve()
        except StepError:
            self.restore()
            raise

    def _distance_to_prediction(self) -> float:
        """Occupancy (root mean square) and voltage less their predictions, the worse of the two.

        Each relative to its allowed error. Collective.
        """
        occupancy = self._root_mean_square(self._model.state["occupancy"] - self._predicted)
        voltage = abs(cell_voltage(self._model) - self._predicted_voltage)
        numerics = self._model.case.numerics
        return max(occupancy / numerics.occupancy_error, voltage / numerics.voltage_error)

    def _root_mean_square(self, change: Floats) -> float:
        """Of a change of occupancy at the nodes, by volume of oxide. Collective."""
        model = self._model
        own = slice(model.spaces.scalar.dofmap.index_map.size_local)
        volume = (model.mechanics.node_volume * model.electro.in_oxide)[own]
        total = model.comm.allreduce(float(volume @ change[own] ** 2), MPI.SUM)
        return float(np.sqrt(total / model.extent.volume))

    def accept(self, dt: float) -> None:
        """Keep the state just solved."""
        self._older.copy_from(self.old)
        self.old.copy_from(self._model.state)
        self._dt_old = dt

    def save(self) -> Memory:
        """Return the last two accepted states, and the time between them."""
        return {"old": self.old.save(), "older": self._older.save(), "dt": self._dt_old}

    def load(self, memory: Memory) -> None:
        """Go on from them; the state of the model is the last one."""
        self.old.load(memory["old"])
        self._older.load(memory["older"])
        self._dt_old = memory["dt"]
        self.restore()

    def restore(self) -> None:
        """Go back to the accepted state."""
        self._model.state.copy_from(self.old)

    def forget(self) -> None:
        """Predict nothing from before this moment: the current is about to jump."""
        self._dt_old = 0.0

    def _predict(self, dt: float) -> None:
        """Extrapolate the smooth fields; what may jump (displacement, openings) stays."""
        self.restore()
        state = self._model.state
        if self._dt_old > 0.0:
            ratio = dt / self._dt_old
            for name in EXTRAPOLATED:
                now, before = self.old[name], self._older[name]
                state[name][:] = now + ratio * (now - before)
            self._leave(self._snapped())
            self._keep_within(state["occupancy"], state["occupancy"])
        self._predicted[:] = state["occupancy"]
        self._predicted_voltage = cell_voltage(self._model)

    def _snapped(self) -> npt.NDArray[np.bool_]:
        """Points that fell past a fold in the last step: nothing of that goes on. Collective."""
        moved = np.abs(self.old["occupancy"] - self._older["occupancy"])
        mean = self._root_mean_square(moved)
        return np.asarray(moved > max(SNAPPED, ABOVE_MEAN * mean))

    def _leave(self, points: npt.NDArray[np.bool_]) -> None:
        """Foretell for points that they stay as they are."""
        for name in AT_POINTS:
            self._model.state[name][points] = self.old[name][points]

    def _keep_within(self, occupancy: Floats, ahead: Floats) -> None:
        """Give the oxide the occupancy that is foretold, between the bounds of lithium."""
        oxide = self._model.electro.in_oxide
        now = self.old["occupancy"][oxide]
        low, high = np.minimum(now, EDGE), np.maximum(now, 1 - EDGE)
        occupancy[oxide] = np.clip(ahead[oxide], low, high)

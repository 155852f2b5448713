"""Time steps in two stages, of second order (see `stages`), and of one where that does not do.

Lithium and charge are of second order. Boundaries go each time from the accepted state to the
moment of the stage, as in a step of Euler's method: their damage knows no way back, and would not
stand to begin beyond a stage. What is slow, and temperature, is held over the step as in that. A
step that a stage fails is taken again by Euler's method, shorter.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.build import Model
from solver.model.electro.flows import Flows, StagePart
from solver.physics import cohesive, phase_field, sliding
from solver.solve.stages import BEYOND, FIRST, SECOND, C, begin_beyond, error_of, lithium_gained
from solver.solve.staggered import CoupledSolver, StepError, StepWork
from solver.solve.timestep import Impose, Stepper, nothing
from solver.units.memory import Local, Memory

Floats = npt.NDArray[np.floating]
IRREVERSIBLE = (*cohesive.FIELDS, *sliding.FIELDS, *phase_field.FIELDS)


class StagedStepper(Stepper):
    """Takes steps of second order from the last accepted state, as often as needed."""

    def __init__(self, model: Model, solver: CoupledSolver, flows: Callable[[], Flows]) -> None:
        """flows: reads what flows at present."""
        super().__init__(model, solver)
        self._flows, self._failed = flows, False
        self._rate: Floats | None = None  # of the occupancy, at the end of the accepted step, 1/s
        self._rate_ahead = np.zeros_like(model.state["occupancy"])

    def attempt(
        self, dt: float, linearly: bool = False, impose: Impose = nothing
    ) -> tuple[StepWork, float | None]:
        """Solve a step; see `Stepper.attempt`. There is no estimate for the first one either."""
        if linearly or self._failed:
            work, error = super().attempt(dt, linearly, impose)
            self._rate_ahead[:] = self._per_site(lithium_gained(self._model.state, self.old)) / dt
            return work, error
        try:
            return self._in_stages(dt, impose)
        except StepError:
            self._failed = True
            raise

    def _in_stages(self, dt: float, impose: Impose) -> tuple[StepWork, float | None]:
        self.order = 2
        state, solver = self._model.state, self._solver
        self._predict(C * dt)
        impose(C * dt)
        solver.begin_step(self.old)
        first = self._solved(lambda: solver.step(dt, stage=FIRST))
        self.earlier = StagePart(self._flows(), FIRST.weight)
        gained = lithium_gained(state, self.old)
        rate = self._per_site(gained) / (C * dt)
        released = state.ones("released")[0] - self.old.ones("released")[0]
        self._guess_end(rate, dt)
        impose(dt)
        solver.begin_step(self.old)
        begin_beyond(self._model.electro, gained, released)
        second = self._solved(lambda: solver.step(dt, stage=SECOND))
        last = lithium_gained(state, self.old) - BEYOND * gained
        self._rate_ahead[:] = self._per_site(last) / (C * dt)
        work = StepWork(first.turns + second.turns, first.jumped or second.jumped)
        if self._rate is None:
            return work, None
        return work, self._measured(error_of(self._rate, rate, self._rate_ahead, dt))

    def _guess_end(self, rate: Floats, dt: float) -> None:
        """Go on from the first stage; what remembers is as it was when the step began.

        Potentials jump where the current does: they stay there as they are.
        """
        state, old = self._model.state, self.old
        for name in IRREVERSIBLE:
            state[name][:] = old[name]
        self._keep_within(state["occupancy"], old["occupancy"] + dt * rate)

    def _per_site(self, lithium: Floats) -> Floats:
        """Lithium per volume (fmol/um^3) as occupancy; zero where there are no sites."""
        sites = self._model.state["sites"]
        has = sites > 0
        return np.asarray(np.where(has, lithium / np.where(has, sites, 1.0), 0.0))

    def _measured(self, error: Floats) -> float:
        """Relate the error of the occupancy to what is allowed, and that of the voltage by it.

        The voltage goes with the equilibrium potential at the outside. Collective.
        """
        model, electro = self._model, self._model.electro
        own = slice(model.spaces.scalar.dofmap.index_map.size_local)
        oxide, slope = electro.in_oxide[own], electro.nodal.potential_slope.x.array[own]
        outside = electro.outer_area[own] * oxide
        volume = model.mechanics.node_volume[own] * oxide
        shares = [volume @ error[own] ** 2, outside @ np.abs(slope * error[own]), outside.sum()]
        square, volts, area = model.comm.allreduce(np.array(shares), MPI.SUM)
        numerics = model.case.numerics
        occupancy = float(np.sqrt(square / model.extent.volume)) / numerics.occupancy_error
        return max(occupancy, float(volts / area) / numerics.voltage_error)

    def accept(self, dt: float) -> None:
        """Keep the state just solved, and its rate."""
        super().accept(dt)
        self._failed = False
        self._rate = self._rate_ahead.copy() if dt > 0.0 else None

    def forget(self) -> None:
        """Take no rate from before this moment for that behind it."""
        super().forget()
        self._rate = None

    def save(self) -> Memory:
        """Return what every stepper saves, and the rate."""
        rate = None if self._rate is None else Local("node", self._rate.copy())
        return {**super().save(), "rate": rate}

    def load(self, memory: Memory) -> None:
        """Go on from them; without a rate if a run by Euler's method saved them."""
        super().load(memory)
        rate = memory.get("rate")
        self._rate = None if rate is None else rate.values.copy()

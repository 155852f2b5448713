"""Follows load steps without chemistry: in increments of the load, round every snap-back."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from solver.drive.way import Done, added
from solver.model.build import Model
from solver.model.loads.loads import Loads
from solver.output.observe.now import Effort, Followed
from solver.protocol.base import SimpleStep
from solver.protocol.increased import OpeningCase
from solver.solve.clock import Clock
from solver.solve.cracking import CrackingSolver
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import FactorControl, LoadControl, LoadPath, MeasureControl, Pace
from solver.units.constants import METRE
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]
ROUNDING = 1e-9


class ByLoad:
    """Takes a body from one load to the next. All methods are collective."""

    def __init__(self, model: Model, clock: Clock) -> None:
        assert model.loads is not None
        self._model, self._loads, self._clock = model, model.loads, clock
        self.solver = _solver_of(model, model.loads)
        self.path = LoadPath(self.solver, model.state.function("damage"))
        self.old = model.state.another()
        self._room = fem.Function(model.spaces.tensor)
        self._delay = model.case.physics.cohesive.relaxation_time
        self._rises, self._cycle = 0.0, 1
        self._begun: float | None = None  # when the present step began, s
        self._spent = dict[str, int]()  # by the solver, before this part of the run

    @property
    def followed(self) -> Followed:
        """What follows the loads."""
        return Followed(self.solver, self.path)

    def begin(self) -> None:
        """Keep the state as it is: nothing is loaded yet."""
        self._model.slow.begin(self._model.present())
        self.old.copy_from(self._model.state)

    def warm(self, temperature: float) -> None:
        """Give the body another temperature, K; MaterialError."""
        if self._model.set_temperature(temperature):
            self.old["temperature"][:] = temperature

    def follow(self, step: SimpleStep) -> Iterator[Done]:
        """Carry out a load step; LoadingError where it leads nowhere.

        A cycle begins where the load rises after it has fallen.
        """
        loading = step.increased()
        assert loading is not None
        control, end = self._control(loading.until)
        if self._begun is None:
            self._begun = self._clock.time
            rises = end - control.value(self.solver)
            self._cycle += rises > 0 > self._rises
            self._rises = rises or self._rises
            self._clock.cycle = self._cycle
        begun, lasts = self._begun, loading.duration or float(loading.increments)
        newton, jumps = self._newton(), self.path.jumps
        pace = Pace(loading.duration or 0.0, self._delay)
        for _ in self.path.go(control, end, loading.increments, pace):
            passed = max(begun + self.path.progress * lasts - self._clock.time, 0.0)
            yield Done(
                dt=passed if loading.duration else 0.0,
                passed=passed,
                work=self.path.work(),
                jumped=self.path.jumps > jumps,
                effort=Effort(newton=self._newton() - newton),
                ends=self.path.progress >= 1 - ROUNDING,
            )
            newton, jumps = self._newton(), self.path.jumps
        self._begun = None

    def accept(self, dt: float, damage: float) -> None:
        """Keep the state as it is now; the next increment goes on from its damage."""
        if self._model.slow.mechanisms:
            self.path.wear(self._model.state["damage"])
        self.old.copy_from(self._model.state)

    def restore(self) -> None:
        """Go back to the state that was accepted last."""
        self._model.state.copy_from(self.old)

    def save(self) -> Memory:
        """Return the accepted state, the equilibria behind it, and where in a cycle it is."""
        where = {"begun": self._begun, "rises": self._rises, "cycle": self._cycle}
        spent = self._spent_so_far()
        return {"old": self.old.save(), "path": self.path.save(), "spent": spent, **where}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        self._begun, self._rises, self._cycle = (memory[k] for k in ("begun", "rises", "cycle"))
        self._spent = added(memory["spent"], self._spent_here(), -1)
        self.path.load(memory["path"])
        self.old.load(memory["old"])
        self.restore()
        self._model.slow.weaken(self._model.present())

    def stress(self) -> Floats:
        """Return the stress at the nodes as it is now, MPa (nodes, 6)."""
        return self._model.mechanics.stress.read(self._room)

    def where(self) -> str:
        """Say how far it is loaded."""
        return f"at load factor {self.solver.factor:.6g}"

    def totals(self) -> dict[str, Any]:
        """Return increments and iterations so far."""
        return {
            "cut_increments": self.path.cuts,
            "driven_increments": self.path.driven,
            "jumps": self.path.jumps,
            "linear_increments": self.path.linear,
            **self._spent_so_far(),
        }

    def _spent_so_far(self) -> dict[str, int]:
        """Iterations over all parts of the run."""
        return added(self._spent_here(), self._spent)

    def _spent_here(self) -> dict[str, int]:
        """Iterations of the solver."""
        linear = self.solver.linear
        return {
            "newton_iterations": self._newton(),
            "factorizations": linear.factorizations,
            "linear_iterations": linear.iterations,
            "fallbacks": linear.fallbacks,
        }

    def _control(self, until: float | OpeningCase) -> tuple[LoadControl, float]:
        """What a step increases, and to which value."""
        if not isinstance(until, OpeningCase):
            return FactorControl(), until
        first, *others = until.between
        measure = self._loads.mean(first, until.along)
        for other in others:
            measure = measure - self._loads.mean(other, until.along)
        return MeasureControl(measure), until.to * METRE

    def _newton(self) -> int:
        return self.solver.effort.newton_iterations


def _solver_of(model: Model, loads: Loads) -> LoadedSolver:
    """What finds the equilibria of a model."""
    system, fracture, numerics = model.mechanics, model.fracture, model.case.numerics
    tolerance, linear = numerics.newton_tolerance, numerics.linear.mechanics
    if fracture is None:
        return LoadedSolver(system, loads, tolerance, linear)
    return CrackingSolver(system, loads, fracture, tolerance, linear)

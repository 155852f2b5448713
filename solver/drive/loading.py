"""Follows the load steps of a case without chemistry, and without time of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from dolfinx import fem
from mpi4py import MPI

from solver.case import Case
from solver.drive.interrupt import Interrupt
from solver.mechanisms import Mechanism
from solver.model.build import Model, build_model
from solver.model.dissipation import EnergyError
from solver.model.energy import EnergyLedger
from solver.model.loads.loads import Loads
from solver.output.collective import OutputError
from solver.output.observe.loaded import Followed, groups_of, observe
from solver.output.snapshot import Outcome, Run, Tracker
from solver.particle.mesh import read_particle
from solver.protocol.load import Load
from solver.solve.clock import Clock
from solver.solve.cracking import CrackingSolver
from solver.solve.loaded import LoadedSolver
from solver.solve.loading import (
    FactorControl,
    LoadControl,
    LoadingError,
    LoadPath,
    MeasureControl,
    Pace,
)
from solver.units.constants import METRE

ROUNDING = 1e-9


class Loading:
    """A model on its way through the load steps of its protocol. All methods are collective."""

    def __init__(self, model: Model, trackers: Sequence[Tracker] = ()) -> None:
        assert model.loads is not None
        self.model, self._loads, self._trackers = model, model.loads, trackers
        damage = model.state.function("damage")
        self.solver = _solver_of(model, self._loads)
        self.path = LoadPath(self.solver, damage)
        self.ledger = EnergyLedger(model.mechanics, model.fracture)
        self.time, self.increments, self.cycle = 0.0, 0, 1
        self._way = 0.0
        self._old = model.state.another()
        self._projection = fem.Function(model.spaces.tensor)
        self._groups = groups_of(model, self._loads)

    def run(self, interrupted: Callable[[], bool] = lambda: False) -> Outcome:
        """Follow the whole protocol; the outcome says how far it got."""
        self.ledger.open(self.model.state["damage"])
        self.model.slow.begin(self.model.present())
        self._old.copy_from(self.model.state)
        self._tell(0, step_ended=True)
        try:
            for number, step in enumerate(self.model.case.load_steps()):
                if self._follow(number, step, interrupted):
                    return self._outcome("interrupted", f"interrupted in step {number}")
                self.ledger.require(self.model.case.numerics.algorithmic_share)
        except OutputError as error:
            told = f"at load factor {self.solver.factor:.6g}: {error}"
            return replace(self._outcome("failed", told), unwritable=True)
        except (LoadingError, EnergyError) as error:
            return self._outcome("failed", f"at load factor {self.solver.factor:.6g}: {error}")
        return self._outcome("finished", "the whole protocol was done")

    def _follow(self, number: int, step: Load, interrupted: Callable[[], bool]) -> bool:
        """Carry out one step; return whether the user asked to end it.

        A cycle begins where the load rises after it has fallen.
        """
        control, end = self._control(step)
        whole = end - control.value(self.solver)
        self.cycle += whole > 0 > self._way
        self._way = whole or self._way
        begun, lasts = self.time, step.duration or float(step.increments)
        delay = self.model.case.physics.cohesive.relaxation_time
        newton, jumps = self._newton(), self.path.jumps
        for _ in self.path.go(control, end, step.increments, Pace(step.duration or 0.0, delay)):
            jumped, jumps = self.path.jumps > jumps, self.path.jumps
            self.ledger.book(self.model.state["damage"], self.path.work(), jumped)
            passed = max(begun + self.path.progress * lasts - self.time, 0.0)
            self.time += passed
            self.increments += 1
            if self.model.slow.mechanisms:
                self._wear(passed if step.duration else 0.0)
            self._tell(number, self.path.progress >= 1 - ROUNDING, self._newton() - newton)
            newton = self._newton()
            if interrupted():
                return True
        return False

    def _wear(self, dt: float) -> None:
        """Let cycles and liquid damage the boundaries; the next increment feels it."""
        model, damage = self.model, self.model.state["damage"]
        now = model.present(self._old)
        model.slow.advance(now, dt, lambda cause: self.ledger.book_wear(cause, damage))
        self.path.wear(damage)
        self._old.copy_from(model.state)

    def _control(self, step: Load) -> tuple[LoadControl, float]:
        """What a step increases, and to which value."""
        if step.opening is None:
            assert step.to is not None
            return FactorControl(), step.to
        first, *others = step.opening.between
        measure = self._loads.mean(first, step.opening.along)
        for other in others:
            measure = measure - self._loads.mean(other, step.opening.along)
        return MeasureControl(measure), step.opening.to * METRE

    def _tell(self, number: int, step_ended: bool, newton: int = 0) -> None:
        """Show the present moment to the trackers."""
        if not self._trackers:
            return
        followed = Followed(self.model, self.solver, self.path, self.ledger)
        at = Clock(time=self.time, cycle=self.cycle, step=number)
        groups, room = self._groups, self._projection
        snapshot = observe(followed, groups, at, newton, room, step_ended)
        for tracker in self._trackers:
            tracker.record(snapshot)

    def _newton(self) -> int:
        return self.solver.effort.newton_iterations

    def _outcome(self, status: str, reason: str) -> Outcome:
        totals = {
            "steps": self.increments,
            "cut_increments": self.path.cuts,
            "driven_increments": self.path.driven,
            "jumps": self.path.jumps,
            "lowest_dissipation": dict(self.ledger.dissipation.lowest),
            "linear_increments": self.path.linear,
            "newton_iterations": self._newton(),
            "factorizations": self.solver.linear.factorizations,
            "linear_iterations": self.solver.linear.iterations,
        }
        return Outcome(status, reason, totals)


def _solver_of(model: Model, loads: Loads) -> LoadedSolver:
    """What finds the equilibria of a model."""
    system, fracture, numerics = model.mechanics, model.fracture, model.case.numerics
    tolerance, linear = numerics.newton_tolerance, numerics.linear.mechanics
    if fracture is None:
        return LoadedSolver(system, loads, tolerance, linear)
    return CrackingSolver(system, loads, fracture, tolerance, linear)


def run(
    case: Case,
    directory: Path,
    comm: MPI.Comm,
    progress: bool = True,
    extra: Sequence[Mechanism] = (),
) -> Outcome:
    """Run a prepared directory and say how the run ended. Collective. Raises LoadError."""
    from solver.output.trackers import close, open_specimen_trackers

    interrupt = Interrupt(comm)
    try:
        particle = read_particle(directory / "particle.msh", comm)
        model = build_model(case, particle, extra=extra)
        about = particle, model.spaces, directory, comm, model.dofs
        description = Run(case, *about, mechanisms=model.slow.mechanisms)
        trackers = open_specimen_trackers(description, progress)
        outcome = Loading(model, trackers).run(interrupt.asked)
        outcome = close(trackers, outcome, description)
    finally:
        interrupt.release()
    return outcome

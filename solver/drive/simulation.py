"""The only time loop: follows the protocol of a case and tells trackers about every step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from mpi4py import MPI

from solver.case import Case
from solver.drive.instruments import read_instruments
from solver.drive.interrupt import Interrupt
from solver.mechanisms import Mechanism
from solver.model.build import Model, build_model
from solver.model.dissipation import EnergyError
from solver.model.electrical_work import ElectricalLedger
from solver.model.electro.system import CollectorControl
from solver.model.energy import EnergyLedger
from solver.output.collective import OutputError
from solver.output.observe.now import Books, Effort
from solver.output.observe.particle import observe
from solver.output.snapshot import Outcome, Run, Tracker
from solver.particle.mesh import read_particle
from solver.protocol import PlannedStep
from solver.protocol.phases import Ended, Gap, Imposed, Phase, Phases, Reading, Scale
from solver.protocol.tables import Spectrum
from solver.solve.clock import Clock
from solver.solve.impedance import ImpedanceError, spectrum
from solver.solve.loaded import WorkOfLoads
from solver.solve.staggered import CoupledSolver, StepError, StepWork
from solver.solve.timestep import Stepper, StepSize, StepSizeError
from solver.units.constants import AMPERE, COULOMB, METRE

LANDING_TRIALS = 10
SHORTEST_LANDING = 1e-7  # s
IMPOSSIBLE = (0.0, 10.0)  # V against lithium, below and above which no oxide is
ROUNDING = 1e-9  # a remainder of the time left that is no step of its own


class ProtocolError(Exception):
    """The protocol cannot be followed from where the particle is."""


class StopRequest(Exception):  # noqa: N818
    """The user asked the run to end."""


@dataclass
class Totals:
    """Counts over the whole run."""

    steps: int = 0
    rejected_steps: int = 0
    linear_steps: int = 0


class Simulation:
    """A model on its way through a protocol."""

    def __init__(self, model: Model, trackers: Sequence[Tracker] = ()) -> None:
        self.model, self._trackers = model, trackers
        self.solver = CoupledSolver(model)
        loaded = self.solver.loaded
        self._external = WorkOfLoads(loaded) if loaded else None
        self.ledger = EnergyLedger(model.mechanics, model.fracture)
        self.electrical = ElectricalLedger(model)
        self.clock, self.totals = Clock(), Totals()
        self._size = StepSize(model.case.numerics.time_step)
        self._steps, mass = model.case.steps(), model.extent.mass
        self._scale = Scale(model.case.c_rate_basis * mass * AMPERE, mass * COULOMB)
        self._max_steps = model.case.numerics.max_steps
        self._asked: Callable[[], bool] = lambda: False

    def run(self, interrupted: Callable[[], bool] = lambda: False) -> Outcome:
        """Follow the whole protocol; the outcome says how far it got. Collective."""
        self._asked = interrupted
        try:
            self._begin()
            for number, planned in enumerate(self._steps):
                self._run_step(number, planned)
                self.ledger.require(self.model.case.numerics.algorithmic_share)
            return self._outcome("finished", "the whole protocol was done")
        except StopRequest:
            return self._outcome("interrupted", f"interrupted at {self.clock.time:.6g} s")
        except OutputError as error:
            told = f"at {self.clock.time:.6g} s: {error}"
            return replace(self._outcome("failed", told), unwritable=True)
        except (StepError, StepSizeError, ImpedanceError, ProtocolError, EnergyError) as error:
            self._stepper.restore()
            return self._outcome("failed", f"at {self.clock.time:.6g} s: {error}")

    def _begin(self) -> None:
        """Bring the particle into equilibrium at its initial occupancy."""
        self._stepper = Stepper(self.model, self.solver)
        self.solver.equilibrate()
        self.model.slow.begin(self.model.present())
        self._stepper.accept(0.0)
        self._lithium_at_start = self.model.lithium()
        self.ledger.open(self.model.state["damage"])
        self.electrical.open()
        if self._external is not None:
            self._external.open()
        self._tell(Effort(), step_ended=True)

    def _run_step(self, number: int, planned: PlannedStep) -> None:
        """Measure what a step measures, then follow its phases."""
        self.clock.begin_step(number, planned.cycle)
        if frequencies := planned.step.frequencies():
            measured = Spectrum(np.array(frequencies), spectrum(self.model, frequencies))
            self._tell(Effort(), step_ended=False, measured=measured)
        phases = planned.step.phases(self._reading(), self._scale)
        phase = next(phases, None)
        while phase is not None:
            phase = self._follow(phase, phases)

    def _follow(self, phase: Phase, phases: Phases) -> Phase | None:
        """Follow what a phase imposes until it ends; return the next one, None after the last."""
        self.clock.begin_phase(phase.pulse)
        self._size.restart()
        self._stepper.forget()
        while True:
            if self._asked():
                raise StopRequest
            if self.totals.steps >= self._max_steps:
                raise StepSizeError(f"{self._max_steps} time steps were not enough")
            effort, met = self._advance(phase)
            if met is not None:
                following = _following(phases, Ended(met.name, self.clock.step_charge))
                self._tell(effort, step_ended=following is None)
                return following
            self._tell(effort, step_ended=False)

    def _advance(self, phase: Phase) -> tuple[Effort, Gap | None]:
        """Take one accepted time step; return its effort, and the end it met if it met one."""
        newton_before = self._newton_iterations()
        present = self._reading()
        left = phase.time_left(present)
        while True:
            dt = min(self._size.next, phase.longest_time_step)
            dt = dt if dt < left * (1 - ROUNDING) else left
            try:
                work, error = self._attempt(phase, dt)
                if self._size.accepts(dt, error):
                    gap = phase.furthest(self._reading(dt))
                    if gap.excess > 1.0:
                        dt, work, gap = self._land(phase, dt, gap, phase.furthest(present))
                    break
                self.totals.rejected_steps += 1
            except StepError as failure:
                self.totals.rejected_steps += 1
                if self._size.shortest(dt) and (recovered := self._recover(dt)) is not None:
                    work, gap = recovered, phase.furthest(self._reading(dt))
                    break
                self._size.cut(dt, str(failure))
        self._require_possible(phase, dt)
        self._accept(dt, work.jumped)
        effort = Effort(work.turns, self._newton_iterations() - newton_before)
        if gap.excess > -1.0:
            return effort, gap
        return effort, Gap("time", 0.0) if dt >= left else None

    def _require_possible(self, phase: Phase, dt: float) -> None:
        """Raise ProtocolError if a current goes on into a particle that is full or empty."""
        voltage = self._reading(dt).voltage
        if not IMPOSSIBLE[0] <= voltage <= IMPOSSIBLE[1]:
            state = "full" if voltage < IMPOSSIBLE[0] else "empty"
            raise ProtocolError(
                f"step {self.clock.step} ({phase.words}) cannot go on: the particle is "
                f"{state}, at {voltage:.3g} V; let the step end at a voltage"
            )

    def _attempt(self, phase: Phase, dt: float) -> tuple[StepWork, float | None]:
        """Try a time step under what is imposed at its end; return its work and its error.

        Fracture energy counts as an error where the case limits it (dissipation control).
        """
        imposed = phase.imposed(self.clock.phase_time + dt)
        impose(self.model.electro.control, imposed, self.model.extent.outer_area)
        if imposed.load is not None:
            self.solver.load_factor = imposed.load
        work, error = self._stepper.attempt(dt)
        allowed, largest = (
            self.model.case.numerics.time_step.dissipation,
            self.ledger.largest_elastic,
        )
        if allowed is not None and largest > 0:
            taken = self.ledger.fracture_ahead(self.model.state["damage"]) / largest
            error = max(error or 0.0, taken / allowed)
        return work, error

    def _recover(self, dt: float) -> StepWork | None:
        """Take the shortest step linearly, at held damage; return None if that fails, too."""
        try:
            work, _ = self._stepper.attempt(dt, linearly=True)
        except StepError:
            return None
        self.totals.linear_steps += 1
        return work

    def _land(self, phase: Phase, dt: float, gap: Gap, before: Gap) -> tuple[float, StepWork, Gap]:
        """Shorten the step until it ends just at the end condition that it passed.

        Illinois method on the length of the step. Before the first step of a protocol step the
        instruments still show the previous one, so the excess at zero is a guess there. Where
        the excess jumps (a boundary snaps), the step ends before the jump and the next one is
        short enough to resolve it: boundaries have a relaxation time. A hold whose current is
        low enough from the beginning ends at once.
        """
        fresh = self.clock.phase_time == 0.0
        low, low_excess = 0.0, -gap.excess if fresh else before.excess
        high, high_excess, side = dt, gap.excess, 0
        for _ in range(LANDING_TRIALS):
            dt = high - high_excess * (high - low) / (high_excess - low_excess)
            work, _ = self._attempt(phase, dt)
            gap = phase.furthest(self._reading(dt))
            if abs(gap.excess) <= 1.0:
                return dt, work, gap
            if gap.excess > 0:
                high, high_excess = dt, gap.excess
                low_excess, side = (low_excess / 2 if side > 0 else low_excess), 1
            else:
                low, low_excess = dt, gap.excess
                high_excess, side = (high_excess / 2 if side < 0 else high_excess), -1
        if low > 0.0:
            self._size.next = (high - low) / 2
            work, _ = self._attempt(phase, low)
            return low, work, phase.furthest(self._reading(low))
        if high > SHORTEST_LANDING:
            return self._land(phase, high, Gap(gap.name, high_excess), before)
        if not fresh or phase.imposed(0.0).current is None:
            return dt, work, gap
        raise ProtocolError(
            f"step {self.clock.step} ({phase.words}) cannot be run: "
            f"its {gap.name} is already past its end"
        )

    def _accept(self, dt: float, jumped: bool) -> None:
        """Make the state just solved the present one, in all books."""
        current = self.model.electro.total_current()
        parasitic = self.model.electro.currents()["parasitic"]
        external = self._external.book() if self._external else 0.0
        self.ledger.book(self.model.state["damage"], external, jumped)
        self.electrical.book(dt, self.ledger.energies.swelling_work)
        damage = self.model.slow.advance(self.model.present(self._stepper.old), dt, self._book_wear)
        self._size.follow_damage(dt, damage)
        self._stepper.accept(dt)
        self.totals.steps += 1
        self.clock.advance(dt, current, parasitic)

    def _book_wear(self, cause: str) -> None:
        """Book what a mechanism has just taken from the bonds."""
        self.ledger.book_wear(cause, self.model.state["damage"])

    def _reading(self, dt: float = 0.0) -> Reading:
        """What the instruments show, dt after the last accepted step. Collective."""
        present = read_instruments(self.model, self.clock)
        return present._replace(
            time=present.time + dt,
            charge=present.charge + present.current * dt,
            load=self.solver.load_factor,
        )

    def _newton_iterations(self) -> int:
        return (
            self.solver.electro.newton_iterations + self.solver.mechanics.effort.newton_iterations
        )

    def _tell(self, effort: Effort, step_ended: bool, measured: Spectrum | None = None) -> None:
        if not self._trackers:
            return
        snapshot = observe(
            self.model,
            self.solver,
            Books(self.ledger, self.electrical),
            self.clock,
            effort,
            self._lithium_at_start,
            step_ended,
        )
        snapshot = replace(snapshot, spectrum=measured)
        for tracker in self._trackers:
            tracker.record(snapshot)

    def _outcome(self, status: str, reason: str) -> Outcome:
        solver = self.solver
        totals: dict[str, Any] = {
            "cycles": self.clock.cycle,
            "steps": self.totals.steps,
            "rejected_steps": self.totals.rejected_steps,
            "linear_steps": self.totals.linear_steps,
            "newton_iterations": self._newton_iterations(),
            "factorizations": solver.electro.linear.factorizations
            + solver.mechanics.linear.factorizations,
            "linear_iterations": solver.electro.linear.iterations
            + solver.mechanics.linear.iterations,
            "lowest_dissipation": dict(self.ledger.dissipation.lowest),
            "softened_iterations": solver.mechanics.effort.softened_iterations,
        }
        return Outcome(status, reason, totals)


def impose(control: CollectorControl, imposed: Imposed, outer_area: float) -> None:
    """Set the voltage of the collector or its current, which enters by the outer area, um^2."""
    if imposed.current is not None:
        control.impose_current(imposed.current / outer_area)
    elif imposed.voltage is not None:
        control.impose_voltage(imposed.voltage)


def _following(phases: Phases, ended: Ended) -> Phase | None:
    """What a step does after a phase that ended so, None if it is done."""
    try:
        return phases.send(ended)
    except StopIteration:
        return None


def run(
    case: Case,
    directory: Path,
    comm: MPI.Comm,
    progress: bool = True,
    extra: Sequence[Mechanism] = (),
) -> Outcome:
    """Run a prepared directory (`run_directory.prepare`) and say how the run ended. Collective."""
    from solver.output.trackers import close, open_trackers

    interrupt = Interrupt(comm)
    try:
        particle = read_particle(directory / "particle.msh", comm)
        model = build_model(case, particle, extra=extra)
        length = 3 * model.extent.volume / model.extent.outer_area / METRE
        oxide = model.oxides.of_grain if case.materials.regions else None
        about = particle, model.spaces, directory, comm, model.dofs, length, oxide
        acting = model.slow.mechanisms
        description = Run(case, *about, acting)
        trackers = open_trackers(description, progress)
        outcome = Simulation(model, trackers).run(interrupt.asked)
        outcome = close(trackers, outcome, description)
    finally:
        interrupt.release()
    return outcome

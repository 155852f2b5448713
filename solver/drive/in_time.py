"""Follows the steps of a protocol in time, chemistry and mechanics together."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from solver.drive.instruments import read_instruments
from solver.drive.landing import Trial, land
from solver.drive.way import Done, added
from solver.model.build import Model
from solver.model.electrical_work import ElectricalLedger
from solver.model.electro.system import CollectorControl
from solver.model.energy import EnergyLedger
from solver.model.state import State
from solver.output.observe.now import Effort, Followed
from solver.protocol.base import SimpleStep
from solver.protocol.phases import Ended, Gap, Imposed, Phase, Phases, Reading, Scale
from solver.protocol.tables import Spectrum
from solver.protocol.trail import Trail
from solver.solve.clock import Clock
from solver.solve.impedance import spectrum
from solver.solve.loaded import WorkOfLoads
from solver.solve.second_order import StagedStepper
from solver.solve.staggered import CoupledSolver, StepError, StepWork
from solver.solve.timestep import Stepper, StepSize, StepSizeError
from solver.units.constants import AMPERE, COULOMB
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]
IMPOSSIBLE = (0.0, 10.0)  # V, below and above which no oxide is and no cell
ROUNDING = 1e-9  # a remainder of the time left that is no step of its own


class ProtocolError(Exception):
    """The protocol cannot be followed from where the particle is."""


class InTime:
    """Takes a model with chemistry from one moment to the next. All methods are collective."""

    def __init__(
        self, model: Model, clock: Clock, ledger: EnergyLedger, electrical: ElectricalLedger
    ) -> None:
        self.solver = CoupledSolver(model)
        self._model, self._clock = model, clock
        self._ledger, self._electrical = ledger, electrical
        self._limits = model.case.numerics.time_step
        self._stepper = Stepper(model, self.solver)
        if self._limits.method == "second_order":
            self._stepper = StagedStepper(model, self.solver, electrical.flows)
        self._size = StepSize(self._limits)
        self._max_steps = model.case.numerics.max_steps
        mass = model.extent.mass
        self._scale = Scale(model.case.c_rate_basis * mass * AMPERE, mass * COULOMB)
        loaded = self.solver.loaded
        self._work = WorkOfLoads(loaded) if loaded else None
        self._trail = Trail()
        self._steps = self._rejected = self._linear = 0
        self._spent = dict[str, int]()  # by the solvers, before this part of the run

    @property
    def followed(self) -> Followed:
        """What follows the loads."""
        return Followed(self.solver.loaded)

    @property
    def old(self) -> State:
        """The state that was accepted last."""
        return self._stepper.old

    def begin(self) -> None:
        """Bring the particle into equilibrium at its initial occupancy."""
        self.solver.equilibrate()
        self._model.slow.begin(self._model.present())
        self._stepper.accept(0.0)
        if self._work is not None:
            self._work.open()

    def warm(self, temperature: float) -> None:
        """Give the particle another temperature, K, where it was accepted last; MaterialError.

        Nothing flows meanwhile; the electrical books go on with the potentials of that temperature.
        """
        if temperature == self._model.temperature:
            return
        self._stepper.restore()
        self._model.set_temperature(temperature)
        self.old["temperature"][:] = temperature
        self._electrical.open()

    def follow(self, step: SimpleStep) -> Iterator[Done]:
        """Measure what a step measures, then follow its phases, from where they are."""
        trail, frequencies = self._trail, step.frequencies()
        if frequencies and not trail.measured:
            measured = Spectrum(np.array(frequencies), spectrum(self._model, frequencies))
            trail.measured = True
            yield Done(spectrum=measured)
        phases, phase = trail.follow(step, self._reading(), self._scale)
        while phase is not None:
            if not trail.within:
                self._begin_phase(phase)
            phase, done = self._one_step(phase, phases)
            yield done
        self._trail = Trail()

    def _begin_phase(self, phase: Phase) -> None:
        """Go on to another phase: what is imposed is about to jump."""
        self._trail.within = True
        self._clock.begin_phase(phase.pulse)
        self._size.restart()
        self._stepper.forget()

    def _one_step(self, phase: Phase, phases: Phases) -> tuple[Phase | None, Done]:
        """Take one time step; return the phase that follows, and what was done."""
        if self._steps >= self._max_steps:
            raise StepSizeError(f"{self._max_steps} time steps were not enough")
        following: Phase | None = phase
        before, imposed = self._newton(), self._imposed()
        try:
            dt, work, met = self._advance(phase)
        except Exception:
            self._impose_again(imposed)
            raise
        self._steps += 1
        current, parasitic = self._drawn()
        if met is not None:
            charge = self._clock.step_charge + current * dt
            following = self._trail.end(phases, Ended(met.name, charge))
        return following, Done(
            dt=dt,
            passed=dt,
            work=self._work.book() if self._work else 0.0,
            jumped=work.jumped,
            effort=Effort(work.turns, self._newton() - before),
            ends=following is None,
            current=current,
            parasitic=parasitic,
            earlier=self._stepper.earlier,
        )

    def _drawn(self) -> tuple[float, float]:
        """Means over the step just solved of the current and its parasitic part, pA. Collective."""
        drawn, earlier = self._model.electro.currents(), self._stepper.earlier
        parasitic = drawn["parasitic"]
        total = drawn["outside"] + drawn["wet"] + drawn["filled"]
        if earlier is None:
            return total, parasitic
        flows = earlier.flows
        return earlier.mean(flows.total, total), earlier.mean(flows.parasitic, parasitic)

    def accept(self, dt: float, damage: float) -> None:
        """Keep the state as it is now; damage may shorten the next step."""
        self._size.follow_damage(dt, damage)
        self._model.take_stock()
        self._stepper.accept(dt)

    def restore(self) -> None:
        """Go back to the state that was accepted last."""
        self._stepper.restore()

    def save(self) -> Memory:
        """Return the accepted states, the steps so far, and what loads have come to."""
        return {
            "trail": self._trail.save(),
            "stepper": self._stepper.save(),
            "work": self._work.save() if self._work else None,
            "counts": [self._steps, self._rejected, self._linear],
            "spent": self._spent_so_far(),
            **self._imposed(),
        }

    def load(self, memory: Memory) -> None:
        """Go on from what was saved, as if nothing had been solved before."""
        self.solver.forget()
        self._trail.load(memory["trail"])
        self._stepper.load(memory["stepper"])
        self._impose_again(memory)
        self._steps, self._rejected, self._linear = memory["counts"]
        self._spent = added(memory["spent"], self._spent_here(), -1)
        if self._work is not None:
            self._work.load(memory["work"])
        self._model.slow.weaken(self._model.present())
        self.solver.begin_step(self.old)
        self._model.update_conditions()
        self.restore()
        self._model.swell()
        self.solver.read_stress()

    def _imposed(self) -> Memory:
        """Return what is imposed, and how long the next step is: what attempts at it change."""
        return {
            "size": self._size.save(),
            "load_factor": self.solver.load_factor,
            "control": self._model.electro.control.save(),
            "temperature": self._model.temperature,
        }

    def _impose_again(self, memory: Memory) -> None:
        """Impose what was imposed, for a step of that length."""
        self.warm(memory["temperature"])
        self._size.load(memory["size"])
        self.solver.load_factor = memory["load_factor"]
        self._model.electro.control.load(memory["control"])

    def stress(self) -> Floats:
        """Return the stress at the nodes as it is now, MPa (nodes, 6)."""
        return self.solver.stress

    def where(self) -> str:
        """Say what time it is, from an hour on also in hours."""
        hours, seconds = divmod(self._clock.time, 3600.0)
        if not hours:
            return f"at {seconds:.6g} s"
        return f"at {hours:.0f} h {seconds // 60:02.0f} min, {self._clock.time:.0f} s"

    def totals(self) -> dict[str, Any]:
        """Return steps and iterations so far."""
        steps = {"rejected_steps": self._rejected, "linear_steps": self._linear}
        return steps | self._spent_so_far()

    def _spent_so_far(self) -> dict[str, int]:
        """Iterations over all parts of the run."""
        return added(self._spent_here(), self._spent)

    def _spent_here(self) -> dict[str, int]:
        """Iterations of the solvers."""
        electro, mechanics = self.solver.electro, self.solver.mechanics
        return {
            "newton_iterations": self._newton(),
            "factorizations": electro.linear.factorizations + mechanics.linear.factorizations,
            "linear_iterations": electro.linear.iterations + mechanics.linear.iterations,
            "fallbacks": electro.linear.fallbacks + mechanics.linear.fallbacks,
            "softened_iterations": mechanics.effort.softened_iterations,
        }

    def _advance(self, phase: Phase) -> tuple[float, StepWork, Gap | None]:
        """Solve one time step; return its length, its work, and the end it met if it met one."""
        present = self._reading()
        left = phase.time_left(present)
        while True:
            dt = min(self._size.next, phase.longest_time_step)
            dt = dt if dt < left * (1 - ROUNDING) else left
            try:
                work, error = self._attempt(phase, dt)
                if self._size.accepts(dt, error, self._stepper.order):
                    gap = phase.furthest(self._reading(dt))
                    if gap.excess > 1.0:
                        dt, work, gap = self._land(phase, dt, gap, phase.furthest(present))
                    break
                self._rejected += 1
            except StepError as failure:
                self._rejected += 1
                if self._size.shortest(dt) and (recovered := self._recover(phase, dt)):
                    work, gap = recovered, phase.furthest(self._reading(dt))
                    break
                self._size.cut(dt, str(failure))
        self._require_possible(phase, dt)
        if gap.excess > -1.0:
            return dt, work, gap
        return dt, work, Gap("time", 0.0) if dt >= left else None

    def _require_possible(self, phase: Phase, dt: float) -> None:
        """Raise ProtocolError if a current goes on into an electrode that is full or empty."""
        collector, opposite = self._model.state.ones("collector_potential", "counter_potential")
        voltage = collector - opposite
        if IMPOSSIBLE[0] <= voltage <= IMPOSSIBLE[1]:
            return
        below, above = "the particle is full", "the particle is empty"
        if IMPOSSIBLE[0] <= collector <= IMPOSSIBLE[1]:
            below, above = "the counter electrode is empty", "the counter electrode is full"
        raise ProtocolError(
            f"step {self._clock.step} ({phase.words}) cannot go on: "
            f"{below if voltage < IMPOSSIBLE[0] else above}, at {voltage:.3g} V; let the step end "
            "at a voltage"
        )

    def _attempt(self, phase: Phase, dt: float) -> tuple[StepWork, float | None]:
        """Try a time step under what is imposed at its end; return its work and its error.

        Fracture energy counts as an error where the case limits it (dissipation control).
        """
        imposed = phase.imposed(self._clock.phase_time + dt)
        if imposed.temperature is not None:
            self.warm(imposed.temperature)
        work, error = self._stepper.attempt(dt, impose=partial(self._impose, phase))
        allowed, largest = (
            self._limits.dissipation,
            self._ledger.largest_elastic,
        )
        if allowed is not None and largest > 0:
            taken = self._ledger.fracture_ahead(self._model.state["damage"]) / largest
            error = max(error or 0.0, taken / allowed)
        return work, error

    def _impose(self, phase: Phase, passed: float) -> None:
        """Impose current, voltage and load of a moment, s after the last accepted step."""
        imposed = phase.imposed(self._clock.phase_time + passed)
        impose(self._model.electro.control, imposed, self._model.extent.outer_area)
        if imposed.load is not None:
            self.solver.load_factor = imposed.load

    def _recover(self, phase: Phase, dt: float) -> StepWork | None:
        """Take the shortest step linearly, at held damage; return None if that fails, too."""
        try:
            work, _ = self._stepper.attempt(dt, True, partial(self._impose, phase))
        except StepError:
            return None
        self._linear += 1
        return work

    def _land(self, phase: Phase, dt: float, gap: Gap, before: Gap) -> Trial:
        """Shorten the step until it ends just at the end condition that it passed.

        Before the first step of a phase the instruments still show the previous one, so what they
        lacked to the end is a guess there. A hold whose current is low enough from the beginning
        ends at once.
        """
        fresh = self._clock.phase_time == 0.0

        def attempt(dt: float) -> Trial:
            work, _ = self._attempt(phase, dt)
            return Trial(dt, work, phase.furthest(self._reading(dt)))

        lacking = None if fresh else before.excess
        landing = land(attempt, dt, gap.excess, lacking, self._limits.minimum)
        if landing.at_once and fresh and phase.imposed(0.0).current is not None:
            raise ProtocolError(
                f"step {self._clock.step} ({phase.words}) cannot be run: "
                f"its {gap.name} is already past its end"
            )
        if landing.following is not None:
            self._size.next = landing.following
        return landing.step

    def _reading(self, dt: float = 0.0) -> Reading:
        """What the instruments show, dt after the last accepted step. Collective."""
        present = read_instruments(self._model, self._clock)
        return present._replace(
            time=present.time + dt,
            charge=present.charge + (self._drawn()[0] * dt if dt else 0.0),
            load=self.solver.load_factor,
        )

    def _newton(self) -> int:
        return (
            self.solver.electro.newton_iterations + self.solver.mechanics.effort.newton_iterations
        )


def impose(control: CollectorControl, imposed: Imposed, outer_area: float) -> None:
    """Set the voltage of the collector or its current, which enters by the outer area, um^2."""
    if imposed.current is not None:
        control.impose_current(imposed.current / outer_area)
    elif imposed.voltage is not None:
        control.impose_voltage(imposed.voltage)

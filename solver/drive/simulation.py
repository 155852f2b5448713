"""The only loop: follows the protocol of a case, in time or by load, and tells the trackers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from mpi4py import MPI

from solver.case import Case
from solver.drive.by_load import ByLoad
from solver.drive.checkpoints import Checkpoints
from solver.drive.cycle_jump import CycleJump, EveryStep
from solver.drive.in_time import InTime, ProtocolError
from solver.drive.interrupt import Interrupt
from solver.drive.leap import Leap
from solver.drive.way import Done, Way
from solver.materials import MaterialError
from solver.mechanisms import Mechanism, MechanismError
from solver.model.build import Model, build_model
from solver.model.dissipation import EnergyError
from solver.model.electrical_work import ElectricalLedger
from solver.model.energy import EnergyLedger
from solver.output.checkpoint import CheckpointError, read
from solver.output.collective import OutputError
from solver.output.observe.group import columns_of
from solver.output.observe.moment import groups_of, observe
from solver.output.observe.now import Books
from solver.output.snapshot import Outcome, Run, Tracker
from solver.particle.mesh import read_particle
from solver.protocol import PlannedStep
from solver.solve.clock import Clock
from solver.solve.impedance import ImpedanceError
from solver.solve.loading import LoadingError
from solver.solve.staggered import StepError
from solver.solve.timestep import StepSizeError
from solver.units.columns import Column
from solver.units.constants import METRE
from solver.units.memory import Memory

GIVEN_UP = (
    StepError,
    StepSizeError,
    LoadingError,
    ImpedanceError,
    ProtocolError,
    EnergyError,
    MaterialError,
    MechanismError,
)


class StopRequest(Exception):  # noqa: N818
    """The user asked the run to end."""


class Keeper(Protocol):
    """Keeps what a run must know to go on, now and then. All methods are collective."""

    def due(self, cycle: int, stops: bool) -> bool:
        """Whether it is time, in a cycle; stops: whether the run ends here."""

    def keep(self, memory: Memory) -> None:
        """Keep it."""


class Simulation:
    """A model on its way through a protocol: in time where it has chemistry, else by load.

    All methods are collective.
    """

    def __init__(self, model: Model, trackers: Sequence[Tracker] = ()) -> None:
        self.model, self.trackers = model, trackers
        self.ledger = EnergyLedger(model.mechanics, model.fracture)
        self.electrical = ElectricalLedger(model) if model.chemistry else None
        self.clock, self.steps = Clock(), 0
        self.way = _way(model, self.clock, self.ledger, self.electrical)
        self.groups = groups_of(model, self.way.followed)
        self._order = self._make_order()
        self._done: int | None = None
        self._within = False  # whether the present step has begun
        self._asked: Callable[[], bool] = lambda: False
        self._keeper: Keeper | None = None

    def run(
        self, interrupted: Callable[[], bool] = lambda: False, keeper: Keeper | None = None
    ) -> Outcome:
        """Follow the whole protocol; the outcome says how far it got.

        keeper: of what the run must know to go on. It then goes on as another one would that loads
        this: from then on both are the same.
        """
        self._asked, self._keeper = interrupted, keeper
        try:
            if self._done is None:
                self._begin()
                self._done = 0
            plan = self.model.case.steps()
            while (number := self._done) < len(plan):
                self._follow(number, plan[number])
                self.ledger.require(self.model.case.numerics.algorithmic_share)
                self._done = self._order.after(plan, number)
                if self._done <= number:
                    self._stay()
            self._keep(stops=True)
            return self._outcome("finished", "the whole protocol was done")
        except StopRequest:
            return self._outcome("interrupted", f"interrupted {self.way.where()}")
        except OutputError as error:
            told = f"{self.way.where()}: {error}"
            return replace(self._outcome("failed", told), unwritable=True)
        except GIVEN_UP as error:
            self.way.restore()
            return self._outcome("failed", f"{self.way.where()}: {error}")

    def save(self) -> Memory:
        """Return all that a run must know to go on from the accepted step."""
        return {
            "done": self._done,
            "within": self._within,
            "steps": self.steps,
            "mechanisms": self._mechanisms(),
            "temperature": self.model.temperature,
            "clock": self.clock.save(),
            "way": self.way.save(),
            "ledger": self.ledger.save(),
            "electrical": self.electrical.save() if self.electrical else None,
            "lithium_at_start": self._books.lithium_at_start,
            "order": self._order.save(),
            "trackers": {tracker.name: tracker.save() for tracker in self.trackers},
        }

    def load(self, memory: Memory) -> None:
        """Be where a run of the same case was when it was saved; `run` goes on from there.

        Trackers have been started on the directory of that run; those that it had go on, too.
        """
        self._take_up(memory)
        for tracker in self.trackers:
            if tracker.name in memory["trackers"]:
                tracker.load(memory["trackers"][tracker.name])

    def require_same(self, memory: Memory) -> None:
        """Raise CheckpointError if the run that was saved had other mechanisms than this one."""
        had, has = memory["mechanisms"], self._mechanisms()
        if had != has:
            raise CheckpointError(f"the run had the mechanisms {had}, and is to go on with {has}")

    def _mechanisms(self) -> list[str]:
        """Names of what acts between time steps."""
        return [mechanism.name for mechanism in self.model.slow.mechanisms]

    def _take_up(self, memory: Memory) -> None:
        """Be there without the trackers."""
        self._done, self.steps = memory["done"], memory["steps"]
        self._within = memory["within"]
        self.model.set_temperature(memory["temperature"])
        self.clock.load(memory["clock"])
        self.way.load(memory["way"])
        self.ledger.load(memory["ledger"])
        self._books = Books(self.ledger)
        if self.electrical is not None:
            self.electrical.load(memory["electrical"])
            self._books = Books(self.ledger, self.electrical, memory["lithium_at_start"])
        self._order.load(memory["order"])

    def _make_order(self) -> EveryStep | CycleJump:
        """Return what says which step comes next."""
        jumping = self.model.case.numerics.cycle_jump
        if not jumping.enabled or self.electrical is None:
            return EveryStep()
        books = self.ledger, self.electrical, self.clock
        return CycleJump(jumping, Leap(self.model, self.way, *books), self.save, self.load)

    def _begin(self) -> None:
        """Bring the body into equilibrium as the case begins with it, and open the books."""
        self.way.begin()
        self.ledger.open(self.model.state["damage"])
        self._books = Books(self.ledger)
        if self.electrical is not None:
            self._books = Books(self.ledger, self.electrical, self.model.lithium())
            self.electrical.open()
        self._tell(Done(ends=True))

    def _follow(self, number: int, planned: PlannedStep) -> None:
        """Carry out a step of the protocol: book and show what is done, one after the other."""
        if not self._within:
            self.clock.begin_step(number, planned.cycle)
            if planned.step.temperature is not None:
                self.way.warm(planned.step.temperature)
            self._within = True
        steps = self.way.follow(planned.step)
        while True:
            if self._pause():
                steps = self.way.follow(planned.step)
            done = self._next(steps)
            if done is None:
                self._within = False
                return
            if done.spectrum is None:
                self._accept(done)
            self._tell(done)

    def _next(self, steps: Iterator[Done]) -> Done | None:
        """Return the next step, None behind the last.

        Where the solver gives up, what is needed to go on from the accepted one is kept.
        """
        try:
            return next(steps, None)
        except GIVEN_UP:
            with suppress(OutputError):  # a full disk is told at the end, and is not the reason
                self._keep(stops=True)
            raise

    def _pause(self) -> bool:
        """Keep what is needed to go on if it is time, and go on from that; return whether it was.

        Raises StopRequest if the user asked for it.
        """
        stops = self._asked()
        memory = self._keep(stops)
        if stops:
            raise StopRequest
        if memory is not None:
            self._take_up(memory)
        return memory is not None

    def _keep(self, stops: bool) -> Memory | None:
        """Keep what is needed to go on if it is time; return that. stops: whether it ends here."""
        if self._keeper is None or not self._keeper.due(self.clock.cycle, stops):
            return None
        memory = self.save()
        self._keeper.keep(memory)
        return memory

    def _stay(self) -> None:
        """Keep where steps were taken back to: what was kept since is ahead of the tables."""
        memory = self._keep(stops=True)
        if memory is not None:
            self._take_up(memory)

    def _accept(self, done: Done) -> None:
        """Make the state just solved the present one, in all books."""
        model = self.model
        self.ledger.book(model.state["damage"], done.work, done.jumped)
        if self.electrical is not None:
            self.electrical.book(done.dt, self.ledger.energies.swelling_work, done.earlier)
        now = model.present(self.way.old)
        damage = model.slow.advance(now, done.dt, self._book_wear)
        self.way.accept(done.dt, damage)
        self.steps += 1
        self.clock.advance(done.passed, done.current, done.parasitic)

    def _book_wear(self, cause: str) -> None:
        """Book what a mechanism has just taken from the bonds."""
        self.ledger.book_wear(cause, self.model.state["damage"])

    def _tell(self, done: Done) -> None:
        """Show the present moment to the trackers."""
        if not self.trackers:
            return
        stress, kept = self.way.stress(), self._books
        seen = observe(self.model, self.groups, stress, kept, self.clock, done.effort, done.ends)
        for tracker in self.trackers:
            tracker.record(replace(seen, spectrum=done.spectrum))

    def _outcome(self, status: str, reason: str) -> Outcome:
        lowest = dict(self.ledger.dissipation.lowest)
        totals = {"cycles": self.clock.cycle, "steps": self.steps, "lowest_dissipations": lowest}
        return Outcome(status, reason, totals | self.way.totals() | self._order.totals())


def _way(
    model: Model, clock: Clock, ledger: EnergyLedger, electrical: ElectricalLedger | None
) -> Way:
    return InTime(model, clock, ledger, electrical) if electrical else ByLoad(model, clock)


def run(
    case: Case,
    directory: Path,
    comm: MPI.Intracomm,
    progress: bool = True,
    extra: Sequence[Mechanism] = (),
    checkpoint: Path | None = None,
) -> Outcome:
    """Run a prepared directory (`run_directory.prepare`) and say how the run ended. Collective.

    checkpoint: of the directory, to go on from. Raises LoadError, CheckpointError.
    """
    from solver.output.trackers import close, open_trackers

    interrupt = Interrupt(comm)
    try:
        particle = read_particle(directory / "particle.msh", comm)
        model = build_model(case, particle, extra=extra)
        simulation = Simulation(model)
        keeper = Checkpoints(case.output.checkpoints, directory, model)
        memory = None if checkpoint is None else read(checkpoint, keeper.numbering)
        if memory is not None:
            simulation.require_same(memory)
        description = _described(model, directory, columns_of(simulation.groups))
        simulation.trackers = open_trackers(description, progress)
        if checkpoint is not None and memory is not None:
            simulation.load(memory)
            keeper.follow(int(checkpoint.stem), simulation.clock.cycle)
            if progress and comm.rank == 0:
                print(f"going on from {checkpoint.name}, {simulation.way.where()}", flush=True)
        outcome = simulation.run(interrupt.asked, keeper)
        if outcome.status == "interrupted":
            outcome = replace(outcome, for_now=interrupt.for_now)
        outcome = close(simulation.trackers, outcome, description)
    finally:
        interrupt.release()
    return outcome


def _described(model: Model, directory: Path, columns: tuple[Column, ...]) -> Run:
    """What trackers are told of a model before it begins."""
    about = model.case, model.particle, model.spaces, directory, model.comm, model.dofs
    acting = model.slow.mechanisms
    if model.chemistry is None:
        return Run(*about, mechanisms=acting, columns=columns)
    length = 3 * model.extent.volume / model.extent.outer_area / METRE
    oxide = model.oxides.of_grain if model.case.materials.regions else None
    return Run(*about, length, oxide, acting, columns)

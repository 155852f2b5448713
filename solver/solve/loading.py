"""Follows a load in increments, round every snap-back, to the end.

An increment is one of the load factor or of an opening that the user names. If it cannot be
solved it is cut, and the next ones grow again. If it can only be solved by a jump, in which more
energy is released than the boundaries take, or not at all, it is taken back. Where the step takes
time and the boundaries have a viscous delay, it is then cut as well, and the jump goes into the
delay. Else the crack is driven: an increment then prescribes the work that the tractions do on the
process zone, and the load factor is whatever it has to be (dissipation control), until the load is
past the one that failed. Where that fails too, the jump is accepted: what is set free is booked as
a sudden release. Where there is not even a jump, the increment is a linear step: the damage
is held, and catches up at its end.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la

from solver.physics import cohesive
from solver.solve.loaded import LoadedSolver
from solver.solve.mechanics import EquilibriumError
from solver.solve.stretch import Driven, LoadedState, Stretch, stretch_from
from solver.units.memory import Memory, saved, values_of

Floats = npt.NDArray[np.floating]
CUT, GROWTH = 0.25, 1.5
SMALLEST = 1e-3  # of an increment: below it the crack is driven
JUMP = 0.1  # energy released over energy spent, beyond which an increment is a jump
NOTICEABLE = 1e-7  # of the energy to break everything: less is no crack growth
LEAST_WORK = 1e-8  # of the same, in one increment of the crack
MOST_WORK = 1e-2
QUICK = 8  # Newton iterations of an increment that may grow
MOST_DRIVEN = 1000  # increments of the crack within one of the load
NEAR = 0.9  # of the largest approach to breaking: a point that counts as in the process zone
ROUNDING = 1e-9


class LoadingError(Exception):
    """The load cannot be followed further; the message says why."""


class LoadControl(Protocol):
    """What is increased step by step."""

    def value(self, solver: LoadedSolver) -> float:
        """Where it is now."""

    def advance(self, solver: LoadedSolver, to: float, share: float) -> Floats:
        """Solve with it at another value; return the damage. Raises EquilibriumError."""


class FactorControl:
    """The load factor is given."""

    def value(self, solver: LoadedSolver) -> float:
        """The load factor."""
        return solver.factor

    def advance(self, solver: LoadedSolver, to: float, share: float) -> Floats:
        """Solve at a load factor."""
        solver.impose(to)
        return solver.solve(share)


class MeasureControl(NamedTuple):
    """A measure of the displacement is given, the load factor found."""

    measure: Floats

    def value(self, solver: LoadedSolver) -> float:
        """The measure, um."""
        return solver.value(self.measure)

    def advance(self, solver: LoadedSolver, to: float, share: float) -> Floats:
        """Solve at a value of the measure."""
        return solver.follow(self.measure, to, share)


class Pace(NamedTuple):
    """Time that a step takes, s, if any, and viscous delay of the boundaries, s."""

    duration: float = 0.0
    delay: float = 0.0

    def share(self, dt: float) -> float:
        """Share of the growth of an opening that the damage follows within a time."""
        return dt / (dt + self.delay) if dt > 0 else 1.0


AT_ONCE = Pace()


class LoadPath:
    """Takes a loaded body from equilibrium to equilibrium. All methods are collective.

    progress: share of the step that is done; it falls and rises with the load of a driven crack.
    """

    def __init__(self, solver: LoadedSolver, damage: fem.Function) -> None:
        """Start from the body as it is; damage: of its boundary points."""
        self.solver, self._reached = solver, damage
        self._boundaries = solver.system.spaces.boundaries
        solver.begin_step(damage.x.array)
        solver.residual_norm(1.0)
        self._now = self._older = self._moment(damage.x.array)
        toughness = np.broadcast_to(solver.system.law.toughness, self._now.damage.shape)
        self._whole = self._boundaries.integral(np.asarray(toughness))
        self._worn = False
        self.cuts = self.driven = self.jumps = self.linear = 0
        self.progress, self._pace, self._share = 0.0, AT_ONCE, 1.0
        self._stretch: Stretch | None = None

    def save(self) -> Memory:
        """Return the last two equilibria, and what was counted."""
        counts = [self.cuts, self.driven, self.jumps, self.linear]
        now, older = self._saved(self._now), self._saved(self._older)
        stretch = None if self._stretch is None else saved(self._stretch)
        return {
            "now": now,
            "older": older,
            "worn": self._worn,
            "counts": counts,
            "progress": self.progress,
            "stretch": stretch,
        }

    def load(self, memory: Memory) -> None:
        """Go on from them, as if nothing had been solved before."""
        self.solver.forget()
        now, older = (values_of(memory[name]) for name in ("now", "older"))
        self._now, self._older = LoadedState(**now), LoadedState(**older)
        self._worn = memory["worn"]
        self.cuts, self.driven, self.jumps, self.linear = memory["counts"]
        self.progress, self._stretch = memory["progress"], stretch_from(memory["stretch"])
        self._damage = self._now.damage
        self._reached.x.array[:] = self._damage
        self._restore()

    def work(self) -> float:
        """Work that the loads did in the last accepted increment, pJ."""
        old, new = self._older, self._now
        n_owned = len(old.internal)
        moved = new.unknowns[0][:n_owned] - old.unknowns[0][:n_owned]
        return self._work(0.5 * (old.internal + new.internal), moved)

    def wear(self, damage: Floats) -> None:
        """Go on from a damage that something else has changed at the accepted displacement.

        What the next increment releases is then no measure of a jump: it is accepted as it comes.
        """
        self._now, self._worn = replace(self._now, damage=damage.copy()), True

    def go(
        self, control: LoadControl, to: float, increments: int, pace: Pace = AT_ONCE
    ) -> Iterator[None]:
        """Advance a control to a value, or go on with that; stop after every increment.

        Where it has that value already it is held. Raises LoadingError if not even a jump leads on.
        """
        whole = 1.0 / increments
        if self._stretch is None:
            self._stretch, self.progress = Stretch(control.value(self.solver), whole), 0.0
        stretch, self._pace = self._stretch, pace
        way = to - stretch.start if abs(to - stretch.start) > ROUNDING * abs(to) else 0.0
        while stretch.driven is not None or abs(1.0 - self.progress) > ROUNDING * whole:
            if stretch.driven is None:
                if self._increase(control, way, whole):
                    yield
                continue
            driven = stretch.driven
            for _ in self._drive(control, driven):
                self.progress = (control.value(self.solver) - stretch.start) / way
                yield
            stretch.driven, stretch.size = None, whole
            if (driven.goal - self.progress) * driven.ahead > 0:
                self._jump(control, driven.target, driven.dt)
                self._arrive(driven.goal, driven.dt)
                yield
        self._stretch = None

    def _increase(self, control: LoadControl, way: float, whole: float) -> bool:
        """Try the next increment; return whether it was taken.

        Else it is cut, or the crack is to be driven. way: of the control in the whole step. whole:
        share of the step that an increment has.
        """
        stretch, pace = self._present(), self._pace
        left = 1.0 - self.progress
        fits = abs(left) <= stretch.size * (1 + ROUNDING)
        ahead = left if fits else float(np.copysign(stretch.size, left))
        goal = self.progress + ahead
        target = stretch.start + goal * way
        dt = max(goal * pace.duration - stretch.passed, 0.0)
        failure = self._attempt(control, target, dt)
        if failure is None and not self._jumped():
            self._arrive(goal, dt)
            stretch.size = min(stretch.size * GROWTH, whole)
            return True
        self._restore()
        slows = pace.delay > 0 and dt > 0  # then a jump takes time, which has to be resolved
        if (failure is not None or slows) and abs(ahead) > SMALLEST * whole:
            self.cuts += 1
            stretch.size = abs(ahead) * CUT
            return False
        stretch.driven = Driven(goal, target, dt, ahead)
        if way and self._whole > 0.0 and not self._worn:
            stretch.driven.sign = float(np.sign(target - control.value(self.solver)))
            stretch.driven.work = self._last_work()
        return False

    def _present(self) -> Stretch:
        """How far the step is that goes on."""
        assert self._stretch is not None
        return self._stretch

    def _attempt(
        self, control: LoadControl, target: float, dt: float = 0.0, linearly: bool = False
    ) -> str | None:
        """Try an increment that takes a time; return why it failed, None if it did not.

        linearly: at the damage of its start, which catches up at its end.
        """
        self._share, self.solver.system.bond.dt = self._pace.share(dt), dt
        self._predict(control, target)
        try:
            self._damage = control.advance(self.solver, target, 0.0 if linearly else self._share)
        except EquilibriumError as error:
            return str(error)
        if linearly:
            self._damage = self.solver.catch_up(self._share)
        return None

    def _jump(self, control: LoadControl, target: float, dt: float) -> None:
        """Take whatever equilibrium comes next, behind a crack that is through or by a jump.

        If none comes, that at held damage.
        """
        failure = self._attempt(control, target, dt)
        if failure is not None:
            self._restore()
            if self._attempt(control, target, dt, linearly=True) is not None:
                self._restore()
                raise LoadingError(failure)
            self.linear += 1
            return
        self.jumps += self._jumped()

    def _arrive(self, goal: float, dt: float) -> None:
        """Accept an increment that took a time and brought the step forward."""
        self._accept()
        self._present().passed += dt
        self.progress = goal

    def _drive(self, control: LoadControl, driven: Driven) -> Iterator[None]:
        """Drive the crack until the control is past a target, or the crack is through.

        This takes no time.
        """
        while driven.work > 0.0 and driven.count < MOST_DRIVEN:
            driven.count += 1
            measure = MeasureControl(self._process_zone())
            present = measure.value(self.solver)
            before = self.solver.effort.newton_iterations
            failure = self._attempt(measure, present + driven.work)
            if failure is not None:
                self._restore()
                driven.work *= CUT
                if driven.work < LEAST_WORK * self._whole:
                    driven.work = 0.0
                continue
            self.driven += 1
            far = (control.value(self.solver) - driven.target) * driven.sign >= 0
            self._accept()
            if self.solver.effort.newton_iterations - before <= QUICK:
                driven.work = min(driven.work * GROWTH, MOST_WORK * self._whole)
            driven.work *= not far
            yield

    def _process_zone(self) -> Floats:
        """Weights on the owned dofs that give the work of tractions where the crack grows."""
        system, now = self.solver.system, self._now
        traction = now.traction.reshape(self._boundaries.normal.shape)
        zone = (now.damage > self._older.damage) & (now.damage < 1.0)
        if self._boundaries.integral(zone.astype(float)) == 0.0:
            reach = np.linalg.norm(traction, axis=1) / system.law.strength
            zone = reach >= NEAR * self._boundaries.maximum(reach)
        weighted = (self._boundaries.weight * zone)[:, None] * traction
        weights = fem.Function(system.spaces.vector)
        values = weights.x.array.reshape(-1, traction.shape[1])
        np.add.at(values, self._boundaries.minus, weighted)
        np.add.at(values, self._boundaries.plus, -weighted)
        weights.x.scatter_reverse(la.InsertMode.add)
        return weights.x.array[: len(now.internal)].copy()

    def _last_work(self) -> float:
        """Work that the last increment did on the present process zone, within limits."""
        zone = self._process_zone()
        here = self.solver.value(zone)
        self.solver.restore(self._older.unknowns)
        before = self.solver.value(zone)
        self.solver.restore(self._now.unknowns)
        limits = np.array([1e2 * LEAST_WORK, MOST_WORK]) * self._whole
        return float(np.clip(here - before, *limits))

    def _jumped(self) -> bool:
        """Whether the increment just solved released more energy than it spent on cracks."""
        solver, old = self.solver, self._now
        if solver.takes_jumps or self._worn:
            return False
        new = solver.system.potential_energy(old.damage, self._share)
        displacement = solver.system.unknowns[0].x.array[: len(old.internal)].copy()
        spent = self._spent(old.damage)
        if spent <= NOTICEABLE * self._whole:
            return False
        kept = solver.unknowns()
        solver.restore(old.unknowns)
        before = solver.system.potential_energy(old.damage, self._share)
        moved = displacement - solver.system.unknowns[0].x.array[: len(old.internal)]
        solver.restore(kept)
        work = self._work(0.5 * (old.internal + solver.internal), moved)
        return work - (new - before) > JUMP * spent

    def _spent(self, damage_old: Floats) -> float:
        """Energy that the increment just solved spent on cracks, at the mix it reached, pJ."""
        system = self.solver.system
        opened = system.openings() - system.bond.slipped
        old, new = (
            cohesive.energies(opened, self._boundaries.normal, damage, system.law).fracture
            for damage in (damage_old, self._damage)
        )
        return self._boundaries.integral(new - old)

    def _predict(self, control: LoadControl, target: float) -> None:
        """Start an increment from the accepted moment, moved on as the last increment went."""
        self._restore()
        now, older, solver = self._now, self._older, self.solver
        solver.internal[:] = now.internal
        solver.begin_step(now.damage)
        here = control.value(solver)
        solver.restore(older.unknowns)
        solver.factor = older.factor
        before = control.value(solver)
        ratio = (target - here) / (here - before) if here != before else 0.0
        ratio = ratio if 0.0 < ratio <= 2.0 else 0.0
        moved: list[Floats] = [
            a + ratio * (a - b) for a, b in zip(now.unknowns, older.unknowns, strict=True)
        ]
        solver.restore(moved)
        solver.factor = now.factor + ratio * (now.factor - older.factor)

    def _accept(self) -> None:
        self._older, self._now = self._now, self._moment(self._damage)
        self._reached.x.array[:] = self._damage

    def _restore(self) -> None:
        """Go back to the accepted moment."""
        self.solver.restore(self._now.unknowns)
        self.solver.factor = self._now.factor
        self.solver.system.bond.slide_back(self._now.slid)

    def _moment(self, damage: Floats) -> LoadedState:
        solver = self.solver
        traction = solver.system.traction.x.array.copy()
        internal = solver.internal.copy()
        slid = solver.system.bond.slid()
        return LoadedState(
            solver.unknowns(), damage.copy(), slid, traction, solver.factor, internal
        )

    def _saved(self, moment: LoadedState) -> Memory:
        """An equilibrium by what its arrays are over."""
        spaces, fields = self.solver.system.spaces, self.solver.fields
        points = spaces.point_vector
        unknowns = zip(fields, moment.unknowns, strict=True)
        return {
            "unknowns": [spaces.local(field.function_space, at) for field, at in unknowns],
            "damage": spaces.local(spaces.boundaries.space, moment.damage),
            "slid": [spaces.local(points, at) for at in moment.slid],
            "traction": spaces.local(points, moment.traction),
            "factor": moment.factor,
            "internal": spaces.local(spaces.vector, moment.internal, owned=True),
        }

    def _work(self, force: Floats, moved: Floats) -> float:
        """Work of forces on owned dofs. Collective."""
        return float(self._boundaries.comm.allreduce(float(force @ moved)))

"""Equilibrium of a body that is held and loaded from outside, at a given load or a given opening.

Where the load has to fall for a crack to grow slowly, the load factor is an unknown of its own:
what is given instead is a *measure*, a linear function of the displacement such as the opening of
a notch. Each Newton step solves twice with the same factors, for the unbalanced force and for the
load, and combines the two so that the measure is met (bordering).

Such steps have no energy that must fall, and may go round for ever among states of contact, or be
led astray where a crack grows by much. Then the body first comes to *rest*: at the minimum of its
energy where the points of the load have moved as far as they have, as if they were moved and not
loaded. The force that this takes is the load from which the steps begin anew.
"""

from functools import partial

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from solver.case.linear import MechanicsChoice
from solver.model.loads.loads import Loads
from solver.model.mechanics import MechanicalSystem
from solver.solve.linear.protocol import LinearSolveError
from solver.solve.mechanics import EquilibriumError, EquilibriumSolver
from solver.units.memory import Memory, values_of

Floats = npt.NDArray[np.floating]
MOST_ITERATIONS = 15  # of bordered steps in a row
MOST_RESTS = 3
SHARES = (1.0, 0.5, 0.25)  # of a Newton step that are tried
WORST_GROWTH = 2.0  # of the residual that a step may cause
NOT_MET = 1e-9  # relative error of the measure


class LoadedSolver(EquilibriumSolver):
    """Finds equilibria of a mechanical system under loads."""

    loads: Loads
    takes_jumps = False  # instead of driving the crack through what would be one

    def __init__(
        self,
        system: MechanicalSystem,
        loads: Loads,
        tolerance: float = 1e-8,
        linear: MechanicsChoice = "auto",
    ) -> None:
        super().__init__(system, tolerance, loads=loads, linear=linear)
        self._reach = self._residual.vector.duplicate()
        self._dead_load = float(np.sqrt(self._sum(float(loads.force @ loads.force))))
        self._reaction = 0.0
        self._guide: Floats | None = None

    def begin_step(self, damage_old: Floats) -> None:
        """Fix the damage from which the next solutions start, and the forces to expect."""
        super().begin_step(damage_old)
        held = self.internal[self.loads.held]
        self._reaction = float(np.sqrt(self._sum(float(held @ held))))

    def _size_of_forces(self) -> float:
        return max(super()._size_of_forces(), self._reaction, self._load())

    def _load(self) -> float:
        """Size of the dead load at the present factor."""
        return abs(self.factor) * self._dead_load

    def impose(self, factor: float) -> None:
        """Set the load factor and move the held nodes there. Collective."""
        self.factor = factor
        displacement = self.system.unknowns[0]
        displacement.x.array[self.loads.held] = factor * self.loads.value
        displacement.x.scatter_forward()

    def value(self, measure: Floats) -> float:
        """Measure of the present displacement; measure: weights on the owned dofs. Collective."""
        displacement = self.system.unknowns[0].x.array[: len(measure)]
        return float(self._comm.allreduce(float(measure @ displacement), MPI.SUM))

    def applied(self) -> Floats:
        """Force that loads, walls and what holds exert on the owned dofs at present."""
        force = self.loads.push(self._displacement(), self.factor)
        force[self.loads.held] = self.internal[self.loads.held]
        return force

    def follow(self, measure: Floats, wanted: float, share: float) -> Floats:
        """Find the equilibrium at which a measure has a value; return the new damage. Collective.

        The load factor is found on the way. Raises EquilibriumError.
        """
        self._scale = self._size_of_forces()
        self.system.bond.thaw()
        for _ in range(MOST_RESTS):
            if self._come_near(measure, wanted, share):
                break
            self._rest(measure, wanted, share)
        else:
            if not self._come_near(measure, wanted, share):
                raise EquilibriumError(self._where_unbalanced())
        self.system.hold(self._damage_old)
        self.system.settle()
        return self._response.damage.copy()

    def _come_near(self, measure: Floats, wanted: float, share: float) -> bool:
        """Take bordered Newton steps; return whether they end in equilibrium, else undo them."""
        start, factor, norm = self.unknowns(), self.factor, self.residual_norm(share)
        for _ in range(MOST_ITERATIONS):
            norm *= self._scale / max(self._scale, self._load())
            self._scale = max(self._scale, self._load())
            gap = wanted - self.value(measure)
            if norm < self._tolerance and abs(gap) <= NOT_MET * abs(wanted):
                return True
            growth = self._find_bordered_change(measure, gap)
            norm = self._go_along(norm, growth, share)
            if not np.isfinite(norm):
                break
        self.restore(start)
        self.factor = factor
        return False

    def _rest(self, measure: Floats, wanted: float, share: float) -> None:
        """Come to rest near the wanted measure, the points of the load held where they are then."""
        self.residual_norm(share)
        gap = wanted - self.value(measure)
        if abs(gap) > NOT_MET * abs(wanted):
            self._change_load(self._find_bordered_change(measure, gap))
        push = self._push()
        size = float(np.sqrt(self._sum(float(push @ push))))
        self._guide = push / size if size > 0 else None
        try:
            super().solve(share)
        finally:
            self._guide = None
        self.system.bond.thaw()
        if size > 0:
            self.residual_norm(share)
            lacks = self._residual.vector.array_r[self._residual.slices[0]]
            self.factor += self._sum(float(push @ lacks)) / size**2

    def _push(self) -> Floats:
        """Dead load on what is free; zero if points of the load are moved anyway. Collective."""
        force = self.loads.force.copy()
        force[self.loads.held] = 0.0
        moves = self._sum(float(np.abs(self.loads.value).sum())) > 0
        return 0.0 * force if moves else force

    def _unbalanced(self) -> PETSc.Vec:
        """Leave out what holds the points of the load while the body comes to rest."""
        vector = super()._unbalanced()
        if self._guide is not None:
            values = vector.array_w[self._residual.slices[0]]
            values -= self._sum(self._guide @ values) * self._guide
        return vector

    def _find_change(self, softening: float) -> float:
        """Leave the points of the load where they are while the body comes to rest."""
        slope = super()._find_change(softening)
        if self._guide is None or slope == 0.0:
            return slope
        place = self._residual.slices[0]
        self._pull.set(0.0)
        self._pull.array_w[place] = self._guide
        try:
            self.linear.solve(self._pull, self._reach)
        except LinearSolveError:
            return 0.0
        away = self._sum(self._guide @ self._change.array_r[place])
        reach = self._sum(self._guide @ self._reach.array_r[place])
        self._change.axpy(-away / reach, self._reach)
        return -float(self._residual.vector.dot(self._change))

    def _find_bordered_change(self, measure: Floats, gap: float) -> float:
        """Newton change of the unknowns that closes the gap; return that of the load factor."""
        self.effort.newton_iterations += 1
        self.system.stiffen_boundaries(self._response)
        self._update_tangent()
        negligible = 1e-2 * self._tolerance * self._scale
        try:
            self.linear.solve(self._pull, self._reach)
            self.linear.solve(self._residual.vector, self._change, negligible)
        except LinearSolveError as error:
            raise EquilibriumError(f"{self._where_unbalanced()}; {error}") from error
        self._reach.array_w[self.loads.held] = self.loads.value
        place = self._residual.slices[0]
        reach = self._sum(measure @ self._reach.array_r[place])
        back = self._sum(measure @ self._change.array_r[place])
        if reach == 0.0:
            raise EquilibriumError("the load does not move what is to control it")
        growth = (gap + back) / reach
        self._change.scale(-1.0)
        self._change.axpy(growth, self._reach)
        return growth

    def _go_along(self, norm: float, growth: float, share: float) -> float:
        """Move along the change as far as the residual allows; return its norm."""
        start, factor = self.unknowns(), self.factor
        for part in SHARES:
            self.restore(start)
            self.factor = factor
            self._change_load(growth, part)
            new_norm = self.residual_norm(share)
            if new_norm < WORST_GROWTH * norm or norm < self._tolerance:
                break
        return new_norm

    def _change_load(self, growth: float, part: float = 1.0) -> None:
        """Go a part of the way of a bordered change."""
        self._residual.add_to_fields(self._change, part)
        self.factor += part * growth

    def _sum(self, local: float) -> float:
        return float(self._comm.allreduce(float(local), MPI.SUM))


class WorkOfLoads:
    """Work of the loads on a body from one accepted step to the next. All methods are collective.

    By the mean of their forces at both ends, of the loads themselves and of what holds the body:
    what they miss of the forces inside is out of balance, and no work of theirs.
    """

    def __init__(self, solver: LoadedSolver) -> None:
        self._solver = solver

    def open(self) -> None:
        """Begin from the present equilibrium."""
        self._force, self._moved = self._solver.applied(), self._displacement()

    def book(self) -> float:
        """Work since the last moment, pJ."""
        force, moved = self._force, self._moved
        self.open()
        local = 0.5 * (force + self._force) @ (self._moved - moved)
        return float(self._solver.system.spaces.boundaries.comm.allreduce(float(local)))

    def save(self) -> Memory:
        """Return forces and displacements of the last moment."""
        local = partial(self._solver.system.spaces.local, self._solver.system.spaces.vector)
        return {
            "force": local(self._force, owned=True),
            "moved": local(self._moved, owned=True),
            "internal": local(self._solver.internal, owned=True),
        }

    def load(self, memory: Memory) -> None:
        """Go on from that moment."""
        self._force, self._moved = values_of(memory["force"]), values_of(memory["moved"])
        self._solver.internal[:] = values_of(memory["internal"])

    def _displacement(self) -> Floats:
        return self._solver.system.unknowns[0].x.array[: len(self._solver.internal)].copy()

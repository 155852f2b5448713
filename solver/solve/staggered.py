"""One time step of the coupled problem: chemistry and mechanics in turn until they agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI

from solver.model.build import Model
from solver.model.electro.counter import face
from solver.model.electro.system import StressInPotential, put_aside
from solver.model.state import State
from solver.solve.agreement import Agreement
from solver.solve.electro import ElectrochemicalSolver, TransportError
from solver.solve.loaded import LoadedSolver
from solver.solve.mechanics import EquilibriumError, EquilibriumSolver
from solver.solve.phase_field import FractureSolver
from solver.solve.stages import WHOLE, Stage

Floats = npt.NDArray[np.floating]
DAMAGE_TOLERANCE = 1e-4
ROUGHLY = 0.1  # of the last mismatch (V): how well the chemistry is solved before the next turn
BALANCED = 5e-3  # per volt of it: unbalanced force that suffices until then
FIRST_CHANGE = 1e-3
FINE = 1e-7  # error of the chemistry that a finished step may have, V


class StepError(Exception):
    """The step could not be solved; the message names field, grain and figures."""


@dataclass(frozen=True)
class StepWork:
    """What one step took: turns between chemistry and mechanics.

    jumped: whether the minimum was lost on the way, so that another one had to be found.
    """

    turns: int
    jumped: bool = False


class CoupledSolver:
    """Advances the state of a model by one time step, or brings it into equilibrium.

    loaded: what finds equilibria, if there are loads. load_factor: that the next step or
    equilibrium has at its end.
    """

    def __init__(self, model: Model) -> None:
        numerics = model.case.numerics
        self.model = model
        system, loads = model.mechanics, model.loads
        tolerance, linear = numerics.newton_tolerance, numerics.linear.mechanics
        self.loaded = LoadedSolver(system, loads, tolerance, linear) if loads else None
        self.mechanics = self.loaded or EquilibriumSolver(system, tolerance, linear=linear)
        self.load_factor = 0.0
        self.fracture = None
        if model.fracture is not None:
            self.fracture = FractureSolver(model.fracture)
        self.electro = ElectrochemicalSolver(
            model.electro,
            numerics.newton_tolerance,
            numerics.newton_iterations,
            numerics.linear.transport,
        )
        self.stress = np.zeros((len(model.spaces.grain_of_node), 6))
        self._projection = fem.Function(model.spaces.tensor)
        self._tolerance = numerics.stagger_tolerance
        self._max_turns = numerics.stagger_iterations
        n_owned = model.spaces.scalar.dofmap.index_map.size_local
        self._agreement = Agreement(model.comm, n_owned, self._slope)

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self.electro.linear.forget()
        self.mechanics.forget()
        if self.fracture is not None:
            self.fracture.forget()

    def equilibrate(self) -> None:
        """Mechanical equilibrium of the present occupancy. Collective; StepError."""
        self.model.mechanics.bond.dt = 0.0
        self._begin_mechanics(self.model.state["damage"])
        try:
            self._solve_mechanics(1.0)
        except EquilibriumError as error:
            raise StepError(str(error)) from error
        self.model.state["stress_potential"][:] = self._stress_part()

    def step(self, dt: float, linearly: bool = False, stage: Stage = WHOLE) -> StepWork:
        """Advance by dt (s) from the state at hand, which is the guess as well. Collective.

        linearly: boundaries hold their damage while a solution is sought, and catch up then.
        stage: of the step that is solved.

        Goes from where `begin_step` was told. Raises StepError; the state is then undefined.
        """
        passed = stage.end * dt
        self.model.electro.dt.value, self.model.mechanics.bond.dt = stage.length * dt, passed
        follows = passed / (passed + self.model.relaxation_time)
        share = 0.0 if linearly else follows
        x = self.model.state["occupancy"]
        self._agreement.begin(self.model.state["stress_potential"], x)
        self.electro.begin_step()
        lost = self.mechanics.effort.softened_iterations
        self._last_change = FIRST_CHANGE
        for turn in range(1, self._max_turns + 1):
            mismatch, agree = self._turn(self._agreement.held, dt, share)
            if agree:
                self._settle(share)
                face(self.model.electro)
                if linearly:
                    self.model.state["damage"][:] = self.mechanics.catch_up(follows)
                return StepWork(turn, self.mechanics.effort.softened_iterations > lost)
            self._agreement.advance(mismatch, self._last_change, x)
        raise StepError(
            f"chemistry and mechanics do not agree after {self._max_turns} turns: the stress part "
            f"of the potential of {self._restless_grain(mismatch)} still moves by "
            f"{self._last_change:.1e} V"
        )

    def _turn(self, held: StressInPotential, dt: float, share: float) -> tuple[Floats, bool]:
        """Solve the chemistry at a stress part, then the mechanics at the new occupancy.

        Return by how much the stress part is another one then (V), and whether that, the error of
        the chemistry and what broke are nothing of note.
        """
        state, broken_before = self.model.state, self.model.broken_share()
        try:
            self.model.update_conditions(dt)
            error = self.electro.solve(held, ROUGHLY * self._last_change)
            self._solve_mechanics(share, BALANCED * self._last_change)
        except (TransportError, EquilibriumError) as failure:
            raise StepError(str(failure)) from failure
        state["stress_potential"][:] = self._stress_part()
        mismatch: Floats = state["stress_potential"] - held.value(state["occupancy"])
        agree = self._agree(mismatch, self.model.broken_share() - broken_before)
        return mismatch, agree and error <= FINE

    def begin_step(self, old: State) -> None:
        """Fix the moment from which the next steps start: cracks in grains are the present ones."""
        self._begin_mechanics(old["damage"])
        self.model.electro.occupancy_old.x.array[:] = old["occupancy"]
        self.model.electro.sites_old.x.array[:] = old["sites"]
        self.model.electro.aside_old.x.array[:] = put_aside(old)
        (self.model.electro.facing.before,) = old.ones("released")

    def _begin_mechanics(self, damage_old: Floats) -> None:
        self.mechanics.begin_step(damage_old)
        if self.loaded is not None:
            self.loaded.impose(self.load_factor)
        if self.fracture is not None:
            self.fracture.begin_step()

    def _settle(self, share: float) -> None:
        """Bring the mechanics, so far solved as well as turns need, into equilibrium proper."""
        try:
            self._solve_mechanics(share)
        except EquilibriumError as failure:
            raise StepError(str(failure)) from failure

    def _equilibrium(self, share: float, enough: float) -> Floats:
        """Damage of the boundaries in equilibrium, with the cracks inside grains at rest."""
        if self.fracture is None:
            return self.mechanics.solve(share, enough)
        return self.fracture.solve(lambda: self.mechanics.solve(share))

    def _solve_mechanics(self, share: float, enough: float = 0.0) -> None:
        model = self.model
        model.swell()
        model.state["damage"][:] = self._equilibrium(share, enough)
        self.read_stress()

    def read_stress(self) -> None:
        """Take the stress as it is at the present displacement and lattice. Collective."""
        self.stress[:] = self.model.mechanics.stress.read(self._projection)

    def _stress_part(self) -> Floats:
        """Stress part of the potential at the stress of the nodes, V."""
        model, x = self.model, self.model.state["occupancy"]
        if not model.case.physics.stress_in_potential.enabled:
            return np.zeros_like(x)
        return model.swelling().potential(x, self.stress) * model.electro.in_oxide

    def _slope(self, x: Floats) -> Floats:
        """Its derivative at fixed strain, V."""
        model = self.model
        if not model.case.physics.stress_in_potential.enabled:
            return np.zeros_like(x)
        return model.swelling().slope(x) * model.electro.in_oxide

    def _agree(self, potential_change: Floats, broken_change: Floats) -> bool:
        """Whether a turn changed nothing of note on any rank."""
        self._last_change = self._largest(potential_change)
        moved = self._largest(broken_change)
        return bool(self._last_change < self._tolerance and moved < DAMAGE_TOLERANCE)

    def _largest(self, values: Floats) -> float:
        local = float(np.max(np.abs(values), initial=0.0))
        return float(self.model.comm.allreduce(local, MPI.MAX))

    def _restless_grain(self, change: Floats) -> str:
        """Name of the grain where the change is largest. Collective."""
        node = int(np.argmax(np.abs(change))) if change.size else 0
        grain = int(self.model.spaces.grain_of_node[node])
        largest = float(np.max(np.abs(change), initial=0.0))
        _, grain = self.model.comm.allreduce((largest, grain), MPI.MAXLOC)
        return self.model.particle.grain_names[grain]

"""Linear solves by cycles over levels that never factor the matrix of the whole."""

from collections.abc import Callable
from typing import Protocol

from petsc4py import PETSc

from solver.solve.linear.lagged import LaggedSolver
from solver.solve.linear.memory import require_memory_for_factors
from solver.solve.linear.protocol import LinearSystem

MOST_ITERATIONS = 120
FAILURES_IN_A_ROW, PASSED_OVER = 2, 20  # solves that are left to factors then, before another try


class Cycle(Protocol):
    """A rough solution, level by level.

    matrix: what it is to invert, stored as suits products.
    """

    matrix: PETSc.Mat

    @property
    def factorizations(self) -> int:
        """Of what is kept, so far."""

    def take(self) -> None:
        """Take over what changes with the matrix. Collective."""

    def renew(self) -> bool:
        """Take over what is kept, unless that has just been done; return whether. Collective."""

    def notice(self, iterations: int) -> None:
        """Be told how many iterations a solution took."""

    def apply(self, pc: PETSc.PC, right: PETSc.Vec, found: PETSc.Vec) -> None:
        """Find roughly what the matrix turns into `right`. Collective."""

    def destroy(self, pc: PETSc.PC) -> None:
        """Free what PETSc holds; it calls this itself. Collective."""


class CycleSolver:
    """GMRES preconditioned by cycles; the flexible one, as parts of them are iterations too.

    Where they do not converge, the matrix is factored (`LaggedSolver`) if there is memory for that,
    after two such failures in a row for a while at once. fallbacks counts that.
    """

    def __init__(self, system: LinearSystem, cycle: Callable[[LinearSystem], Cycle]) -> None:
        self.fallbacks = 0
        self._system, self._make = system, cycle
        self._iterations = self._factorizations = 0
        self._factored: LaggedSolver | None = None
        self._begin()

    @property
    def iterations(self) -> int:
        """Iterations so far, of cycles and around factors."""
        return self._iterations + (self._factored.iterations if self._factored else 0)

    @property
    def factorizations(self) -> int:
        """Factorizations so far, of what cycles keep and of the whole."""
        here = self._factorizations + self._cycle.factorizations
        return here + (self._factored.factorizations if self._factored else 0)

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the matrix as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        if self._worth_trying():
            self._ksp.setTolerances(rtol=self._tolerance, atol=negligible)
            if self._goes(right, solution):
                self._failures = 0
                return
            self._failures += 1
        self._solve_with_factors(right, solution, negligible)

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self._end()
        if self._factored is not None:
            self._factored.forget()
        self._begin()

    def destroy(self) -> None:
        """Free what PETSc holds. Collective."""
        self._end()
        if self._factored is not None:
            self._factored.destroy()

    def _begin(self) -> None:
        self._failures = self._passed_over = 0
        self._begin_cycle()

    def _begin_cycle(self) -> None:
        self._cycle, self._state = self._make(self._system), -1
        self._ksp: PETSc.KSP = PETSc.KSP().create(self._system.matrix.comm)
        self._ksp.setOptionsPrefix(f"{self._system.name}_")
        self._ksp.setType("fgmres")
        self._ksp.setGMRESRestart(MOST_ITERATIONS)
        self._ksp.setTolerances(rtol=self._system.tolerance, max_it=MOST_ITERATIONS)
        self._ksp.setOperators(self._cycle.matrix)
        self._ksp.getPC().setType("python")
        self._ksp.getPC().setPythonContext(self._cycle)
        self._ksp.setFromOptions()
        self._ksp.setErrorIfNotConverged(False)  # factors are tried instead
        self._tolerance: float = self._ksp.getTolerances()[0]

    def _end(self) -> None:
        self._factorizations += self._cycle.factorizations
        self._ksp.destroy()

    def _worth_trying(self) -> bool:
        """Whether cycles may do: not for a while after they have failed twice."""
        if self._failures < FAILURES_IN_A_ROW:
            return True
        self._passed_over = (self._passed_over + 1) % PASSED_OVER
        return self._passed_over == 0

    def _goes(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate; where MUMPS cannot solve for a level, PETSc raises an error."""
        try:
            self._take()
            return self._iterate(right, solution) or (
                self._cycle.renew() and self._iterate(right, solution)
            )
        except PETSc.Error:
            self._end()
            self._begin_cycle()
            return False

    def _take(self) -> None:
        """Let the cycle have the matrix as it is now."""
        state = self._system.matrix.stateGet()
        if state != self._state:
            self._cycle.take()
            self._state = state

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate; return whether that solved the system."""
        solution.set(0.0)
        self._ksp.solve(right, solution)
        free = self._system.matrix.getNullSpace()
        if free.handle:
            free.remove(solution)  # cycles put some of it back
        self._iterations += self._ksp.getIterationNumber()
        self._cycle.notice(self._ksp.getIterationNumber())
        return bool(self._ksp.getConvergedReason() > 0)

    def _solve_with_factors(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float) -> None:
        require_memory_for_factors(self._system.matrix)
        self.fallbacks += 1
        if self._factored is None:
            self._factored = LaggedSolver(self._system)
        self._factored.solve(right, solution, negligible)

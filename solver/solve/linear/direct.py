"""Linear solves with factors of the very matrix."""

from petsc4py import PETSc

from solver.solve.linear.factored import FactoredSolver
from solver.solve.linear.protocol import LinearSystem

MOST_ITERATIONS = 30


class DirectSolver(FactoredSolver):
    """Factors the matrix whenever its values have changed.

    The few iterations of GMRES around the factors take out what regularizing put in.
    """

    def __init__(self, system: LinearSystem) -> None:
        super().__init__(system, "fgmres", MOST_ITERATIONS)
        self._factored_state: int | None = None

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        super().forget()
        self._factored_state = None

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the matrix as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        self._ksp.setTolerances(rtol=self._tolerance, atol=negligible)
        state = self._system.matrix.stateGet()
        if state == self._factored_state and self._iterate(right, solution):
            return
        self._factored_state = None
        self._solve_afresh(right, solution)
        self._factored_state = state

"""Linear solves with a factorization that is kept for as long as it helps."""

from petsc4py import PETSc

from solver.solve.linear.factored import FactoredSolver
from solver.solve.linear.protocol import LinearSystem

LEAST_WORTH, MOST_WORTH = 10, 40  # iterations that cost as much as a factorization
PER_ENTRY = 50  # operations of a factorization per entry of the factors that add one to that
PATIENCE = 1.5  # iterations at most, in factorizations
FAILURES_IN_A_ROW, PASSED_OVER = 2, 5


class LaggedSolver(FactoredSolver):
    """GMRES preconditioned by the factors of an earlier matrix.

    Of its variants it is the flexible one, which needs no last solve with the factors. These are
    renewed when a solve would take more iterations than new ones are worth, or when growing old
    has cost that many: counts, not times, so that runs repeat. No option limits the iterations; a
    method that does not measure its residual gets new factors every time.
    """

    def __init__(self, system: LinearSystem) -> None:
        super().__init__(system, "fgmres", int(PATIENCE * MOST_WORTH))
        self._begin()

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        super().forget()
        self._begin()

    def _begin(self) -> None:
        """Know nothing of factors and of what they are worth."""
        self._failures, self._passed_over = 0, 0
        self._worth, self._least, self._wasted = MOST_WORTH, MOST_WORTH, 0

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the matrix as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        most = int(PATIENCE * self._worth)
        self._ksp.setTolerances(rtol=self._tolerance, atol=negligible, max_it=most)
        if self._wasted >= self._worth:
            self._factor()
        if self._worth_trying():
            if self._iterate(right, solution):
                self._failures = 0
                return
            self._failures += 1
        self._solve_afresh(right, solution)

    def _worth_trying(self) -> bool:
        """Whether the factors at hand may do: not while they keep failing, save now and then."""
        if self._copy is None or self._ksp.getNormType() == PETSc.KSP.NormType.NONE:
            return False
        if self._failures < FAILURES_IN_A_ROW or self._passed_over >= PASSED_OVER:
            self._passed_over = 0
            return True
        self._passed_over += 1
        return False

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        before = self.iterations
        solved = super()._iterate(right, solution)
        count = self.iterations - before
        self._least = min(self._least, count)
        self._wasted += count - self._least
        return solved

    def _factor(self) -> None:
        super()._factor()
        self._worth = _worth(self._ksp.getPC())
        self._least, self._wasted = self._worth, 0


def _worth(factors: PETSc.PC) -> int:
    """Iterations that cost as much as a factorization: more in 3D, where it fills in more."""
    if factors.getFactorSolverType() != "mumps":
        return LEAST_WORTH
    matrix = factors.getFactorMatrix()
    entries = float(matrix.getMumpsInfog(29))
    entries = entries if entries >= 0 else -1e6 * entries  # then in millions
    if entries == 0:
        return LEAST_WORTH  # it failed
    return int(min(LEAST_WORTH + matrix.getMumpsRinfog(3) / (PER_ENTRY * entries), MOST_WORTH))

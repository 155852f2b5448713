"""Linear solves with a factorization that is kept for as long as it helps."""

from collections.abc import Callable

from petsc4py import PETSc

LEAST_WORTH, MOST_WORTH = 10, 40  # iterations that cost as much as a factorization
PER_ENTRY = 50  # operations of a factorization per entry of the factors that add one to that
PATIENCE = 1.5  # iterations at most, in factorizations
FAILURES_IN_A_ROW, PASSED_OVER = 2, 5


class LinearSolveError(Exception):
    """A linear system could not be solved, even with a fresh factorization."""


class LaggedSolver:
    """GMRES preconditioned by the MUMPS factors of an earlier matrix.

    Of its variants it is the flexible one, which needs no last solve with the factors. The
    factors are renewed when a solve would take more iterations than new ones are worth, or when
    growing old has cost that many: counts, not times, so that runs repeat. The order of
    elimination is found once, for the pattern of the matrix, which stays. `regularize` changes
    the copy of the operator that is factored (a free body's operator is singular; its null space
    is attached to the operator instead).
    """

    def __init__(
        self,
        operator: PETSc.Mat,
        prefix: str,
        regularize: Callable[[PETSc.Mat], None] | None = None,
        tolerance: float = 1e-9,
    ) -> None:
        self.factorizations = 0
        self.iterations = 0
        self._operator = operator
        self._regularize = regularize
        self._factored: PETSc.Mat | None = None
        self._stale = True
        self._failures, self._passed_over = 0, 0
        self._worth, self._least, self._wasted = MOST_WORTH, MOST_WORTH, 0
        self._ksp = PETSc.KSP().create(operator.comm)
        self._ksp.setOptionsPrefix(prefix)
        self._ksp.setType("fgmres")
        self._ksp.setGMRESRestart(int(PATIENCE * MOST_WORTH))
        self._tolerance = tolerance
        self._ksp.setPCSide(PETSc.PC.Side.RIGHT)
        pc = self._ksp.getPC()
        pc.setType("lu")
        pc.setFactorSolverType("mumps")
        pc.setReusePreconditioner(True)
        self._ksp.setFromOptions()

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the operator as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        most = int(PATIENCE * self._worth)
        self._ksp.setTolerances(rtol=self._tolerance, atol=negligible, max_it=most)
        if self._wasted >= self._worth:
            self._factor()
        if self._worth_trying():
            self._iterate(right, solution)
            if self._ksp.getConvergedReason() > 0:
                self._failures = 0
                return
            self._failures += 1
        self._factor()
        self._iterate(right, solution)
        if self._ksp.getConvergedReason() == PETSc.KSP.ConvergedReason.DIVERGED_PCSETUP_FAILED:
            self._forget()  # the order of elimination may suit earlier values only
            self._factor()
            self._iterate(right, solution)
        if self._ksp.getConvergedReason() <= 0:
            self._forget()
            self._stale = True
            raise LinearSolveError(
                f"the linear solver {self._ksp.getOptionsPrefix()} stopped with reason "
                f"{self._ksp.getConvergedReason()}"
            )

    def _worth_trying(self) -> bool:
        """Whether the factors at hand may do: not while they keep failing, save now and then."""
        if self._stale:
            return False
        if self._failures < FAILURES_IN_A_ROW or self._passed_over >= PASSED_OVER:
            self._passed_over = 0
            return True
        self._passed_over += 1
        return False

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> None:
        solution.set(0.0)
        self._ksp.solve(right, solution)
        count = self._ksp.getIterationNumber()
        self.iterations += count
        self._least = min(self._least, count)
        self._wasted += count - self._least

    def _factor(self) -> None:
        if self._factored is None:
            self._factored = self._operator.copy()
        else:
            same = PETSc.Mat.Structure.SAME_NONZERO_PATTERN
            self._operator.copy(self._factored, structure=same)
        if self._regularize is not None:
            self._regularize(self._factored)
        pc = self._ksp.getPC()
        pc.setReusePreconditioner(False)
        self._ksp.setOperators(self._operator, self._factored)
        self._ksp.setUp()
        pc.setReusePreconditioner(True)
        self.factorizations += 1
        self._worth = _worth(pc)
        self._stale, self._least, self._wasted = False, self._worth, 0

    def _forget(self) -> None:
        """Let the next factorization begin from nothing."""
        if self._factored is not None:
            self._factored.destroy()
            self._factored = None


def _worth(factors: PETSc.PC) -> int:
    """Iterations that cost as much as a factorization: more in 3D, where it fills in more."""
    if factors.getFactorSolverType() != "mumps":
        return LEAST_WORTH
    found = factors.getFactorMatrix()
    entries = float(found.getMumpsInfog(29))
    entries = entries if entries >= 0 else -1e6 * entries  # then in millions
    if entries == 0:
        return LEAST_WORTH  # it failed
    return int(min(LEAST_WORTH + found.getMumpsRinfog(3) / (PER_ENTRY * entries), MOST_WORTH))

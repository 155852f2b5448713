"""Linear solves of lithium and charge that never factor the matrix of all nodes."""

from petsc4py import PETSc

from solver.solve.linear.factored import use_factors_alone
from solver.solve.linear.lagged import LaggedSolver
from solver.solve.linear.protocol import LinearSystem

MOST_ITERATIONS = 120
FILLED_IN = 1  # level of the incomplete factors
FAILURES_IN_A_ROW, PASSED_OVER = 2, 20  # solves that are left to factors then, before another try


class BlocksCycle:
    """First the few unknowns of `coarse`, then the rows of `near`, see `TwoLevels`.

    The former are solved for exactly: all potentials, and the occupancies of grains as a whole. The
    latter, without the potentials of grains, get an incomplete LU of the rows of every rank and
    those next to them, which sees what the former left.
    """

    def __init__(self, system: LinearSystem) -> None:
        assert system.two is not None
        self._matrix, self._spread, self._rows = system.matrix, system.two.coarse, system.two.near
        self._own = self._rows.getIndices() - self._matrix.getOwnershipRange()[0]
        self._few: PETSc.Mat | None = None
        self._close: PETSc.Mat | None = None
        self._few_right, self._left = self._spread.createVecs()
        self._few_found = self._few_right.duplicate()
        self._exact, self._near = (PETSc.KSP().create(self._matrix.comm) for _ in range(2))
        self._exact.setOptionsPrefix(f"{system.name}_coarse_")
        use_factors_alone(self._exact, "lu")
        self._near.setOptionsPrefix(f"{system.name}_near_")
        self._near.setType("preonly")
        self._near.getPC().setType("asm")
        for ksp in (self._exact, self._near):
            ksp.setFromOptions()

    def take(self) -> None:
        """Take over the matrix as it is now. Collective."""
        if self._few is None:
            self._few = self._matrix.PtAP(self._spread)
            self._close = self._matrix.createSubMatrix(self._rows, self._rows)
            self._some_left, self._some_found = self._close.createVecs()
            self._prepare()
        else:
            self._matrix.PtAP(self._spread, result=self._few)
            self._matrix.createSubMatrix(self._rows, self._rows, submat=self._close)
        self._exact.setOperators(self._few)
        self._near.setOperators(self._close)
        for ksp in (self._exact, self._near):
            ksp.setUp()
            ksp.setUpOnBlocks()

    def _prepare(self) -> None:
        """Let more places be filled in than the matrix has: half the iterations. Collective."""
        inner = self._near.getPC()
        inner.setOperators(self._close)
        inner.setUp()
        for own in inner.getASMSubKSP():
            own.getPC().setType("ilu")
            own.getPC().setFactorLevels(FILLED_IN)
            own.setFromOptions()

    def apply(self, pc: PETSc.PC, right: PETSc.Vec, found: PETSc.Vec) -> None:
        """Find roughly what the matrix turns into `right`. Collective."""
        self._spread.multTranspose(right, self._few_right)
        self._exact.solve(self._few_right, self._few_found)
        self._spread.mult(self._few_found, found)
        self._matrix.mult(found, self._left)
        self._left.aypx(-1.0, right)
        self._some_left.array_w[:] = self._left.array_r[self._own]
        self._near.solve(self._some_left, self._some_found)
        found.array_w[self._own] += self._some_found.array_r

    def free(self) -> None:
        """Free what PETSc holds (which itself calls `destroy` of such objects). Collective."""
        for item in (self._exact, self._near, self._few, self._close):
            if item is not None:
                item.destroy()


class BlocksSolver:
    """GMRES preconditioned by a cycle of two levels, see `BlocksCycle`.

    The cycle takes over every matrix: that costs some ten iterations, and old ones would cost more.
    Where it does not converge, the matrix is factored (`LaggedSolver`), and after two such failures
    in a row for a while at once; fallbacks counts that. factorizations: of these alone.
    """

    def __init__(self, system: LinearSystem) -> None:
        self.factorizations = self.iterations = self.fallbacks = 0
        self._system = system
        self._factored: LaggedSolver | None = None
        self._begin()

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

    def _solve_with_factors(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float) -> None:
        if self._factored is None:
            self._factored = LaggedSolver(self._system)
        self.fallbacks += 1
        before = self._factored.iterations, self._factored.factorizations
        try:
            self._factored.solve(right, solution, negligible)
        finally:
            self.iterations += self._factored.iterations - before[0]
            self.factorizations += self._factored.factorizations - before[1]

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
        matrix, self._state = self._system.matrix, -1
        self._cycle = BlocksCycle(self._system)
        self._ksp: PETSc.KSP = PETSc.KSP().create(matrix.comm)
        self._ksp.setOptionsPrefix(f"{self._system.name}_")
        self._ksp.setType("fgmres")
        self._ksp.setGMRESRestart(MOST_ITERATIONS)
        self._ksp.setTolerances(rtol=self._system.tolerance, max_it=MOST_ITERATIONS)
        self._ksp.setOperators(matrix)
        self._ksp.getPC().setType("python")
        self._ksp.getPC().setPythonContext(self._cycle)
        self._ksp.setFromOptions()
        self._ksp.setErrorIfNotConverged(False)  # factors are tried instead
        self._tolerance: float = self._ksp.getTolerances()[0]

    def _end(self) -> None:
        self._ksp.destroy()
        self._cycle.free()

    def _worth_trying(self) -> bool:
        """Whether the cycle may do: not for a while after it has failed twice."""
        if self._failures < FAILURES_IN_A_ROW:
            return True
        self._passed_over = (self._passed_over + 1) % PASSED_OVER
        return self._passed_over == 0

    def _goes(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate; where MUMPS cannot solve for the few unknowns, PETSc raises an error."""
        try:
            return self._iterate(right, solution)
        except PETSc.Error:
            self._end()
            self._begin_cycle()
            return False

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate with the matrix as it is now; return whether that solved the system."""
        state = self._system.matrix.stateGet()
        if state != self._state:
            self._cycle.take()
            self._state = state
        solution.set(0.0)
        self._ksp.solve(right, solution)
        self.iterations += self._ksp.getIterationNumber()
        return bool(self._ksp.getConvergedReason() > 0)

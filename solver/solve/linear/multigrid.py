"""Linear solves for a body of grains that never factor the matrix of the whole."""

from petsc4py import PETSc

from solver.solve.linear.clusters import ClusterInverse
from solver.solve.linear.coarse import CoarseSpace
from solver.solve.linear.lagged import LaggedSolver
from solver.solve.linear.memory import require_memory_for_factors
from solver.solve.linear.protocol import Levels, LinearSystem

MOST_ITERATIONS = 120
DEGREE = 3  # of the polynomial that smooths
SMOOTHED = 0.15  # of the largest eigenvalue: what lies below is left to the coarse spaces
WORTH = 60  # wasted iterations after which the joined body is taken over anew


class Smoother:
    """Chebyshev's polynomial in the matrix, each cluster of rows solved exactly.

    No eigenvalue of D^-1 A, D the blocks of the clusters, exceeds the number of clusters that one
    cell touches: A is a sum over cells and over springs within clusters, and n v.v >= (sum v)^2.
    The polynomial is least on (SMOOTHED n, n) (Saad, Iterative Methods, 2003, algorithm 12.1).
    """

    def __init__(self, matrix: PETSc.Mat, levels: Levels) -> None:
        self._blocks = ClusterInverse(matrix, levels.clusters)
        self._middle = 0.5 * (1 + SMOOTHED) * levels.clusters_of_cell
        self._half = 0.5 * (1 - SMOOTHED) * levels.clusters_of_cell
        self._change, self._left = matrix.createVecRight(), matrix.createVecLeft()
        self._product = matrix.createVecLeft()

    def take(self, matrix: PETSc.Mat) -> None:
        """Take over the blocks as they are now."""
        self._blocks.take(matrix)

    def smooth(self, matrix: PETSc.Mat, residual: PETSc.Vec, into: PETSc.Vec) -> None:
        """Add what smooths the residual to a vector. Collective."""
        change, left, ratio = self._change, self._left, self._half / self._middle
        residual.copy(left)
        change.array_w[:] = self._blocks.apply(left.array_r) / self._middle
        into.axpy(1.0, change)
        for _ in range(DEGREE - 1):
            matrix.mult(change, self._product)
            left.axpy(-1.0, self._product)
            following = 1.0 / (2.0 * self._middle / self._half - ratio)
            step = 2.0 * following / self._half * self._blocks.apply(left.array_r)
            change.array_w[:] = following * ratio * change.array_r + step
            into.axpy(1.0, change)
            ratio = following


class GrainCycle:
    """One cycle: motions of grains, smoothing, the body as if joined, smoothing.

    Each sees what those before it left of the residual. The joined body has neither openings nor
    springs: its stiffness stays when boundaries crack, and so do its factors.
    """

    def __init__(self, matrix: PETSc.Mat, levels: Levels, name: str) -> None:
        self._whole, self._levels = matrix, levels
        self.matrix = _in_blocks(matrix, levels.block)
        self.smoother = Smoother(matrix, levels)
        self.motions = CoarseSpace(f"{name}_grains_", levels.motions)
        self.joined = CoarseSpace(f"{name}_joined_", levels.joined, levels.rigid)
        self._left = matrix.createVecLeft()

    def take(self) -> None:
        """Take over what changes with every opening. Collective."""
        if self.matrix is not self._whole:
            self._whole.convert("baij", out=self.matrix)
        self.smoother.take(self._whole)
        self.motions.take(self._whole)

    def take_joined(self) -> None:
        """Take over the joined body. Collective."""
        self.joined.take(self._whole)

    def apply(self, pc: PETSc.PC, right: PETSc.Vec, found: PETSc.Vec) -> None:
        """Find roughly what the matrix turns into `right`. Collective."""
        found.set(0.0)
        self.motions.correct(right, found)
        self.smoother.smooth(self.matrix, self._residual(right, found), found)
        self.joined.correct(self._residual(right, found), found)
        self.smoother.smooth(self.matrix, self._residual(right, found), found)

    def destroy(self, pc: PETSc.PC) -> None:
        """Free what PETSc holds, as the preconditioner that this is does not. Collective."""
        self.motions.destroy()
        self.joined.destroy()

    def _residual(self, right: PETSc.Vec, found: PETSc.Vec) -> PETSc.Vec:
        """What is left of the right-hand side."""
        self.matrix.mult(found, self._left)
        self._left.aypx(-1.0, right)
        return self._left


def _in_blocks(matrix: PETSc.Mat, size: int) -> PETSc.Mat:
    """The matrix stored by blocks of so many rows, with which products take half the time."""
    if size == 1:
        return matrix
    matrix.setBlockSizes(size, size)
    blocked = matrix.convert("baij", out=PETSc.Mat())
    space = matrix.getNullSpace()
    if space.handle:
        blocked.setNullSpace(space)
    return blocked


class MultigridSolver:
    """GMRES preconditioned by a cycle over grains, see `GrainCycle`.

    Where it does not converge, the matrix is factored, if there is memory for that; fallbacks
    counts how often. factorizations: of that, and of the joined body.
    """

    def __init__(self, system: LinearSystem) -> None:
        assert system.levels is not None
        self._system, self._levels = system, system.levels
        self._iterations = self._joined = self.fallbacks = 0
        self._direct: LaggedSolver | None = None
        self._begin()

    @property
    def iterations(self) -> int:
        """Iterations so far."""
        return self._iterations + (self._direct.iterations if self._direct else 0)

    @property
    def factorizations(self) -> int:
        """Factorizations so far."""
        return self._joined + (self._direct.factorizations if self._direct else 0)

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self._ksp.destroy()
        if self._direct is not None:
            self._direct.forget()
        self._begin()

    def destroy(self) -> None:
        """Free what PETSc holds. Collective."""
        self._ksp.destroy()
        if self._direct is not None:
            self._direct.destroy()

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the matrix as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        self._ksp.setTolerances(rtol=self._system.tolerance, atol=negligible)
        fresh = self._update()
        if self._iterate(right, solution):
            return
        if not fresh:
            self._take_joined()
            if self._iterate(right, solution):
                return
        self._solve_directly(right, solution, negligible)

    def _begin(self) -> None:
        matrix = self._system.matrix
        self._cycle = GrainCycle(matrix, self._levels, self._system.name)
        self._state, self._least, self._wasted = -1, MOST_ITERATIONS, WORTH
        self._ksp = PETSc.KSP().create(matrix.comm)
        self._ksp.setOptionsPrefix(f"{self._system.name}_")
        self._ksp.setType("gmres")
        self._ksp.setGMRESRestart(MOST_ITERATIONS)
        self._ksp.setTolerances(max_it=MOST_ITERATIONS)
        self._ksp.setPCSide(PETSc.PC.Side.RIGHT)
        self._ksp.setOperators(self._cycle.matrix)
        pc = self._ksp.getPC()
        pc.setType("python")
        pc.setPythonContext(self._cycle)
        self._ksp.setFromOptions()
        self._ksp.setErrorIfNotConverged(False)
        space = matrix.getNullSpace()
        self._free = space if space.handle else None  # motions that nothing resists

    def _update(self) -> bool:
        """Take over what has changed; return whether that was everything."""
        state = self._system.matrix.stateGet()
        if state != self._state:
            self._cycle.take()
            self._state = state
        if self._wasted < WORTH or (self._joined and self._levels.lasting):
            return False
        self._take_joined()
        return True

    def _take_joined(self) -> None:
        self._cycle.take_joined()
        self._joined += 1
        self._least, self._wasted = MOST_ITERATIONS, 0

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate; return whether that solved the system."""
        solution.set(0.0)
        self._ksp.solve(right, solution)
        if self._free is not None:
            self._free.remove(solution)  # of which the cycle puts some back
        count = self._ksp.getIterationNumber()
        self._iterations += count
        self._least = min(self._least, count)
        self._wasted += count - self._least
        return bool(self._ksp.getConvergedReason() > 0)

    def _solve_directly(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float) -> None:
        """Solve with factors of the whole matrix."""
        require_memory_for_factors(self._system.matrix)
        self.fallbacks += 1
        if self._direct is None:
            self._direct = LaggedSolver(self._system)
        self._direct.solve(right, solution, negligible)

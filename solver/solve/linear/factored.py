"""Krylov methods around factors of a matrix: what the solvers here have in common."""

from typing import Literal, TypeAlias

from petsc4py import PETSc

from solver.solve.linear.protocol import LinearSolveError, LinearSystem

Kind: TypeAlias = Literal["lu", "cholesky"]  # of factors; the latter of a symmetric matrix


class FactoredSolver:
    """A Krylov method preconditioned by the MUMPS factors of a copy of the matrix.

    The order of elimination is found once, for the pattern of the matrix. When to factor is up to
    those who inherit.
    """

    fallbacks = 0  # they are what others fall back to

    def __init__(self, system: LinearSystem, method: str, most_iterations: int) -> None:
        self.factorizations = 0
        self.iterations = 0
        self._system, self._method, self._most_iterations = system, method, most_iterations
        self._copy: PETSc.Mat | None = None
        self._ksp = self._new_ksp()
        self._tolerance = self._ksp.getTolerances()[0]

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self.destroy()
        self._ksp = self._new_ksp()

    def destroy(self) -> None:
        """Free the factors. Collective."""
        self._drop_copy()
        self._ksp.destroy()

    def _new_ksp(self) -> PETSc.KSP:
        """The method, without factors yet."""
        ksp = PETSc.KSP().create(self._system.matrix.comm)
        ksp.setOptionsPrefix(f"{self._system.name}_")
        ksp.setType(self._method)
        ksp.setGMRESRestart(self._most_iterations)
        ksp.setTolerances(rtol=self._system.tolerance, max_it=self._most_iterations)
        factor_with(ksp.getPC(), "lu")
        ksp.setFromOptions()
        ksp.setErrorIfNotConverged(False)  # LinearSolveError tells instead
        return ksp

    def _solve_afresh(self, right: PETSc.Vec, solution: PETSc.Vec) -> None:
        """Solve with factors of the matrix as it is now; LinearSolveError if that fails."""
        self._factor()
        solved = self._iterate(right, solution)
        if self._ksp.getConvergedReason() == PETSc.KSP.ConvergedReason.DIVERGED_PCSETUP_FAILED:
            self._drop_copy()  # the order of elimination may suit earlier values only
            self._factor()
            solved = self._iterate(right, solution)
        if not solved:
            self._drop_copy()
            raise LinearSolveError(
                f"the linear solver of {self._system.name} stopped with PETSc's reason "
                f"{self._ksp.getConvergedReason()}"
            )

    def _iterate(self, right: PETSc.Vec, solution: PETSc.Vec) -> bool:
        """Iterate with the factors at hand; return whether that solved the system."""
        solution.set(0.0)
        self._ksp.solve(right, solution)
        self.iterations += self._ksp.getIterationNumber()
        return bool(self._ksp.getConvergedReason() > 0)

    def _factor(self) -> None:
        factors = self._ksp.getPC()
        factors.setReusePreconditioner(False)
        self._take_values()
        self._ksp.setUp()
        factors.setReusePreconditioner(True)
        self.factorizations += 1

    def _take_values(self) -> None:
        """Copy the matrix as it is now, regularized, to be factored."""
        matrix = self._system.matrix
        if self._copy is None:
            self._copy = matrix.copy()
        else:
            matrix.copy(self._copy, structure=PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        if self._system.regularize is not None:
            self._system.regularize(self._copy)
        self._ksp.setOperators(matrix, self._copy)

    def _drop_copy(self) -> None:
        """Let the next factorization begin from nothing."""
        if self._copy is not None:
            self._copy.destroy()
            self._copy = None


def factor_with(preconditioner: PETSc.PC, kind: Kind) -> None:
    """Let a preconditioner be MUMPS factors of this kind."""
    preconditioner.setType(kind)
    preconditioner.setFactorSolverType("mumps")


def use_factors_alone(ksp: PETSc.KSP, kind: Kind) -> None:
    """Let the solver inside another one do no more than apply MUMPS factors."""
    ksp.setType("preonly")
    factor_with(ksp.getPC(), kind)

"""Corrections of a solution within a few motions."""

from petsc4py import PETSc

from solver.solve.linear.factored import use_factors_alone

WEAK = 1e-8  # of the mean diagonal; holds motions that nothing resists
MOST_FACTORED = 60_000  # unknowns; beyond, cycles of algebraic multigrid cost less
CYCLES = 4  # of it; what they leave costs no iterations of the whole


class CoarseSpace:
    """Solves for the best correction of the form P y: y = (P^T A P)^-1 P^T r.

    motions: P, one column for each motion. smooth: columns that are rigid motions of the whole in
    terms of y, for algebraic multigrid; without them there are always factors.
    """

    def __init__(
        self, name: str, motions: PETSc.Mat, smooth: PETSc.NullSpace | None = None
    ) -> None:
        self._motions, self._smooth, self._name = motions, smooth, name
        self._right, _ = motions.createVecs()
        self._found, self._diagonal = self._right.duplicate(), self._right.duplicate()
        self._matrix: PETSc.Mat | None = None
        self._ksp = self._new_ksp()

    def take(self, matrix: PETSc.Mat) -> None:
        """Take over a matrix as it is now. Collective."""
        own = self._matrix = self._taken(matrix)
        own.getDiagonal(self._diagonal)
        own.shift(WEAK * self._diagonal.norm(PETSc.NormType.NORM_1) / self._diagonal.size)
        self._ksp.setOperators(own)
        self._ksp.setUp()

    def _taken(self, matrix: PETSc.Mat) -> PETSc.Mat:
        """P^T A P; with rigid motions from nothing: what helps to form it anew is as large."""
        if self._smooth is None:
            return matrix.PtAP(self._motions, result=self._matrix)
        if self._matrix is not None:
            self._matrix.destroy()
        product = matrix.PtAP(self._motions)
        alone = product.copy()
        product.destroy()
        alone.setNearNullSpace(self._smooth)
        return alone

    def correct(self, residual: PETSc.Vec, into: PETSc.Vec) -> None:
        """Add the correction for a residual to a vector. Collective."""
        self._motions.multTranspose(residual, self._right)
        self._ksp.solve(self._right, self._found)
        self._motions.multAdd(self._found, into, into)

    def destroy(self) -> None:
        """Free factors and matrices. Collective."""
        self._ksp.destroy()
        if self._matrix is not None:
            self._matrix.destroy()

    def _new_ksp(self) -> PETSc.KSP:
        ksp = PETSc.KSP().create(self._motions.comm)
        ksp.setOptionsPrefix(self._name)
        if self._smooth is None or self._right.size <= MOST_FACTORED:
            use_factors_alone(ksp, "cholesky")
        else:
            ksp.setType("cg")
            ksp.setTolerances(max_it=CYCLES)
            ksp.setNormType(PETSc.KSP.NormType.NONE)
            ksp.getPC().setType("gamg")
        ksp.setFromOptions()
        return ksp

"""Linear solves with a matrix whose parts are factored one by one."""

from petsc4py import PETSc

from solver.solve.linear.factored import FactoredSolver, use_factors_alone
from solver.solve.linear.protocol import LinearSystem, MatrixPart

MOST_ITERATIONS = 100


class PartsSolver(FactoredSolver):
    """GMRES preconditioned by the parts in turn, each of which sees what those before it found.

    Blocks are factored at every solve, the constant ones once.
    """

    def __init__(self, system: LinearSystem) -> None:
        super().__init__(system, "gmres", MOST_ITERATIONS)

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Solve with the matrix as it is now. Collective; LinearSolveError if that fails.

        negligible: norm of the residual that counts as zero.
        """
        self._ksp.setTolerances(rtol=self._tolerance, atol=negligible)
        self._solve_afresh(right, solution)

    def _factor(self) -> None:
        self._take_values()
        first = self._ksp.getPC().getType() != "fieldsplit"
        if first:
            self._split()
        for part in self._system.parts:
            self.factorizations += not part.diagonal and (first or not part.constant)

    def _split(self) -> None:
        """Give each part its preconditioner; options may still change it."""
        pc, parts = self._ksp.getPC(), self._system.parts
        pc.setType("fieldsplit")
        pc.setFieldSplitType(PETSc.PC.CompositeType.MULTIPLICATIVE)
        pc.setFieldSplitIS(*((part.name, part.rows) for part in parts))
        self._ksp.setUp()
        for part, inner in zip(parts, pc.getFieldSplitSubKSP(), strict=True):
            _invert(part, inner)


def _invert(part: MatrixPart, ksp: PETSc.KSP) -> None:
    """Let a solver do no more than invert the block of a part."""
    use_factors_alone(ksp, "lu")
    if part.diagonal:
        ksp.getPC().setType("jacobi")
    ksp.setFromOptions()
    if part.constant:
        ksp.setUp()
        ksp.getPC().setReusePreconditioner(True)

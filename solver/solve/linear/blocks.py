"""Rough solutions for lithium and charge, without factors of the whole."""

from petsc4py import PETSc

from solver.solve.linear.factored import use_factors_alone
from solver.solve.linear.protocol import LinearSystem

FILLED_IN = 2  # level of the incomplete factors
ORDERING = "rcm"  # Cuthill and McKee's, reversed: fewer iterations than the mesh's own


class BlocksCycle:
    """First the few unknowns of `coarse`, then the rows of `near`, see `TwoLevels`.

    The former are solved for exactly: all potentials, and the occupancies of grains as a whole. The
    latter, without the potentials of grains, get an incomplete LU of the rows of every rank and
    those next to them, which sees what the former left.
    """

    def __init__(self, system: LinearSystem) -> None:
        assert system.two is not None
        self.factorizations = 0
        self.matrix, self._spread, self._rows = system.matrix, system.two.coarse, system.two.near
        self._own = self._rows.getIndices() - self.matrix.getOwnershipRange()[0]
        self._few: PETSc.Mat | None = None
        self._close: PETSc.Mat | None = None
        self._few_right, self._left = self._spread.createVecs()
        self._few_found = self._few_right.duplicate()
        self._exact, self._near = (PETSc.KSP().create(self.matrix.comm) for _ in range(2))
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
            self._few = self.matrix.PtAP(self._spread)
            self._close = self.matrix.createSubMatrix(self._rows, self._rows)
            self._some_left, self._some_found = self._close.createVecs()
            self._prepare()
        else:
            self.matrix.PtAP(self._spread, result=self._few)
            self.matrix.createSubMatrix(self._rows, self._rows, submat=self._close)
        self._exact.setOperators(self._few)
        self._near.setOperators(self._close)
        for ksp in (self._exact, self._near):
            ksp.setUp()
            ksp.setUpOnBlocks()

    def _prepare(self) -> None:
        """Let more places be filled in than the matrix has: far fewer iterations. Collective."""
        inner = self._near.getPC()
        inner.setOperators(self._close)
        inner.setUp()
        for own in inner.getASMSubKSP():
            own.getPC().setType("ilu")
            own.getPC().setFactorLevels(FILLED_IN)
            own.getPC().setFactorOrdering(ORDERING)
            own.setFromOptions()

    def apply(self, pc: PETSc.PC, right: PETSc.Vec, found: PETSc.Vec) -> None:
        """Find roughly what the matrix turns into `right`. Collective."""
        self._spread.multTranspose(right, self._few_right)
        self._exact.solve(self._few_right, self._few_found)
        self._spread.mult(self._few_found, found)
        self.matrix.mult(found, self._left)
        self._left.aypx(-1.0, right)
        self._some_left.array_w[:] = self._left.array_r[self._own]
        self._near.solve(self._some_left, self._some_found)
        found.array_w[self._own] += self._some_found.array_r

    def renew(self) -> bool:
        """Nothing is kept from one matrix to the next: old levels would cost more than new ones."""
        return False

    def notice(self, iterations: int) -> None:
        """Do without the number of iterations."""

    def destroy(self, pc: PETSc.PC) -> None:
        """Free what PETSc holds; it calls this itself. Collective."""
        for item in (self._exact, self._near, self._few, self._close):
            if item is not None:
                item.destroy()

"""Rough solutions for a body of grains, without factors of the whole."""

from math import inf

from petsc4py import PETSc

from solver.solve.linear.clusters import ClusterInverse
from solver.solve.linear.coarse import CoarseSpace
from solver.solve.linear.protocol import Levels, LinearSystem

DEGREE = 3  # of the polynomial that smooths
SMOOTHED = 0.15  # of the largest eigenvalue: what lies below is left to the coarse spaces
WORTH_OF_MOTIONS, WORTH_OF_JOINED = 10, 60  # wasted iterations after which each is taken over anew
PER_ITERATION = 3000  # motions that add one to that


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


class Level:
    """A coarse space that is kept until its age has cost as many iterations as it is worth.

    lasting: whether what it takes over never changes.
    """

    def __init__(self, space: CoarseSpace, worth: int, lasting: bool = False) -> None:
        self.correct, self.destroy = space.correct, space.destroy
        self._space, self._worth, self._lasting = space, worth, lasting
        self.taken = 0
        self._least, self._wasted, self._fresh = inf, 0.0, False

    def age(self, matrix: PETSc.Mat) -> None:
        """Be told that the matrix has changed; take it over if that is due. Collective."""
        self._fresh = self._lasting and self.taken > 0
        if self.taken == 0 or self._wasted >= self._worth:
            self.renew(matrix)

    def renew(self, matrix: PETSc.Mat) -> bool:
        """Take over a matrix, unless that has just been done; return whether. Collective."""
        if self._fresh:
            return False
        self._space.take(matrix)
        self.taken += 1
        self._least, self._wasted, self._fresh = inf, 0.0, True
        return True

    def notice(self, iterations: int) -> None:
        """Count iterations beyond the fewest, which growing old has cost."""
        self._least = min(self._least, iterations)
        self._wasted += iterations - self._least


class GrainCycle:
    """One cycle: motions of grains, smoothing, the body as if joined, smoothing.

    Each sees what those before it left of the residual. The joined body has neither openings nor
    springs: where grains do not crack its stiffness stays, and so do its factors. Motions are kept
    as well while iterations do not grow; the smoother is always that of the matrix at hand.
    """

    def __init__(self, system: LinearSystem) -> None:
        assert system.levels is not None
        self._whole, self._levels = system.matrix, system.levels
        self.matrix = _in_blocks(self._whole, self._levels.block)
        self.smoother = Smoother(self._whole, self._levels)
        motions = CoarseSpace(f"{system.name}_grains_", self._levels.motions)
        joined = CoarseSpace(f"{system.name}_joined_", self._levels.joined, self._levels.rigid)
        count = self._levels.motions.getSize()[1]
        self._motions = Level(motions, WORTH_OF_MOTIONS + count // PER_ITERATION)
        self._joined = Level(joined, WORTH_OF_JOINED, self._levels.lasting)
        self._left = self._whole.createVecLeft()

    @property
    def factorizations(self) -> int:
        """Of the joined body; motions of grains are few beside it."""
        return self._joined.taken

    def take(self) -> None:
        """Take over what changes with every opening. Collective."""
        if self.matrix is not self._whole:
            self._whole.convert("baij", out=self.matrix)
        self.smoother.take(self._whole)
        self._motions.age(self._whole)
        self._joined.age(self._whole)

    def renew(self) -> bool:
        """Take over what is kept, unless that has just been done; return whether. Collective."""
        renewed = [level.renew(self._whole) for level in (self._motions, self._joined)]
        return any(renewed)

    def notice(self, iterations: int) -> None:
        """Let both levels count what their age costs."""
        self._motions.notice(iterations)
        self._joined.notice(iterations)

    def apply(self, pc: PETSc.PC, right: PETSc.Vec, found: PETSc.Vec) -> None:
        """Find roughly what the matrix turns into `right`. Collective."""
        found.set(0.0)
        self._motions.correct(right, found)
        self.smoother.smooth(self.matrix, self._residual(right, found), found)
        self._joined.correct(self._residual(right, found), found)
        self.smoother.smooth(self.matrix, self._residual(right, found), found)

    def destroy(self, pc: PETSc.PC) -> None:
        """Free what PETSc holds; it calls this itself. Collective."""
        self._motions.destroy()
        self._joined.destroy()

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

"""What a linear system says of itself, and what every solver of one can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from petsc4py import PETSc


class LinearSolveError(Exception):
    """A linear system could not be solved; the same on all ranks."""


@dataclass(frozen=True)
class MatrixPart:
    """Unknowns whose block of the matrix can be inverted by itself.

    constant: the block stays as it is when others change. diagonal: it is nothing but a diagonal.
    """

    name: str
    rows: PETSc.IS
    constant: bool = False
    diagonal: bool = False


@dataclass(frozen=True)
class Levels:
    """What a body of grains is from afar: motions (columns) in terms of the rows of its matrix.

    joined: the body without openings. rigid: its motions as a whole, in terms of those. motions:
    even ones of each grain. clusters: label of each row of this rank; what springs may tie has the
    same. clusters_of_cell: how many one cell touches at most. block: rows that always come
    together. lasting: whether the stiffness of the joined body stays.
    """

    joined: PETSc.Mat
    rigid: PETSc.NullSpace
    motions: PETSc.Mat
    clusters: npt.NDArray[np.int64]
    clusters_of_cell: int
    block: int = 1
    lasting: bool = True


@dataclass(frozen=True)
class TwoLevels:
    """What is solved exactly and what roughly, in turn (`BlocksCycle`).

    coarse: what few unknowns do to all of them, one column for each. near: rows of this rank that
    hang together over short distances.
    """

    coarse: PETSc.Mat
    near: PETSc.IS


@dataclass(frozen=True)
class LinearSystem:
    """A matrix whose values change and whose pattern stays.

    name: PETSc's options for its solver begin with it, as in `-mechanics_ksp_rtol 1e-10`.
    tolerance: norm of the residual over that of the right-hand side. regularize: changes a copy of
    the matrix that is to be factored, where the matrix itself is singular (its null space is
    attached to it). parts: whose blocks may be inverted in turn instead of the whole. levels: of a
    body of grains. two: levels on which it may be solved roughly.
    """

    name: str
    matrix: PETSc.Mat
    tolerance: float = 1e-9
    regularize: Callable[[PETSc.Mat], None] | None = None
    parts: tuple[MatrixPart, ...] = ()
    levels: Levels | None = None
    two: TwoLevels | None = None


class LinearSolver(Protocol):
    """Solves one system with the values that its matrix has at that time."""

    @property
    def factorizations(self) -> int:
        """How many there were so far."""

    @property
    def iterations(self) -> int:
        """How many there were so far."""

    @property
    def fallbacks(self) -> int:
        """How often so far factors of the whole had to help out."""

    def solve(self, right: PETSc.Vec, solution: PETSc.Vec, negligible: float = 0.0) -> None:
        """Find the solution. Collective; LinearSolveError on all ranks if that fails.

        negligible: norm of the residual that counts as zero.
        """

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""

    def destroy(self) -> None:
        """Free what PETSc holds, factors above all. Collective."""

"""Two fields at the nodes that are held together by gradients within their grains.

    d11 x + a A x + d12 y = f,     d12 x + d22 y + b B y = g

A and B are what gradients weigh in the forms of two second-order equations, assembled once; d are
diagonals that change from one iteration to the next. No form is assembled in the loop.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from petsc4py import PETSc

from solver.model.regions import axis_of_cells, cell_values
from solver.model.spaces import Spaces
from solver.particle.matrices import assembled
from solver.particle.mesh import Particle

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.integer]


@dataclass(frozen=True)
class _Pattern:
    """Where the entries of both rows of each node go, by rows of this rank.

    starts, columns: of the matrix of both fields, a node's two behind each other. of_first,
    of_second, on_diagonals: which entries are A's and B's, in their order, and d11, d12, d12 and
    d22 of each node.
    """

    starts: Integers
    columns: Integers
    of_first: Integers
    of_second: Integers
    on_diagonals: tuple[Integers, Integers, Integers, Integers]


class Gradients:
    """What gradients of two fields weigh in some grains, and the system of both."""

    def __init__(self, particle: Particle, spaces: Spaces, within: Floats, ratio: float) -> None:
        """within: weight in every grain; ratio: of that across over within the layers for B."""
        self._spaces, self._room = spaces, fem.Function(spaces.scalar)
        x, test = ufl.TrialFunction(spaces.scalar), ufl.TestFunction(spaces.scalar)
        weight, axis = cell_values(particle, within, 0.0), axis_of_cells(particle, spaces)
        axis = ufl.as_vector([axis[k] for k in range(particle.dimension)])
        even = ufl.inner(ufl.grad(x), ufl.grad(test))
        along = ufl.dot(axis, ufl.grad(x)) * ufl.dot(axis, ufl.grad(test))
        self._first = assembled(weight * even * ufl.dx)
        self._second = assembled(weight * (even - (1.0 - ratio) * along) * ufl.dx)

    def first(self, values: Floats) -> Floats:
        """Return A x at every node, ghosts included. Collective."""
        return self._times(self._first, values)

    def second(self, values: Floats) -> Floats:
        """Return B y likewise."""
        return self._times(self._second, values)

    def solve(
        self,
        diagonals: tuple[Floats, Floats, Floats],
        scales: tuple[float, float],
        right: tuple[Floats, Floats],
    ) -> tuple[Floats, Floats]:
        """Return x and y, ghosts included. diagonals: d11, d12, d22; scales: a, b. Collective.

        nan where the matrix is singular.
        """
        matrix, solver, into, solution = self._system
        n, pattern = into.local_size // 2, self._pattern
        values = np.zeros(len(pattern.columns))
        values[pattern.of_first] = scales[0] * self._entries[0]
        values[pattern.of_second] = scales[1] * self._entries[1]
        first, both, second = (each[:n] for each in diagonals)
        for where, each in zip(pattern.on_diagonals, (first, both, both, second), strict=True):
            values[where] += each
        matrix.setValuesCSR(pattern.starts, pattern.columns, values)
        matrix.assemble()
        into.array_w[:] = np.column_stack([each[:n] for each in right]).ravel()
        solver.solve(into, solution)
        solved = solver.getConvergedReason() > 0
        pair = solution.array_r.reshape(-1, 2) if solved else np.full((n, 2), np.nan)
        return self._everywhere(pair[:, 0]), self._everywhere(pair[:, 1])

    def _times(self, matrix: PETSc.Mat, values: Floats) -> Floats:
        given, product = matrix.createVecs()
        given.array_w[:] = values[: given.local_size]
        matrix.mult(given, product)
        return self._everywhere(product.array_r)

    def _everywhere(self, owned: Floats) -> Floats:
        """Values of this rank's nodes and of its ghosts."""
        self._room.x.array[: len(owned)] = owned
        self._room.x.scatter_forward()
        return self._room.x.array.copy()

    @cached_property
    def _entries(self) -> tuple[Floats, Floats]:
        """Entries of A and of B, which have one pattern."""
        return self._first.getValuesCSR()[2], self._second.getValuesCSR()[2]

    @cached_property
    def _pattern(self) -> _Pattern:
        starts, columns, _ = self._first.getValuesCSR()
        row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        node = np.arange(len(starts) - 1)
        own = node + self._first.getOwnershipRange()[0]
        rows = np.concatenate([2 * row, 2 * node, 2 * node + 1, 2 * row + 1])
        cols = np.concatenate([2 * columns, 2 * own + 1, 2 * own, 2 * columns + 1])
        order = np.lexsort((cols, rows))
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        of_first, d12, d21, of_second = np.split(place, np.cumsum([len(row), len(node), len(node)]))
        here = columns == own[row]
        count = np.bincount(rows, minlength=2 * len(node))
        return _Pattern(
            starts=np.concatenate([[0], np.cumsum(count)]).astype(PETSc.IntType),
            columns=cols[order].astype(PETSc.IntType),
            of_first=of_first,
            of_second=of_second,
            on_diagonals=(of_first[here], d12, d21, of_second[here]),
        )

    @cached_property
    def _system(self) -> tuple[PETSc.Mat, PETSc.KSP, PETSc.Vec, PETSc.Vec]:
        """Matrix, its factors, and room for both sides. Collective."""
        pattern, (of_rows, _) = self._pattern, self._first.getSizes()
        sizes = tuple(2 * size for size in of_rows)
        zeros = np.zeros(len(pattern.columns))
        csr = (pattern.starts, pattern.columns, zeros)
        matrix = PETSc.Mat().createAIJ((sizes, sizes), csr=csr, comm=self._first.comm)
        solver = PETSc.KSP().create(matrix.comm)
        solver.setOptionsPrefix("front_")
        solver.setOperators(matrix)
        solver.setType("preonly")
        solver.getPC().setType("lu")
        solver.getPC().setFactorSolverType("mumps")
        solver.setFromOptions()
        solver.setErrorIfNotConverged(False)
        return matrix, solver, *matrix.createVecs()

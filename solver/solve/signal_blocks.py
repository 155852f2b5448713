"""The blocks of K + s M of a linearized model, real and imaginary ones; s = i omega.

Unknowns: those of the electrochemical system, then, where stress counts in the potential, the
mechanical ones and what they add to its stress part at the nodes; what swelling adds while the
particle keeps its shape is in the derivatives by the occupancy. The tangent of Newton's method is
linear in the answers of the currents: it is assembled with their real and imaginary parts.
"""

from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc
from petsc4py import PETSc

from solver.model.build import Model
from solver.model.small_signal import linearize, pass_signal, storage
from solver.model.stress_signal import StressCoupling, stress_coupling
from solver.solve.blocks import BlockMatrix, owned_size

Floats = npt.NDArray[np.floating]
Blocks: TypeAlias = list[list[Any]]  # matrices, or None
OCCUPANCY, COLLECTOR = 0, 2  # among the unknowns of the electrochemical system
SAME = PETSc.Mat.Structure.SAME_NONZERO_PATTERN


class SignalBlocks:
    """Blocks at one frequency after the other, always in the same matrices.

    real, imaginary, minus: tables of the real part of K + s M, of its imaginary part, and of minus
    the latter. fields: the unknowns in their order. mechanical: which of them are mechanical. Make
    and use it inside `put_back`.
    """

    def __init__(self, model: Model) -> None:
        self._electro = electro = model.electro
        self._coupling = stress_coupling(model)
        self._points = linearize(model)
        self._tangent = BlockMatrix(electro.tangent)
        n_unknowns = len(electro.unknowns)
        self._answering = [k for k in range(n_unknowns) if k != COLLECTOR]
        self._storage = _vector(storage(model), model.spaces.scalar)
        self.fields = list(electro.unknowns)
        if self._coupling is not None:
            self.fields += [*model.mechanics.unknowns, model.state.function("stress_potential")]
            self._held = _vector(self._coupling.by_occupancy, model.spaces.scalar)
        self.mechanical = slice(n_unknowns, len(self.fields) - 1)
        self._stress = len(self.fields) - 1
        self.real, self.imaginary, self.minus = (self._empty() for _ in range(3))
        self._still = self._without_answers()
        self._prepare()
        if self._coupling is not None:
            self._couple(model, self._coupling)

    def fill(self, s: complex) -> None:
        """Assemble for signals that go like exp(s t), s in 1/s. Collective."""
        signal = pass_signal(self._electro, self._points, s)
        signal.fill_real()
        self._fill_real(s.real)
        signal.fill_imaginary()
        self._fill_imaginary(s.imag)
        for row, negative in zip(self.imaginary, self.minus, strict=True):
            for block, opposite in zip(row, negative, strict=True):
                if block is not None:
                    block.copy(opposite, structure=SAME)
                    opposite.scale(-1.0)

    def _fill_real(self, s: float) -> None:
        self._assemble(self.real, stress_drives=1.0)
        block = self.real[OCCUPANCY][OCCUPANCY]
        block.setDiagonal(self._storage * s, addv=PETSc.InsertMode.ADD_VALUES)

    def _fill_imaginary(self, s: float) -> None:
        self._assemble(self.imaginary, stress_drives=0.0)
        for i, j in product(self._answering, repeat=2):
            self.imaginary[i][j].axpy(-1.0, self._still[i][j], structure=SAME)
        block = self.imaginary[OCCUPANCY][OCCUPANCY]
        block.setDiagonal(self._storage * s, addv=PETSc.InsertMode.ADD_VALUES)

    def _assemble(self, target: Blocks, stress_drives: float) -> None:
        """Assemble what answers to the currents' present derivatives into a table.

        stress_drives: 1 where the flow that stress drives counts, 0 where it does not.
        """
        for i, j in product(self._answering, repeat=2):
            self._assemble_into(target[i][j], i, j)
        if self._coupling is not None:
            self._assemble_stress(target, stress_drives)

    def _assemble_stress(self, target: Blocks, stress_drives: float) -> None:
        """The column of s; that of x gets what s adds to it while the particle keeps its shape.

        The column of x is affine in the slope of s: what it gains with a slope of 1 is that of s.
        """
        nodal, oxide = self._electro.nodal, self._electro.in_oxide
        slope = nodal.lithium_potential_slope.x.array
        before = slope.copy()
        slope[oxide] -= 1.0
        nodal.stress_slope.x.array[oxide] = stress_drives
        for i in self._answering:
            by_stress, by_occupancy = target[i][self._stress], target[i][OCCUPANCY]
            self._assemble_into(by_stress, i, OCCUPANCY)
            by_stress.axpy(-1.0, by_occupancy, structure=SAME)
            held = by_stress.copy()
            held.diagonalScale(R=self._held)
            by_occupancy.axpy(1.0, held, structure=SAME)
            held.destroy()
        slope[:] = before
        nodal.stress_slope.x.array[:] = 0.0

    def _assemble_into(self, target: PETSc.Mat, i: int, j: int) -> None:
        self._tangent.assemble_block(i, j)
        self._tangent.blocks[i][j].copy(target, structure=SAME)

    def _empty(self) -> Blocks:
        return [[None for _ in self.fields] for _ in self.fields]

    def _without_answers(self) -> Blocks:
        """The tangent as if no current answered to anything."""
        pass_signal(self._electro, self._points, 0.0).fill_nothing()
        self._tangent.assemble()
        return [[block and block.copy() for block in row] for row in self._tangent.blocks]

    def _prepare(self) -> None:
        """Make the matrices of the tables; what does not answer is there already."""
        for i, row in enumerate(self._still):
            for j, block in enumerate(row):
                self.real[i][j] = block and block.copy()
        tables = (self.real, self.imaginary, self.minus)
        for i in self._answering:
            for table in tables[1:]:
                for j in self._answering:
                    table[i][j] = self._still[i][j].copy()
            if self._coupling is not None:
                for table in tables:
                    table[i][self._stress] = self._still[i][OCCUPANCY].copy()

    def _couple(self, model: Model, coupling: StressCoupling) -> None:
        """Fill what stress, strain and occupancy do to each other, which is real and constant."""
        first = self.mechanical.start
        self.real[self._stress][self._stress] = _diagonal(coupling.weight, model.spaces.scalar)
        for k, row in enumerate(model.mechanics.tangent):
            self.real[first + k][OCCUPANCY] = coupling.swelling[k]
            self.real[self._stress][first + k] = coupling.stress[k]
            for m, form in enumerate(row):
                self.real[first + k][first + m] = _assembled(form)


def _assembled(form: fem.Form) -> PETSc.Mat:
    matrix = petsc.assemble_matrix(form)
    matrix.assemble()
    return matrix


def _vector(values: Floats, space: fem.FunctionSpace) -> PETSc.Vec:
    """Owned values of a space as a vector without ghosts."""
    size = owned_size(space)
    vector = PETSc.Vec().createMPI((size, PETSc.DETERMINE), comm=space.mesh.comm)
    vector.array_w[:] = values[:size]
    return vector


def _diagonal(values: Floats, space: fem.FunctionSpace) -> PETSc.Mat:
    """Matrix with nothing but these values on its diagonal."""
    size = owned_size(space)
    sizes = ((size, PETSc.DETERMINE), (size, PETSc.DETERMINE))
    matrix = PETSc.Mat().createAIJ(sizes, nnz=1, comm=space.mesh.comm)
    matrix.setDiagonal(_vector(values, space))
    matrix.assemble()
    return matrix

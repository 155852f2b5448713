"""The linear system of a model under a small signal exp(s t): (K + s M) z = b.

Double layers answer too, which makes K complex. Real and imaginary parts are solved for together,

    [ Kr  -Ki ] [ Re z ]   [ b ]
    [ Ki   Kr ] [ Im z ] = [ 0 ],

Kr and Ki holding s M as well. Chemistry is factored at each frequency and mechanics, in which
there is none, once; GMRES brings the two together in some ten iterations.
"""

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.build import Model
from solver.model.rigid import rigid_fields
from solver.solve.blocks import BlockVector, owned_size
from solver.solve.linear.choice import choose
from solver.solve.linear.protocol import LinearSolveError, LinearSolver, LinearSystem, MatrixPart
from solver.solve.mechanics import FOUNDATION, rigid_null_space
from solver.solve.signal_blocks import COLLECTOR, SignalBlocks

TOLERANCE = 1e-10


class SignalSystemError(Exception):
    """The system was not solved; the message says at which frequency."""


class SignalSystem:
    """The system of a model at one frequency after the other. Make and use it inside `put_back`."""

    def __init__(self, model: Model) -> None:
        self._blocks = blocks = SignalBlocks(model)
        self._comm = model.comm
        top = [[*real, *minus] for real, minus in zip(blocks.real, blocks.minus, strict=True)]
        low = [[*im, *real] for im, real in zip(blocks.imaginary, blocks.real, strict=True)]
        self._nest = PETSc.Mat().createNest(top + low, comm=self._comm)
        self._matrix = PETSc.Mat()
        sizes = [owned_size(field.function_space) for field in blocks.fields]
        self._starts = np.concatenate([[0], np.cumsum(sizes * 2)])
        n_fields = len(sizes)
        self._real, self._imaginary = self._starts[[COLLECTOR, n_fields + COLLECTOR]]
        self._here = sizes[COLLECTOR] > 0
        size = (int(self._starts[-1]), PETSc.DETERMINE)
        self._right = PETSc.Vec().createMPI(size, comm=self._comm)
        self._solution = self._right.duplicate()
        if self._here:
            self._right.array_w[self._real] = model.extent.outer_area
        self._displacements = self._places(model)
        self._bedding = self._bed(model)
        self._free_motions = self._motions(model)
        self._linear: LinearSolver | None = None

    def impedance(self, s: complex) -> complex:
        """Impedance for signals that go like exp(s t), s in 1/s, Ohm m^2.

        Collective. Raises SignalSystemError.
        """
        self._blocks.fill(s)
        self._nest.convert("aij", out=self._matrix)
        if self._linear is None:
            self._linear = self._solver()
        try:
            self._linear.solve(self._right, self._solution)
        except LinearSolveError as error:
            frequency = s.imag / (2 * np.pi)
            raise SignalSystemError(
                f"the linear system at {frequency:.3g} Hz was not solved: {error}"
            ) from error
        return self._at_collector()

    def _solver(self) -> LinearSolver:
        """Solver of the filled matrix, which another frequency changes altogether."""
        self._matrix.setNullSpace(self._free_motions)
        if not self._displacements:
            return choose(LinearSystem("impedance", self._matrix, TOLERANCE), "direct")
        return choose(
            LinearSystem("impedance", self._matrix, TOLERANCE, self._bed_down, self._parts())
        )

    def _bed_down(self, matrix: PETSc.Mat) -> None:
        """Put a matrix on the bedding, so that it can be factored."""
        matrix.setDiagonal(self._bedding, addv=PETSc.InsertMode.ADD_VALUES)

    def _parts(self) -> tuple[MatrixPart, ...]:
        """Chemistry, mechanics, which do not depend on the frequency, and stress part."""
        first, end = self._blocks.mechanical.start, self._blocks.mechanical.stop
        chemistry, mechanics = self._indices(range(first)), self._indices(range(first, end))
        stress = self._indices(range(end, len(self._blocks.fields)))
        return (
            MatrixPart("chemistry", chemistry),
            MatrixPart("mechanics", mechanics, constant=True),
            MatrixPart("stress", stress, diagonal=True),
        )

    def _indices(self, fields: range) -> PETSc.IS:
        """Where some fields are in the system, real and imaginary parts."""
        first, n_fields = self._matrix.getOwnershipRange()[0], len(self._blocks.fields)
        places = [
            np.arange(*self._starts[k + part : k + part + 2])
            for part in (0, n_fields)
            for k in fields
        ]
        indices = (first + np.concatenate(places)).astype(PETSc.IntType)
        return PETSc.IS().createGeneral(indices, comm=self._comm)

    def destroy(self) -> None:
        """Free the factors. Collective."""
        if self._linear is not None:
            self._linear.destroy()

    def _at_collector(self) -> complex:
        values = self._solution.array_r
        local = complex(values[self._real], values[self._imaginary]) if self._here else 0.0j
        return complex(self._comm.allreduce(local, MPI.SUM))

    def _places(self, model: Model) -> list[slice]:
        """Where the displacement is in the vectors, its real and its imaginary part."""
        fields, displacement = self._blocks.fields, model.state.function("displacement")
        if displacement not in fields:
            return []
        real = fields.index(displacement)
        return [slice(*self._starts[k : k + 2]) for k in (real, real + len(fields))]

    def _bed(self, model: Model) -> PETSc.Vec:
        """Diagonal of a weak elastic bedding, without which the matrix could not be factored."""
        bedding, system = self._right.duplicate(), model.mechanics
        size = model.extent.volume ** (1.0 / model.particle.dimension)
        weight = FOUNDATION * system.elastic.c11 / size**2 * system.node_volume
        values = np.repeat(weight, model.spaces.vector.dofmap.bs)
        for place in self._displacements:
            bedding.array_w[place] = values[: place.stop - place.start]
        return bedding

    def _motions(self, model: Model) -> PETSc.NullSpace:
        """Motions of the particle as a whole, on which nothing depends."""
        layout = BlockVector(model.mechanics.residual, model.mechanics.unknowns)
        names, vectors = rigid_fields(model.spaces)[1], list[PETSc.Vec]()
        for motion in rigid_null_space(model.mechanics, layout, names).getVecs():
            for place in self._displacements:
                vector = self._right.duplicate()
                vector.array_w[place] = motion.array_r[layout.slices[0]]
                vectors.append(vector)
        return PETSc.NullSpace().create(vectors=vectors, comm=self._comm)

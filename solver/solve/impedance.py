"""Impedance of the particle about its present state.

The coupled equations, linearized for a signal exp(s t), s = i omega, read (K + s M) z = b with
a complex K, since double layers answer too. Real and imaginary parts are solved for together,

    [ Kr  -Ki ] [ Re z ]   [ b ]
    [ Ki   Kr ] [ Im z ] = [ 0 ],

Kr and Ki holding s M as well, with a factorization for each frequency. b is a current density of
1 pA/um^2 over the outside, which makes the potential of the collector the impedance in Ohm m^2
of geometric outer area (1 V um^2/pA = 1 Ohm m^2): that of all there is between the collector and
the electrolyte, the contact to the collector included.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.build import Model
from solver.model.small_signal import largest_miss, put_back
from solver.solve.blocks import BlockVector, owned_size
from solver.solve.mechanics import FOUNDATION, rigid_motions
from solver.solve.signal_blocks import COLLECTOR, SAME, SignalBlocks

Complexes = npt.NDArray[np.complexfloating]
TOLERANCE, MOST_ITERATIONS = 1e-10, 30
LARGEST_MISS = 0.1  # V: particles that have not rested yet miss by their stress part


class ImpedanceError(Exception):
    """There is no impedance at this state; the message says why."""


def spectrum(model: Model, frequencies: Sequence[float]) -> Complexes:
    """Impedance at each frequency (Hz), Ohm m^2 of geometric outer area. Collective.

    The state is left untouched. Raises ImpedanceError at a state that no solver has reached, and
    where the linear system cannot be solved.
    """
    if min(frequencies, default=1.0) <= 0:
        raise ValueError("frequencies must be positive")
    with put_back(model):
        miss, grain = largest_miss(model)
    if not miss < LARGEST_MISS:
        raise ImpedanceError(
            "there is no impedance at a state that is no solution: the reaction law of "
            f"{grain} is missed by {miss:.2g} V: the particle has not come to rest since it was "
            "put together, or the solver gave up"
        )
    return impedances(model, 2j * np.pi * np.asarray(frequencies, float))


def impedances(model: Model, s: Complexes) -> Complexes:
    """The same for signals that go like exp(s t), s in 1/s, at any state. Collective."""
    with put_back(model):
        system = _SignalSystem(model)
        try:
            return np.array([system.impedance(complex(value)) for value in s], complex)
        finally:
            system.destroy()


class _SignalSystem:
    """The real system of twice as many unknowns, and its factorization."""

    def __init__(self, model: Model) -> None:
        self._blocks = blocks = SignalBlocks(model)
        self._comm = model.comm
        top = [[*real, *minus] for real, minus in zip(blocks.real, blocks.minus, strict=True)]
        low = [[*im, *real] for im, real in zip(blocks.imaginary, blocks.real, strict=True)]
        self._nest = PETSc.Mat().createNest(top + low)
        self._matrix = PETSc.Mat()
        self._factored: PETSc.Mat | None = None
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
        self._ksp = _solver(self._comm)

    def impedance(self, s: complex) -> complex:
        """Solve for signals that go like exp(s t). Collective."""
        self._blocks.fill(s)
        self._nest.convert("aij", out=self._matrix)
        if self._factored is None:
            self._matrix.setNullSpace(self._free_motions)
            self._factored = self._matrix.copy()
        else:
            self._matrix.copy(self._factored, structure=SAME)
        self._factored.setDiagonal(self._bedding, addv=PETSc.InsertMode.ADD_VALUES)
        self._ksp.setOperators(self._matrix, self._factored)
        self._ksp.solve(self._right, self._solution)
        reason = self._ksp.getConvergedReason()
        if reason <= 0:
            frequency = s.imag / (2 * np.pi)
            raise ImpedanceError(
                f"the linear system at {frequency:.3g} Hz was not solved: reason {reason}"
            )
        return self._at_collector()

    def destroy(self) -> None:
        """Free the factors. Collective."""
        self._ksp.destroy()

    def _at_collector(self) -> complex:
        values = self._solution.array_r
        local = complex(values[self._real], values[self._imaginary]) if self._here else 0.0j
        return complex(self._comm.allreduce(local, MPI.SUM))

    def _places(self, model: Model) -> list[slice]:
        """Where the displacement is in the vectors, its real and its imaginary part."""
        fields, displacement = self._blocks.fields, model.state.displacement
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
        vectors = []
        for motion in rigid_motions(model.mechanics, layout).getVecs():
            for place in self._displacements:
                vector = self._right.duplicate()
                vector.array_w[place] = motion.array_r[layout.slices[0]]
                vectors.append(vector)
        return PETSc.NullSpace().create(vectors=vectors, comm=self._comm)


def _solver(comm: MPI.Comm) -> PETSc.KSP:
    """GMRES around exact factors: it has only rounding and the bedding to make good."""
    ksp = PETSc.KSP().create(comm)
    ksp.setOptionsPrefix("impedance_")
    ksp.setType("gmres")
    ksp.setTolerances(rtol=TOLERANCE, max_it=MOST_ITERATIONS)
    pc = ksp.getPC()
    pc.setType("lu")
    pc.setFactorSolverType("mumps")
    ksp.setFromOptions()
    return ksp

"""Whether there is memory for the factors of a matrix."""

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from solver.solve.linear.protocol import LinearSolveError
from solver.units.machine import free_memory

# Bytes of MUMPS's factors of a body in 3D, factor and power of the unknowns: fitted to what the
# resident memory of balls of 50 and 200 grains grew by, 15 126 and 60 435 unknowns, 0.18, 1.27 GB.
BYTES = (230.0, 1.41)


def require_memory_for_factors(matrix: PETSc.Mat) -> None:
    """Raise LinearSolveError, on all ranks, where factors would not fit. Collective."""
    comm: MPI.Intracomm = matrix.comm.tompi4py()
    needed = BYTES[0] * matrix.getSize()[0] ** BYTES[1]
    there = comm.allreduce((free_memory() or np.inf) / _ranks_here(comm))
    if needed > there:
        raise LinearSolveError(
            f"multigrid does not converge, and factors of {matrix.getSize()[0]} unknowns would "
            f"need about {needed / 1e9:.3g} GB of memory, of which {there / 1e9:.3g} GB are free"
        )


def _ranks_here(comm: MPI.Intracomm) -> int:
    """Ranks of a communicator that share this machine's memory. Collective."""
    shared = comm.Split_type(MPI.COMM_TYPE_SHARED)
    size = int(shared.size)
    shared.Free()
    return size

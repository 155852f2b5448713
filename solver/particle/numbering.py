"""An order of things on a mesh that is the same on any number of ranks, by their original numbers.

Cells and vertices are numbered as in the file (or the arrays) that the mesh was made of. Nothing
here depends on how the mesh is shared out.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import la, mesh
from mpi4py import MPI

from solver.particle.exchange import starts

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]


def original_cells(msh: mesh.Mesh) -> Integers:
    """Original number of each local and ghost cell."""
    return np.asarray(msh.topology.original_cell_index, dtype=np.int64)


def original_vertices(msh: mesh.Mesh) -> Integers:
    """Original numbers of the vertices of each local and ghost cell, (cells, corners)."""
    numbers = np.asarray(msh.geometry.input_global_indices, dtype=np.int64)
    return numbers[np.asarray(msh.geometry.dofmap)]


class Order:
    """The entities of an index map in the order of their keys. All methods are collective.

    keys: rows of all of them in that order, on rank 0; none elsewhere.
    """

    def __init__(self, comm: MPI.Comm, index_map: Any, keys: Integers) -> None:
        """keys: (entities of this rank with ghosts, numbers), unique over the owned of all."""
        self._comm, self._map = comm, index_map
        self.n_owned = int(index_map.size_local)
        self._counts = np.array(comm.allgather(self.n_owned))
        every = self._gathered(keys[: self.n_owned].astype(np.int64))
        self._place = np.lexsort(every.T[::-1])
        self.keys = every[self._place]

    def gather(self, rows: Floats) -> Floats:
        """Return the rows of all ranks in order, on rank 0; none elsewhere.

        rows: (entities of this rank, columns), those of ghosts do not count.
        """
        return self._gathered(rows[: self.n_owned])[self._place]

    def scatter(self, rows: Floats | None, columns: int) -> Floats:
        """Return those of all rows that are of this rank's entities, its ghosts behind its own.

        rows: (all, columns) in order on rank 0.
        """
        sent = None
        if rows is not None:
            sent = np.empty((len(self._place), columns))
            sent[self._place] = rows
        local = la.vector(self._map, columns)
        own = np.empty(self.n_owned * columns)
        sizes = self._counts * columns
        self._comm.Scatterv([sent, (sizes, starts(sizes)), MPI.DOUBLE], own, root=0)
        local.array[: len(own)] = own
        local.scatter_forward()
        return local.array.reshape(-1, columns).copy()

    def _gathered(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Rows of all ranks, one rank's behind the other's, on rank 0; none elsewhere."""
        sizes = self._counts * rows.shape[1]
        root = self._comm.rank == 0
        every = np.empty((int(self._counts.sum()) if root else 0, rows.shape[1]), rows.dtype)
        kind = MPI.INT64_T if rows.dtype == np.int64 else MPI.DOUBLE
        received = [every, (sizes, starts(sizes)), kind] if root else None
        self._comm.Gatherv([np.ascontiguousarray(rows), kind], received, root=0)
        return every

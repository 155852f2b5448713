"""An order of things on a mesh that is the same on any number of ranks, by their original numbers.

Cells and vertices are numbered as in the file (or the arrays) that the mesh was made of. Nothing
here depends on how the mesh is shared out.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import la, mesh
from mpi4py import MPI

from solver.particle.exchange import exchange, home

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
    """The entities of an index map in the order of their keys, in slabs: each rank has a share.

    The slab of a rank is what its `home` is, by the first number of the keys, so that slabs behind
    each other are all of them in order. All methods are collective. keys: rows of this rank's slab.
    """

    def __init__(self, comm: MPI.Intracomm, index_map: Any, keys: Integers) -> None:
        """keys: (entities of this rank with ghosts, numbers), unique over the owned of all."""
        self._comm, self._map = comm, index_map
        self.n_owned = int(index_map.size_local)
        own = keys[: self.n_owned].astype(np.int64)
        size = comm.allreduce(int(own[:, 0].max(initial=-1)) + 1, MPI.MAX)
        self._home = home(own[:, 0], size, comm)
        every = np.column_stack([own, np.full(len(own), comm.rank)])
        received, _ = exchange(comm, self._home, every)
        self._owner, self._place = received[:, -1], np.lexsort(received[:, -2::-1].T)
        self.keys = received[self._place, :-1]

    def gather(self, rows: Floats) -> Floats:
        """Return the rows of this rank's slab in order.

        rows: (entities of this rank, columns), those of ghosts do not count.
        """
        return exchange(self._comm, self._home, rows[: self.n_owned])[0][self._place]

    def scatter(self, rows: Floats) -> Floats:
        """Return those of all rows that are of this rank's entities, its ghosts behind its own.

        rows: (entities of this rank's slab, columns) in order.
        """
        sent = np.empty_like(rows)
        sent[self._place] = rows
        local = la.vector(self._map, rows.shape[1])
        own = np.empty((self.n_owned, rows.shape[1]))
        own[np.argsort(self._home, kind="stable")] = exchange(self._comm, self._owner, sent)[0]
        local.array[: own.size] = own.ravel()
        local.scatter_forward()
        return local.array.reshape(-1, rows.shape[1]).copy()

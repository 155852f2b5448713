"""From the slabs of a mesh file to a mesh that is shared out to the ranks."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

import basix.ufl
import numpy as np
import numpy.typing as npt
from dolfinx import mesh
from mpi4py import MPI

from solver.particle import dolfinx_api
from solver.particle.exchange import exchange, home, slab_starts
from solver.particle.msh_slabs import MeshContents, ends_of, read_elements, read_nodes
from solver.particle.numbering import original_cells
from solver.particle.partition import cell_partitioner

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SIMPLEX = {2: "triangle", 3: "tetrahedron"}
Read = TypeVar("Read")


class MeshFileError(Exception):
    """The mesh file cannot be used; the message says why."""


class Distributed(NamedTuple):
    """A mesh of which each rank has its part, and physical groups.

    group: of each local and ghost cell, 0 where it has none. facets: local ones that belong to the
    groups that were asked for, and group_of_facet.
    """

    mesh: mesh.Mesh
    group: npt.NDArray[np.int32]
    facets: npt.NDArray[np.int32]
    group_of_facet: npt.NDArray[np.int32]


def distributed(
    path: Path, contents: MeshContents, comm: MPI.Intracomm, dimension: int, groups: Iterable[int]
) -> Distributed:
    """Read a mesh of simplices and share it out. Collective.

    Every rank reads as many cells, nodes and facets as the others, in the order of the file.
    groups: of facets that are asked for. Raises MeshFileError on every rank.
    """
    cells, facets = contents.of(dimension), contents.of(dimension - 1, frozenset(groups))
    ends = ends_of(cells)
    group = np.array([block.group for block in cells], dtype=np.int32)

    def group_of_cell(number: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        return group[np.searchsorted(ends, number, side="right")]

    def read() -> tuple[Integers, tuple[Integers, Floats]]:
        return (
            read_elements(path, cells, *_slab(int(ends[-1]), comm)),
            read_nodes(path, contents.nodes, *_slab(contents.n_nodes, comm)),
        )

    corners, nodes = agreed(comm, path, read)
    points = _points(comm, *nodes, contents.n_nodes)[:, :dimension]
    element = basix.ufl.element("Lagrange", SIMPLEX[dimension], 1, shape=(dimension,))
    partitioner = cell_partitioner(group_of_cell) if comm.size > 1 else None
    msh = dolfinx_api.mesh_of_cells(comm, corners, points, element, partitioner)
    return Distributed(msh, group_of_cell(original_cells(msh)), *_marked(path, facets, msh))


def agreed(comm: MPI.Intracomm, path: Path, read: Callable[[], Read]) -> Read:
    """Return what each rank reads. Collective. Raises MeshFileError on all ranks if one fails."""
    done, error = None, ""
    try:
        done = read()
    except Exception as reason:
        error = f"cannot read the mesh {path}: {reason}"
    error = comm.allreduce(error, MPI.MAX)
    if error or done is None:
        raise MeshFileError(error)
    return done


def _slab(size: int, comm: MPI.Intracomm) -> tuple[int, int]:
    """First of so many rows that this rank reads, and the one behind its last."""
    every = slab_starts(size, comm)
    return int(every[comm.rank]), int(every[comm.rank + 1])


def _points(comm: MPI.Intracomm, numbers: Integers, places: Floats, size: int) -> Floats:
    """Positions of this rank's slab of nodes in the order of their numbers. Collective.

    numbers, places: as they were read.
    """
    destination = home(numbers, size, comm)
    own, _ = exchange(comm, destination, numbers[:, None])
    found, _ = exchange(comm, destination, places)
    first, last = _slab(size, comm)
    points = np.zeros((last - first, 3))
    points[own[:, 0] - first] = found
    return points


def _marked(path: Path, blocks: list, msh: mesh.Mesh) -> tuple[npt.NDArray, npt.NDArray]:
    """Local facets of some blocks, and their groups. Collective."""
    comm, ends = msh.comm, ends_of(blocks)
    first, last = _slab(int(ends[-1]) if blocks else 0, comm)
    corners = agreed(comm, path, lambda: read_elements(path, blocks, first, last))
    group = np.array([block.group for block in blocks], dtype=np.int32)
    which = np.searchsorted(ends, np.arange(first, last), side="right")
    corners = corners.reshape(-1, msh.topology.dim)
    return dolfinx_api.marked_facets(msh, corners, group[which])

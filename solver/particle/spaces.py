"""Function spaces that know about grains, on one conforming mesh, in parallel.

Only the dof map is changed: a dof of a conforming space becomes one dof per grain that touches
it. Jumps over grain boundaries are then ordinary interior-facet integrals.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from dolfinx import cpp, fem, mesh
from mpi4py import MPI

from solver.particle import dolfinx_api
from solver.particle.exchange import exchange, first_number, home, unique_rows

Integers = npt.NDArray[np.int64]


def break_at_grains(V: fem.FunctionSpace, grain: npt.NDArray[np.int32]) -> fem.FunctionSpace:
    """Return the space `V` broken at the boundaries between grains. Collective.

    V: conforming Lagrange space. grain: number of the grain of every local and ghost cell.
    A new dof is a pair (dof of V, grain). One of the ranks that own a cell carrying the
    pair owns the dof, each of them as often as the others (`_claims`); the pairs meet on the rank
    that `home` assigns to the dof of V.
    """
    comm, dofmap = V.mesh.comm, V.dofmap
    cells = dofmap.list
    n_dofs = cells.shape[1]
    n_owned_cells = V.mesh.topology.index_map(V.mesh.topology.dim).size_local
    conforming = dofmap.index_map.local_to_global(cells.ravel().astype(np.int32))
    pairs, pair_of = unique_rows(np.column_stack([conforming, np.repeat(grain, n_dofs)]))

    candidate = np.full(len(pairs), comm.size**2, dtype=np.int64)
    candidate[pair_of[: n_owned_cells * n_dofs]] = 0
    candidate[candidate == 0] = _claims(pairs[candidate == 0], comm)
    meeting = home(pairs[:, 0], dofmap.index_map.size_global, comm)
    received, reply = exchange(comm, meeting, np.column_stack([pairs, candidate]))
    keys, key_of = unique_rows(received[:, :2])
    least = _reduce(np.minimum, comm.size**2, len(keys), key_of, received[:, 2])
    owner = reply(least[key_of] % comm.size)

    first_use = _reduce(
        np.minimum, np.iinfo(np.int64).max, len(pairs), pair_of, np.arange(cells.size)
    )
    owned = np.flatnonzero(owner == comm.rank)
    owned = owned[np.argsort(first_use[owned], kind="stable")]
    ghosts = np.flatnonzero(owner != comm.rank)
    number: Integers = np.full(len(pairs), -1, dtype=np.int64)
    number[owned] = first_number(comm, len(owned)) + np.arange(len(owned))
    received, reply = exchange(comm, meeting, number[:, None])
    number = reply(_reduce(np.maximum, -1, len(keys), key_of, received[:, 0])[key_of])
    dofs = DofOwners(owned, ghosts, number, owner)
    return _with_dofs(V, dofs, pair_of.reshape(cells.shape))


def broken_like(W: fem.FunctionSpace, V: fem.FunctionSpace) -> fem.FunctionSpace:
    """Return the blocked space `V` with the very dof numbering of the scalar space `W`."""
    components = V.dofmap.bs
    table = cpp.graph.AdjacencyList_int32(np.asarray(W.dofmap.list))
    dofmap = cpp.fem.DofMap(V.dofmap.dof_layout, W.dofmap.index_map, components, table, components)
    return dolfinx_api.space_with_dofmap(V, dofmap)


def one_value_per_grain(
    msh: mesh.Mesh, grain: npt.NDArray[np.int32], n_grains: int
) -> fem.FunctionSpace:
    """Space with a single dof per grain, every cell of a grain pointing at it. Collective.

    The dof of a grain belongs to the lowest rank that owns one of its cells.
    """
    comm = msh.comm
    cells = fem.functionspace(msh, ("DG", 0))
    n_owned_cells = msh.topology.index_map(msh.topology.dim).size_local
    candidate = np.full(n_grains, comm.size, dtype=np.int64)
    candidate[np.unique(grain[:n_owned_cells])] = comm.rank
    owner = np.empty_like(candidate)
    comm.Allreduce(candidate, owner, MPI.MIN)
    owned = np.flatnonzero(owner == comm.rank)
    numbered = np.full(n_grains, -1, dtype=np.int64)
    numbered[owned] = first_number(comm, len(owned)) + np.arange(len(owned))
    number = np.empty_like(numbered)
    comm.Allreduce(numbered, number, MPI.MAX)

    present = np.unique(grain)
    ghosts = present[owner[present] != comm.rank]
    return _with_dofs(cells, DofOwners(owned, ghosts, number, owner), grain.reshape(-1, 1))


def one_value(msh: mesh.Mesh) -> fem.FunctionSpace:
    """Space with a single dof for the whole mesh. Collective."""
    n_cells = dolfinx_api.local_size(msh.topology.index_map(msh.topology.dim))
    return one_value_per_grain(msh, np.zeros(n_cells, dtype=np.int32), 1)


def grain_of_dofs(W: fem.FunctionSpace, grain: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Grain of every local and ghost (blocked) dof of a space broken at grains."""
    grains = np.full(dolfinx_api.local_size(W.dofmap.index_map), -1, dtype=np.int32)
    grains[W.dofmap.list] = np.asarray(grain, dtype=np.int32)[:, None]
    return grains


class DofOwners(NamedTuple):
    """Which dofs are owned here and which are ghosts, by number of what they stand for (a grain).

    number, owner: global number and rank of each.
    """

    owned: Integers
    ghosts: Integers
    number: Integers
    owner: Integers


def _with_dofs(
    V: fem.FunctionSpace, dofs: DofOwners, of_cells: npt.NDArray[np.integer]
) -> fem.FunctionSpace:
    """Return `V` with other dofs. of_cells: (cells, dofs) what each stands for. Collective."""
    owned, ghosts = dofs.owned, dofs.ghosts
    local = np.full(len(dofs.number), -1, dtype=np.int32)
    local[owned] = np.arange(len(owned))
    local[ghosts] = len(owned) + np.arange(len(ghosts))
    index_map = dolfinx_api.index_map(
        V.mesh.comm, len(owned), dofs.number[ghosts], dofs.owner[ghosts].astype(np.int32)
    )
    table = cpp.graph.AdjacencyList_int32(local[of_cells])
    old = V.dofmap
    dofmap = cpp.fem.DofMap(old.dof_layout, index_map, old.index_map_bs, table, old.bs)
    return dolfinx_api.space_with_dofmap(V, dofmap)


def _claims(pairs: Integers, comm: MPI.Comm) -> Integers:
    """How this rank stands for pairs of a dof and a grain: the one with the least owns the dof.

    (turn size + rank); whose turn is first goes on from pair to pair.
    """
    turn = (comm.rank + pairs[:, 0] + pairs[:, 1]) % comm.size
    return turn * comm.size + comm.rank


def _reduce(operation: np.ufunc, start: int, size: int, at: Integers, values: Integers) -> Integers:
    """Combine all `values` that share a place in `at` with `operation`."""
    result = np.full(size, start, dtype=np.int64)
    operation.at(result, at, values)
    return result

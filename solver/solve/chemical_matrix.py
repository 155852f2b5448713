"""The tangent of the electrochemical system, put together from numbers in one PETSc matrix."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.electro.conduction import CollectorContact, NetworkConduction
from solver.model.electro.exchange import BoundaryExchange, EvenLevel, OutsideExchange
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.electro.tangent_parts import Starts, TangentPart
from solver.model.electro.transport_entries import TransportEntries
from solver.solve.blocks import owned_size
from solver.solve.entry_matrix import EntryMatrix
from solver.solve.linear.protocol import TwoLevels

Integers = npt.NDArray[np.int64]


class ChemicalMatrix:
    """The derivative of `system.residual`, rows and columns as in a `BlockVector` of its unknowns.

    Equals what DOLFINx assembles of `system.tangent`, to rounding, with fewer places: only values
    that meet at a point of a boundary are coupled there.
    """

    def __init__(self, system: ElectrochemicalSystem) -> None:
        self._parts = _parts(system)
        number = numbers(system.unknowns)
        rows, columns = (
            number[np.concatenate([getattr(part, side) for part in self._parts])]
            for side in ("rows", "columns")
        )
        n_owned = sum(owned_size(field.function_space) for field in system.unknowns)
        comm = system.unknowns[0].function_space.mesh.comm
        self._entries = EntryMatrix(comm, n_owned, rows, columns)
        self.matrix = self._entries.matrix

    def assemble(self) -> PETSc.Mat:
        """Take over the present laws, conditions and control. Collective."""
        return self._entries.fill(np.concatenate([part.values() for part in self._parts]))


def two_levels(system: ElectrochemicalSystem, matrix: PETSc.Mat) -> TwoLevels | None:
    """One occupancy for each grain and every potential as it is; occupancies and ions as they are.

    None where these balances alone do not tell the collector's potential. Collective.
    """
    if system.uniform is not None:
        return None
    node, grain, single, *network = system.unknowns
    few = [grain, grain, single, *network]
    ends = np.cumsum([0, *(len(field.x.array) for field in few)])
    number, sizes = numbers(few), [owned_size(field.function_space) for field in few]
    n_nodes = owned_size(node.function_space)
    columns = [number[system.spaces.grain_dof_of_node[:n_nodes]]]
    columns += [number[end : end + size] for end, size in zip(ends[1:], sizes[1:], strict=False)]
    comm, first = node.function_space.mesh.comm, matrix.getOwnershipRange()[0]
    skipped = n_nodes + sizes[1] + sizes[2]
    near = np.r_[:n_nodes, skipped : skipped + sum(sizes[3:])] + first
    rows = PETSc.IS().createGeneral(near.astype(PETSc.IntType), comm=comm)
    return TwoLevels(_spread(np.concatenate(columns), sum(sizes), comm), rows)


def _spread(columns: Integers, n_columns: int, comm: MPI.Comm) -> PETSc.Mat:
    """Matrix with a one in each row of this rank, at these columns; n_columns: owned here."""
    size = (len(columns), PETSc.DETERMINE), (n_columns, PETSc.DETERMINE)
    starts = np.arange(len(columns) + 1, dtype=PETSc.IntType)
    csr = starts, columns.astype(PETSc.IntType), np.ones(len(columns))
    return PETSc.Mat().createAIJ(size, csr=csr, comm=comm)


def _parts(system: ElectrochemicalSystem) -> list[TangentPart]:
    starts = Starts.of(system.unknowns)
    parts: list[TangentPart] = [
        TransportEntries(system),
        BoundaryExchange(system, starts),
        CollectorContact(system, starts),
    ]
    if system.uniform is None:
        parts.append(OutsideExchange(system, starts))
    else:
        parts.append(EvenLevel(system, starts))
    if system.network is not None:
        parts.append(NetworkConduction(system, starts))
    return parts


def numbers(fields: Sequence[fem.Function]) -> Integers:
    """Row in a `BlockVector` of each value of the fields, ghosts included, one after the other.

    Collective.
    """
    comm = fields[0].function_space.mesh.comm
    sizes = [owned_size(field.function_space) for field in fields]
    first, found = int(comm.exscan(sum(sizes)) or 0), []
    for field, size in zip(fields, sizes, strict=True):
        number = fem.Function(field.function_space)
        number.x.array[:size] = first + np.arange(size)
        number.x.scatter_forward()
        found.append(number.x.array.round().astype(np.int64))
        first += size
    return np.concatenate(found)

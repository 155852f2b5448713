"""The tangent of the electrochemical system, put together from numbers in one PETSc matrix."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from petsc4py import PETSc

from solver.model.electro.conduction import CollectorContact, NetworkConduction
from solver.model.electro.exchange import BoundaryExchange, EvenLevel, OutsideExchange
from solver.model.electro.system import ElectrochemicalSystem
from solver.model.electro.tangent_parts import Starts, TangentPart
from solver.model.electro.transport_entries import TransportEntries
from solver.solve.blocks import owned_size
from solver.solve.entry_matrix import EntryMatrix

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


def coarse_unknowns(system: ElectrochemicalSystem) -> PETSc.Mat | None:
    """What one occupancy for each grain, and every potential as it is, do to all unknowns.

    None where these balances alone do not tell the collector's potential. Collective.
    """
    if system.uniform is not None:
        return None
    _, grain, *others = system.unknowns
    few, n_owned = [grain, grain, *others], owned_size(system.unknowns[0].function_space)
    number = numbers(few)
    of_nodes = number[system.spaces.grain_dof_of_node[:n_owned]]
    skipped = len(grain.x.array)
    columns, starts = [of_nodes], skipped
    for field in few[1:]:
        columns.append(number[starts : starts + owned_size(field.function_space)])
        starts += len(field.x.array)
    return _spread(np.concatenate(columns), [owned_size(f.function_space) for f in few], grain)


def _spread(columns: Integers, sizes: list[int], field: fem.Function) -> PETSc.Mat:
    """Matrix with a one in each row of this rank, at these columns; sizes: columns owned here."""
    size = (len(columns), PETSc.DETERMINE), (sum(sizes), PETSc.DETERMINE)
    rows = np.arange(len(columns) + 1, dtype=PETSc.IntType)
    csr = rows, columns.astype(PETSc.IntType), np.ones(len(columns))
    return PETSc.Mat().createAIJ(size, csr=csr, comm=field.function_space.mesh.comm)


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

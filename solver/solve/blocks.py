"""Several fields as one vector, several forms as one matrix.

On each rank the block vector holds the owned dofs of the first field, then of the second, and
so on. Matrices of the single blocks are kept, so that a block that did not change is not
assembled again; they are merged into one matrix that any PETSc solver takes.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc
from petsc4py import PETSc

from solver.particle import dolfinx_api

Floats = npt.NDArray[np.floating]
# several where one form cannot hold all integrals
Forms: TypeAlias = fem.Form | tuple[fem.Form, ...]


class BlockVector:
    """Residual of several fields, assembled into one PETSc vector."""

    def __init__(self, forms: Sequence[Forms], fields: Sequence[fem.Function]) -> None:
        self._forms, self._fields = [_several(entry) for entry in forms], fields
        self._parts = [dolfinx_api.create_vector(entry[0]) for entry in self._forms]
        sizes = [owned_size(field.function_space) for field in fields]
        ends = np.cumsum(sizes)
        self.slices = [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]
        self.comm = fields[0].function_space.mesh.comm
        self.vector = PETSc.Vec().createMPI((int(ends[-1]), PETSc.DETERMINE), comm=self.comm)

    def assemble(self) -> PETSc.Vec:
        """Assemble all forms anew. Collective."""
        for forms, part, place in zip(self._forms, self._parts, self.slices, strict=True):
            assemble_linear(forms, part)
            self.vector.array_w[place] = part.array_r
        return self.vector

    def add_to_fields(self, change: PETSc.Vec, factor: float = 1.0) -> None:
        """Add factor x change to the fields and update their ghosts. Collective."""
        values = change.array_r
        for field, place in zip(self._fields, self.slices, strict=True):
            field.x.array[: place.stop - place.start] += factor * values[place]
            field.x.scatter_forward()


class BlockMatrix:
    """Matrix of a table of bilinear forms; None where a block is empty."""

    def __init__(self, forms: Sequence[Sequence[Forms | None]]) -> None:
        self._forms = [[_several(entry) for entry in row] for row in forms]
        self.blocks: list[list[Any]] = [
            [petsc.create_matrix(entry[0]) if entry else None for entry in row]
            for row in self._forms
        ]
        for i, row in enumerate(self.blocks):
            for j, block in enumerate(row):
                if block is not None:
                    self.assemble_block(i, j)
        comm = next(block.comm for block in self.blocks[0] if block is not None)
        self._nest = PETSc.Mat().createNest(self.blocks, comm=comm)  # not that of all processes
        self.matrix = PETSc.Mat()  # an empty one: without it the nest itself would be converted
        self._nest.convert("aij", out=self.matrix)

    def assemble_block(self, i: int, j: int) -> None:
        """Assemble one block anew; `merge` makes it count. Collective."""
        block: PETSc.Mat = self.blocks[i][j]
        block.zeroEntries()
        for form in self._forms[i][j]:
            petsc.assemble_matrix(block, form)
        block.assemble()

    def assemble(self) -> PETSc.Mat:
        """Assemble every block anew and merge. Collective."""
        for i, row in enumerate(self.blocks):
            for j, block in enumerate(row):
                if block is not None:
                    self.assemble_block(i, j)
        return self.merge()

    def alone(self) -> PETSc.Mat:
        """Return the one matrix as it is; blocks are freed and nothing can be assembled anew."""
        self._nest.destroy()
        for row in self.blocks:
            for block in row:
                if block is not None:
                    block.destroy()
        return self.matrix

    def merge(self) -> PETSc.Mat:
        """Copy the blocks into the one matrix. Collective."""
        self._nest.convert("aij", out=self.matrix)
        return self.matrix


def assemble_linear(forms: Sequence[fem.Form], vector: PETSc.Vec) -> PETSc.Vec:
    """Assemble linear forms into a ghosted vector and sum over ranks. Collective."""
    with vector.localForm() as local:
        local.set(0.0)
    for form in forms:
        petsc.assemble_vector(vector, form)
    vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
    return vector


def owned_size(space: fem.FunctionSpace) -> int:
    """Number of scalar dofs of a space that this rank owns."""
    return int(space.dofmap.index_map.size_local * space.dofmap.index_map_bs)


def _several(entry: Forms | None) -> tuple[fem.Form, ...]:
    if entry is None:
        return ()
    return entry if isinstance(entry, tuple) else (entry,)

"""Several fields as one vector, several forms as one matrix.

On each rank the block vector holds the owned dofs of the first field, then of the second, and
so on. Matrices of the single blocks are kept, so that a block that did not change is not
assembled again; they are merged into one matrix that any PETSc solver takes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc
from petsc4py import PETSc

from solver import dolfinx_api

Floats = npt.NDArray[np.floating]


class BlockVector:
    """Residual of several linear forms, assembled into one PETSc vector."""

    def __init__(self, forms: Sequence[fem.Form], fields: Sequence[fem.Function]) -> None:
        self._forms, self._fields = forms, fields
        self._parts = [dolfinx_api.create_vector(form) for form in forms]
        sizes = [owned_size(field.function_space) for field in fields]
        ends = np.cumsum(sizes)
        self.slices = [slice(end - size, end) for size, end in zip(sizes, ends, strict=True)]
        self.comm = fields[0].function_space.mesh.comm
        self.vector = PETSc.Vec().createMPI((int(ends[-1]), PETSc.DETERMINE), comm=self.comm)

    def assemble(self) -> PETSc.Vec:
        """Assemble all forms anew. Collective."""
        for form, part, place in zip(self._forms, self._parts, self.slices, strict=True):
            assemble_linear(form, part)
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

    def __init__(self, forms: Sequence[Sequence[fem.Form | None]]) -> None:
        self._forms = forms
        self.blocks: list[list[Any]] = [
            [petsc.create_matrix(f) if f else None for f in row] for row in forms
        ]
        for i, row in enumerate(self.blocks):
            for j, block in enumerate(row):
                if block is not None:
                    self.assemble_block(i, j)
        self._nest = PETSc.Mat().createNest(self.blocks)
        self.matrix = PETSc.Mat()  # an empty one: without it the nest itself would be converted
        self._nest.convert("aij", out=self.matrix)

    def assemble_block(self, i: int, j: int) -> None:
        """Assemble one block anew; `merge` makes it count. Collective."""
        block: PETSc.Mat = self.blocks[i][j]
        block.zeroEntries()
        petsc.assemble_matrix(block, self._forms[i][j])
        block.assemble()

    def assemble(self) -> PETSc.Mat:
        """Assemble every block anew and merge. Collective."""
        for i, row in enumerate(self.blocks):
            for j, block in enumerate(row):
                if block is not None:
                    self.assemble_block(i, j)
        return self.merge()

    def merge(self) -> PETSc.Mat:
        """Copy the blocks into the one matrix. Collective."""
        self._nest.convert("aij", out=self.matrix)
        return self.matrix


def assemble_linear(form: fem.Form, vector: PETSc.Vec) -> PETSc.Vec:
    """Assemble a linear form into a ghosted vector and sum over ranks. Collective."""
    with vector.localForm() as local:
        local.set(0.0)
    petsc.assemble_vector(vector, form)
    vector.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
    return vector


def owned_size(space: fem.FunctionSpace) -> int:
    """Number of scalar dofs of a space that this rank owns."""
    return int(space.dofmap.index_map.size_local * space.dofmap.index_map_bs)

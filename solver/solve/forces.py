"""Unbalanced forces of a mechanical system.

Where grains are linear elastic, what they do is their stiffness times the displacement less what
would hold their swelling back; neither is assembled again while a displacement is looked for.
"""

import numpy as np
from dolfinx import fem, la
from petsc4py import PETSc

from solver.model.mechanics import MechanicalSystem
from solver.solve.blocks import BlockVector


class ForceVector(BlockVector):
    """Internal forces; call `swell` whenever the lattice strain has changed.

    grains: stiffness of the whole body without its boundaries; None where it is not constant.
    """

    def __init__(self, system: MechanicalSystem, grains: PETSc.Mat | None) -> None:
        super().__init__(system.residual, system.unknowns)
        self._system, self._grains = system, grains
        self._swelling = self.vector.duplicate()
        self._unknowns = self.vector.duplicate()
        self._pulled = fem.Function(system.unknowns[0].function_space)

    def swell(self) -> float:
        """Find the forces of the undeformed body; return their norm. Collective."""
        fields = [*self._fields, self._system.traction]
        kept = [field.x.array.copy() for field in fields]
        for field in fields:
            field.x.array[:] = 0.0
        super().assemble().copy(self._swelling)
        for field, values in zip(fields, kept, strict=True):
            field.x.array[:] = values
        return float(self._swelling.norm())

    def assemble(self) -> PETSc.Vec:
        """Forces at the present unknowns and boundary tractions. Collective."""
        if self._grains is None:
            return super().assemble()
        for field, place in zip(self._fields, self.slices, strict=True):
            self._unknowns.array_w[place] = field.x.array[: place.stop - place.start]
        self._grains.multAdd(self._unknowns, self._swelling, self.vector)
        place = self.slices[0]
        self.vector.array_w[place] += self._pull()[place]
        return self.vector

    def _pull(self) -> np.ndarray:
        """What the tractions of the boundaries do to the nodes. Collective."""
        boundaries, pulled = self._system.spaces.boundaries, self._pulled.x
        traction = self._system.traction.x.array.reshape(boundaries.normal.shape)
        pulled.array[:] = boundaries.spread(traction, len(pulled.array) // traction.shape[1])
        pulled.scatter_reverse(la.InsertMode.add)
        return pulled.array

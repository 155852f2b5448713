"""Cracks inside grains: displacement and crack field in turn, until neither moves the other.

Each of the two minimises the same energy, so that it falls from turn to turn (Bourdin et al.,
J. Mech. Phys. Solids 48, 2000). The crack field minimises it between bounds: what has cracked
stays cracked (SNES, active sets in a reduced space).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.phase_field import GrainFracture
from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.linear.factored import use_factors_alone
from solver.solve.mechanics import EquilibriumError

Floats = npt.NDArray[np.floating]
LARGEST_REST = 1e-4  # change of the crack field in the last turn
BEYOND = 1.4  # times the change that a turn asks for
MOST_TURNS = 2000


class CrackSolver:
    """Minimises the energy of a crack field between bounds, at given drive."""

    def __init__(self, fracture: GrainFracture) -> None:
        self._fracture, self._field = fracture, fracture.crack
        self._residual = BlockVector([fracture.residual], [fracture.crack])
        self._tangent = BlockMatrix([[fracture.tangent]])
        vector = self._residual.vector
        self._values, self._low, self._high = (vector.duplicate() for _ in range(3))
        self._snes = self._new_snes()

    def forget(self) -> None:
        """Go on as if nothing had been solved yet. Collective."""
        self._snes.destroy()
        self._snes = self._new_snes()

    def _new_snes(self) -> PETSc.SNES:
        """The method, without factors and active sets yet."""
        snes = PETSc.SNES().create(self._residual.comm)
        snes.setOptionsPrefix("crack_")
        snes.setType("vinewtonrsls")
        snes.setFunction(self._assemble_residual, self._residual.vector.duplicate())
        snes.setJacobian(self._assemble_tangent, self._tangent.matrix)
        snes.setTolerances(rtol=1e-10, atol=self._negligible(), stol=0.0, max_it=100)
        use_factors_alone(snes.getKSP(), "cholesky")
        snes.setFromOptions()
        return snes

    def solve(self, lowest: Floats) -> None:
        """Bring the crack field to its minimum above `lowest`. Collective; EquilibriumError."""
        n = self._residual.slices[0].stop
        self._low.array_w[:] = lowest[:n]
        self._high.array_w[:] = np.maximum(self._fracture.highest, lowest)[:n]
        self._snes.setVariableBounds(self._low, self._high)
        self._values.array_w[:] = self._field.x.array[:n]
        self._snes.solve(None, self._values)
        self._take(self._values)
        reason = self._snes.getConvergedReason()
        if reason <= 0:
            raise EquilibriumError(f"no crack field of least energy: the solver stopped ({reason})")

    def _take(self, values: PETSc.Vec) -> None:
        self._field.x.array[: self._residual.slices[0].stop] = values.array_r
        self._field.x.scatter_forward()

    def _assemble_residual(self, snes: PETSc.SNES, values: PETSc.Vec, into: PETSc.Vec) -> None:
        self._take(values)
        self._residual.assemble().copy(into)

    def _assemble_tangent(
        self, snes: PETSc.SNES, values: PETSc.Vec, matrix: PETSc.Mat, factored: PETSc.Mat
    ) -> None:
        self._take(values)
        self._tangent.assemble()

    def _negligible(self) -> float:
        """Norm of a residual that is nothing beside that of a particle breaking everywhere."""
        size = self._residual.vector.getSize()
        return 1e-9 * self._fracture.scale / float(np.sqrt(size))


class FractureSolver:
    """Finds displacement and crack field together; `begin_step`, then `solve` as often as needed.

    turns: taken so far.
    """

    def __init__(
        self,
        fracture: GrainFracture,
        tolerance: float = LARGEST_REST,
        max_turns: int = MOST_TURNS,
    ) -> None:
        self.fracture, self.turns = fracture, 0
        self._crack = CrackSolver(fracture)
        self._comm = fracture.crack.function_space.mesh.comm
        self._tolerance, self._max_turns = tolerance, max_turns
        self.begin_step()

    def begin_step(self) -> None:
        """Fix what the cracks at hand, and what drove them so far, forbid from now on."""
        self._lowest = self.fracture.lowest(self.fracture.crack.x.array)
        self._drive_old = self.fracture.drive.x.array.copy()

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self._crack.forget()

    def solve(self, equilibrium: Callable[[], Floats]) -> Floats:
        """Bring displacement and cracks to rest; return the new damage of the boundaries.

        equilibrium: does so for the displacement at the present cracks. Collective. Raises
        EquilibriumError.
        """
        damage = equilibrium()
        for _ in range(self._max_turns):
            change = self._turn()
            damage = equilibrium()
            if change < self._tolerance:
                return damage
        raise EquilibriumError(
            f"cracks in grains still move by {change:.1e} after {self._max_turns} turns"
        )

    def _turn(self) -> float:
        """Let the crack follow the displacement, and a little beyond; return its change."""
        self.turns += 1
        crack = self.fracture.crack.x.array
        before = crack.copy()
        self.fracture.update_drive(self._drive_old)
        self._crack.solve(self._lowest)
        change = crack - before
        largest = float(np.max(np.abs(change), initial=0.0))
        largest = float(self._comm.allreduce(largest, MPI.MAX))
        if largest >= self._tolerance:
            beyond = before + BEYOND * change
            np.clip(beyond, self._lowest, np.maximum(self.fracture.highest, self._lowest), crack)
        return largest

"""Equilibrium of the particle at given occupancy and load.

Equilibrium is a minimum of a potential energy: elastic strain of the grains plus the potential
of the boundaries, whose damage follows the opening within the step. Newton's method with
lagged factors goes there. Where boundaries soften faster than the grains unload, the minimum
vanishes (snap-back) and the tangent stops being positive: then the softening is left out of it
in part or in full, which makes every step go downhill, until the next minimum is reached.

Prescribed displacements are eliminated: their rows and columns are cleared, and what their
residual was is the reaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from solver.case.linear import MechanicsChoice
from solver.model.loads.loads import Loads
from solver.model.mechanics import MechanicalSystem
from solver.model.rigid import rigid_fields
from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.forces import ForceVector
from solver.solve.levels import goes_by_levels, levels_of
from solver.solve.linear.choice import choose
from solver.solve.linear.protocol import LinearSolveError, LinearSystem
from solver.solve.span import span
from solver.solve.springs import BodyMatrix

Floats = npt.NDArray[np.floating]
FOUNDATION = 1e-6  # of the particle's stiffness; in the factored matrix only
SOFTENINGS = (1.0, 0.9, 0.5, 0.0)  # shares of the softening that are tried in turn
ENOUGH_DESCENT = 1e-4  # of what the slope promises (Armijo)
SHORTEST_MOVE = 1e-6  # grains that broke off may touch a neighbour early in a move
ENERGY_NOISE = 1e-13
LINEARLY, ROUGHLY = 0.1, 1e-4  # of the wanted and the present residual: left by linear solves
PATIENCE = 50  # iterations before mix of modes and friction stay as they are


class EquilibriumError(Exception):
    """No equilibrium was found; the message names where and by how much."""


@dataclass
class NewtonEffort:
    """Work that solvers did, added up."""

    newton_iterations: int = 0
    softened_iterations: int = 0


class EquilibriumSolver:
    """Finds displacement, axial strain and boundary damage of a mechanical system.

    loads: what it is loaded with, `factor` times; without them, or held by none of them, the body
    is free. internal: forces that the body exerts on its owned dofs of displacement, since the
    last `residual_norm`.
    """

    def __init__(
        self,
        system: MechanicalSystem,
        tolerance: float = 1e-8,
        max_iterations: int = 300,
        loads: Loads | None = None,
        linear: MechanicsChoice = "auto",
    ) -> None:
        self.system, self.effort = system, NewtonEffort()
        self.loads, self.factor = loads, 0.0
        self._tolerance, self._max_iterations = tolerance, max_iterations
        self._wanted, self._unsolved = tolerance, ""
        system.stiffness.x.array[:] = 0.0
        whole, grains = BlockMatrix(system.tangent), None
        self._tangent: BlockMatrix | BodyMatrix = whole
        if system.body.degradation is None:
            grains = whole.alone()
            self._tangent = BodyMatrix(system, grains)
        self._residual = ForceVector(system, grains)
        self._matrix = self._tangent.matrix
        self._comm = self._residual.comm
        self._change = self._residual.vector.duplicate()
        self._pull = self._residual.vector.duplicate()
        self.internal = np.zeros(self._residual.slices[0].stop)
        free = rigid_fields(system.spaces)[1] if loads is None else loads.floating
        if free:
            self._null_space = rigid_null_space(system, self._residual, free)
            self._matrix.setNullSpace(self._null_space)
        self._damage_old = np.zeros(system.spaces.boundaries.n_points)
        self._response = system.update_boundaries(self._damage_old, 1.0)
        self._bedding = self._make_bedding()
        bed = self._bed if free else None
        levels = levels_of(system, self._matrix) if goes_by_levels(system, linear) else None
        described = LinearSystem("mechanics", self._matrix, regularize=bed, levels=levels)
        self.linear = choose(described, linear)
        self._smallest_scale = self._unit_of_force()
        self._scale = self._smallest_scale

    def forget(self) -> None:
        """Go on as if nothing had been solved yet; what was counted stays. Collective."""
        self.linear.forget()

    def begin_step(self, damage_old: Floats) -> None:
        """Fix the damage from which the next solutions start."""
        self._damage_old[:] = damage_old
        self.system.begin_step(damage_old)

    def solve(self, share: float, enough: float = 0.0) -> Floats:
        """Bring the unknowns into equilibrium; return the new damage. Collective.

        share: of the growth of the opening that the damage follows in this time step (viscous
        delay); 0 holds the damage as it is (see `catch_up`). enough: unbalanced force that
        suffices for now, relative to the swelling forces, if larger than the tolerance. Raises
        EquilibriumError.
        """
        self._wanted = max(self._tolerance, enough)
        self._scale = self._size_of_forces()
        self.system.bond.thaw()
        kept, norm = 0, self.residual_norm(share)
        for count in range(self._max_iterations):
            self.system.hold(self._damage_old, for_good=count >= PATIENCE)
            if norm < self._wanted:
                self.system.settle()
                return self._response.damage.copy()
            kept, norm = self._step(norm, share, kept)
        raise EquilibriumError(self._where_unbalanced())

    def catch_up(self, share: float) -> Floats:
        """Damage that the openings ask for, after a solution at held damage."""
        system = self.system
        return system.bond.respond(
            system.openings(), self._damage_old, system.law, share
        ).damage.copy()

    def residual_norm(self, share: float) -> float:
        """Norm of the unbalanced force relative to the swelling forces. Collective."""
        self._response = self.system.update_boundaries(self._damage_old, share)
        return float(self._unbalanced().norm() / self._scale)

    def _unbalanced(self) -> PETSc.Vec:
        """Assemble internal forces less the load, zero where displacements are prescribed."""
        vector, place = self._residual.assemble(), self._residual.slices[0]
        if self.loads is not None:
            self.internal[:] = vector.array_r[place]
            values = self.internal - self.loads.push(self._displacement(), self.factor)
            values[self.loads.held] = 0.0
            vector.array_w[place] = values
        return vector

    def potential(self, share: float) -> float:
        """Energy of the body less the work of dead loads, pJ. Collective."""
        energy = self.system.potential_energy(self._damage_old, share)
        if self.loads is None:
            return energy
        return energy + self._comm.allreduce(self.loads.energy(self._displacement(), self.factor))

    def _displacement(self) -> Floats:
        """Displacement of the owned dofs, um."""
        return self.system.unknowns[0].x.array[: len(self.internal)]

    def _step(self, norm: float, share: float, first: int) -> tuple[int, float]:
        """Go downhill once; return which softening to begin with next time, and the new norm.

        first: index of the share of the softening in `SOFTENINGS` that is tried first.
        """
        for index in range(first, len(SOFTENINGS)):
            slope = self._find_change(SOFTENINGS[index])
            new_norm = self._go(norm, share, slope) if slope < 0 else None
            if new_norm is not None:
                return max(index - 1, 0), new_norm
        raise EquilibriumError(self._where_unbalanced())

    def _find_change(self, softening: float) -> float:
        """Newton change with part of the softening; return the slope of the energy along it."""
        self.effort.newton_iterations += 1
        self.effort.softened_iterations += softening < 1
        self.system.stiffen_boundaries(self._response, softening)
        self._update_tangent()
        residual = self._residual.vector
        negligible = max(LINEARLY * self._wanted * self._scale, ROUGHLY * residual.norm())
        try:
            self.linear.solve(residual, self._change, negligible)
        except LinearSolveError as error:
            self._unsolved = f"; {error}"
            return 0.0
        self._unsolved = ""
        return -float(residual.dot(self._change))

    def _go(self, norm: float, share: float, slope: float) -> float | None:
        """Move along the change until the residual halves or the energy falls enough.

        Return the new norm; None, with nothing moved, if even a short move does not help.
        """
        start, energy, factor = self.unknowns(), np.nan, 1.0
        while factor > SHORTEST_MOVE:
            self._residual.add_to_fields(self._change, -factor)
            new_norm = self.residual_norm(share)
            if factor == 1.0 and new_norm < norm / 2:
                return new_norm
            there = self.potential(share)
            if factor == 1.0:
                energy = self._energy_at(start, share)
            if there <= energy + ENOUGH_DESCENT * factor * slope + ENERGY_NOISE * abs(energy):
                return new_norm
            self.restore(start)
            factor /= 2
        self.residual_norm(share)
        return None

    def _energy_at(self, values: list[Floats], share: float) -> float:
        """Potential energy of other values of the unknowns, which stay as they are."""
        present = self.unknowns()
        self.restore(values)
        energy = self.potential(share)
        self.restore(present)
        return energy

    @property
    def fields(self) -> list[fem.Function]:
        """The unknowns."""
        return self.system.unknowns

    def unknowns(self) -> list[Floats]:
        """Copies of the local values of the unknowns."""
        return [field.x.array.copy() for field in self.fields]

    def restore(self, values: list[Floats]) -> None:
        """Give the unknowns other values, of `unknowns`."""
        for field, value in zip(self.fields, values, strict=True):
            field.x.array[:] = value

    def _update_tangent(self) -> None:
        matrix = self._tangent.assemble()
        if self.loads is not None:
            self._hold(matrix, self.loads)

    def _hold(self, matrix: PETSc.Mat, loads: Loads) -> None:
        """Clear rows and columns of held dofs; what the load does to the others is the pull."""
        moved, place = self._change, self._residual.slices[0]
        displacement, factor = self._displacement(), self.factor
        if (stiffening := loads.stiffening(displacement, factor)) is not None:
            moved.set(0.0)
            moved.array_w[place] = stiffening
            matrix.setDiagonal(moved, addv=PETSc.InsertMode.ADD_VALUES)
        moved.set(0.0)
        moved.array_w[loads.held] = loads.value
        matrix.mult(moved, self._pull)
        pull = -self._pull.array_r.copy()
        pull[place] += loads.growth(displacement, factor)
        pull[loads.held] = 0.0
        self._pull.array_w[:] = pull
        first = matrix.getOwnershipRange()[0]
        matrix.setOption(PETSc.Mat.Option.KEEP_NONZERO_PATTERN, True)
        matrix.zeroRowsColumns(first + loads.held, diag=float(self.system.elastic.c11))

    def _bed(self, matrix: PETSc.Mat) -> None:
        """Put a matrix on a weak elastic bedding, so that it can be factored."""
        matrix.setDiagonal(self._bedding, addv=PETSc.InsertMode.ADD_VALUES)

    def _make_bedding(self) -> PETSc.Vec:
        """Diagonal of a bedding that is weak beside the stiffness of the whole particle."""
        bedding = self._residual.vector.duplicate()
        place = self._residual.slices[0]
        components = self.system.spaces.vector.dofmap.bs
        volume = np.repeat(self.system.node_volume, components)[: place.stop]
        total = self._comm.allreduce(float(volume.sum()), MPI.SUM) / components
        size = total ** (1.0 / self.system.spaces.boundaries.normal.shape[1])
        bedding.array_w[place] = FOUNDATION * self.system.elastic.c11 / size**2 * volume
        return bedding

    def _unit_of_force(self) -> float:
        """Force that an eigenstrain of 1e-4 across the c axes would need, to measure others by."""
        strains = (self.system.strain_a, self.system.strain_c)
        kept = [strain.x.array.copy() for strain in strains]
        for strain, level in zip(strains, (1e-4, -1e-4), strict=True):
            strain.x.array[:] = level
        force = self._residual.swell()
        for strain, values in zip(strains, kept, strict=True):
            strain.x.array[:] = values
        self._residual.swell()
        return force

    def _size_of_forces(self) -> float:
        """Force beside which an unbalanced one is small or not. Collective."""
        return max(self._residual.swell(), self._smallest_scale)

    def _where_unbalanced(self) -> str:
        """Name the grain with the largest unbalanced force."""
        components = self.system.spaces.vector.dofmap.bs
        force = np.abs(self._residual.vector.array_r[self._residual.slices[0]])
        node = int(np.argmax(force)) // components if force.size else 0
        grain = int(self.system.spaces.grain_of_node[node])
        worst, grain = self._comm.allreduce((float(force.max(initial=0.0)), grain), MPI.MAXLOC)
        return (
            f"no mechanical equilibrium: the displacement of {self.system.grain_names[grain]} "
            f"stays unbalanced, force {worst / self._scale:.1e} of the swelling force"
            f"{self._unsolved}"
        )


def rigid_null_space(
    system: MechanicalSystem, layout: BlockVector, names: Sequence[str]
) -> PETSc.NullSpace:
    """Rigid motions of these names as a null space of the block system. Collective."""
    motions = zip(*rigid_fields(system.spaces), strict=True)
    named = [motion for motion, name in motions if name in names]
    return span(named, layout.slices[0].stop, layout.vector)

"""Equilibrium of the particle at given occupancy.

Newton with lagged factors finds the equilibrium near the last one. Where a boundary snaps back
there is none nearby: then the damage is relaxed step by step at fixed occupancy (every step is
an elastic solve with the stiffness that is left, the openings found there drive the history
on), which is the slow limit of a viscous boundary, until Newton takes hold again.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import petsc
from mpi4py import MPI
from petsc4py import PETSc

from solver.model.mechanics import MechanicalSystem
from solver.physics import cohesive
from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.linear import LaggedSolver, LinearSolveError

Floats = npt.NDArray[np.floating]
FOUNDATION = 1e-6  # of the particle's stiffness; in the factored matrix only
MAX_ROUNDS = 30
RELAXATIONS = 5  # in the first round, growing with the rounds


class EquilibriumError(Exception):
    """No equilibrium was found; the message names where and by how much."""


@dataclass
class Effort:
    """Work that solvers did, added up."""

    newton_iterations: int = 0
    relaxations: int = 0


class EquilibriumSolver:
    """Finds displacement, axial strain and boundary history of a mechanical system."""

    def __init__(
        self, system: MechanicalSystem, tolerance: float = 1e-8, max_iterations: int = 15
    ) -> None:
        self.system, self.effort = system, Effort()
        self._tolerance, self._max_iterations = tolerance, max_iterations
        self._residual = BlockVector(system.residual, system.unknowns)
        self._comm = self._residual.comm
        self._change = self._residual.vector.duplicate()
        system.stiffness.x.array[:] = 0.0
        self._tangent = BlockMatrix(system.tangent)
        self._bulk = self._tangent.blocks[0][0].copy()
        self._null_space = rigid_motions(system, self._residual)
        self._tangent.matrix.setNullSpace(self._null_space)
        self._history = np.zeros(system.spaces.boundaries.n_points)
        self._bedding = self._make_bedding()
        self.linear = LaggedSolver(self._tangent.matrix, "mechanics_", self._bedded)
        self._smallest_scale = self._unit_of_force()
        self._scale = self._smallest_scale

    @property
    def displacement(self) -> fem.Function:
        """Displacement, the first unknown."""
        return self.system.unknowns[0]

    def solve(self, history_old: Floats, share: float) -> Floats:
        """Bring the unknowns into equilibrium; return the new history. Collective.

        history_old: at the beginning of the time step. share: of the growth of the opening
        that the history follows (viscous delay). Raises EquilibriumError.
        """
        self._scale = max(self._swelling_force(), self._smallest_scale)
        base: Floats = history_old
        for rounds in range(MAX_ROUNDS):
            start = [field.x.array.copy() for field in self.system.unknowns]
            if self._newton(base, share):
                return self._history.copy()
            for field, values in zip(self.system.unknowns, start, strict=True):
                field.x.array[:] = values
            base = self._relax(base, RELAXATIONS * (rounds + 1))
        raise EquilibriumError(self._where_unbalanced())

    def residual_norm(self, history_old: Floats, share: float) -> float:
        """Norm of the unbalanced force relative to the swelling forces. Collective."""
        self._history = self.system.update_boundaries(history_old, share).history
        return float(self._residual.assemble().norm() / self._scale)

    def _newton(self, history_old: Floats, share: float) -> bool:
        norm = self.residual_norm(history_old, share)
        for _ in range(self._max_iterations):
            if norm < self._tolerance:
                return True
            if not self._step():
                return False
            norm = self._search(norm, history_old, share)
            if not np.isfinite(norm):
                return False
        return norm < self._tolerance

    def _step(self) -> bool:
        """Solve for the Newton change with the present tangent."""
        self.effort.newton_iterations += 1
        self._update_tangent()
        try:
            negligible = 1e-2 * self._tolerance * self._scale
            self.linear.solve(self._residual.vector, self._change, negligible)
        except LinearSolveError:
            return False
        self._residual.add_to_fields(self._change, -1.0)
        return True

    def _search(self, norm_old: float, history_old: Floats, share: float) -> float:
        """Shorten the step just taken until the residual falls; return its norm."""
        norm, factor = self.residual_norm(history_old, share), 1.0
        while not norm < 2 * norm_old and factor > 1 / 8:
            self._residual.add_to_fields(self._change, factor / 2)
            factor /= 2
            norm = self.residual_norm(history_old, share)
        return norm

    def _relax(self, history: Floats, n_steps: int) -> Floats:
        """Let the history follow elastic solutions at fixed occupancy; return it."""
        for _ in range(n_steps):
            self.effort.relaxations += 1
            self._secant_solve(history)
            opened = cohesive.effective_opening(
                self.system.openings(), self.system.spaces.boundaries.normal, self.system.law
            )
            grown = cohesive.advance_history(opened, history, 1.0)
            moved = self.system.spaces.boundaries.maximum(grown - history)
            history = grown
            if moved < 1e-7:
                break
        return history

    def _secant_solve(self, history: Floats) -> None:
        """Equilibrium with the stiffness that is left, contact included, history held."""
        norm = self.residual_norm(history, 0.0)
        for _ in range(self._max_iterations):
            if norm < self._tolerance or not self._step():
                break
            norm = self.residual_norm(history, 0.0)

    def _update_tangent(self) -> None:
        block = self._tangent.blocks[0][0]
        block.zeroEntries()
        block.axpy(1.0, self._bulk, structure=PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        petsc.assemble_matrix(block, self.system.boundary_tangent)
        block.assemble()
        self._tangent.merge()

    def _bedded(self, operator: PETSc.Mat) -> PETSc.Mat:
        """Return the operator on a weak elastic bedding, which can be factored."""
        bedded = operator.copy()
        bedded.setDiagonal(self._bedding, addv=PETSc.InsertMode.ADD_VALUES)
        return bedded

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
        for law, level in ((self.system.strain_a, 1e-4), (self.system.strain_c, -1e-4)):
            law.x.array[:] = level
        force = self._swelling_force()
        self.system.strain_a.x.array[:] = self.system.strain_c.x.array[:] = 0.0
        return force

    def _swelling_force(self) -> float:
        """Norm of the residual of the undeformed particle, at the present eigenstrain."""
        kept = [field.x.array.copy() for field in self.system.unknowns]
        for field in self.system.unknowns:
            field.x.array[:] = 0.0
        self.system.update_boundaries(self._history, 0.0)
        force = float(self._residual.assemble().norm())
        for field, values in zip(self.system.unknowns, kept, strict=True):
            field.x.array[:] = values
        return force

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
        )


def rigid_motions(system: MechanicalSystem, layout: BlockVector) -> PETSc.NullSpace:
    """Rigid motions of the displacement as a null space of the block system. Collective."""
    x = system.spaces.scalar.tabulate_dof_coordinates()
    components = system.spaces.vector.dofmap.bs
    planes = [(0, 1)] if components == 2 else [(0, 1), (1, 2), (0, 2)]
    motions = []
    for axis in range(components):
        translation = np.zeros((len(x), components))
        translation[:, axis] = 1.0
        motions.append(translation)
    for i, j in planes:
        rotation = np.zeros((len(x), components))
        rotation[:, i], rotation[:, j] = -x[:, j], x[:, i]
        motions.append(rotation)
    vectors: list[PETSc.Vec] = []
    for motion in motions:
        vector = layout.vector.duplicate()
        place = layout.slices[0]
        vector.array_w[place] = motion.ravel()[: place.stop]
        for earlier in vectors:
            vector.axpy(-vector.dot(earlier), earlier)
        vector.normalize()
        vectors.append(vector)
    return PETSc.NullSpace().create(vectors=vectors, comm=layout.comm)

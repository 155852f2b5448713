"""Specimens that crack inside, pulled at held nodes; um and MPa throughout."""

from collections.abc import Callable

import numpy as np
from dolfinx import fem
from petsc4py import PETSc

from solver.case.plane import Plane
from solver.model.mechanics import make_mechanical_system
from solver.model.phase_field import GrainFracture, degradation_of, make_grain_fracture
from solver.model.spaces import make_spaces
from solver.model.state import make_state
from solver.particle.mesh import Particle
from solver.physics.mechanics import Stiffness
from solver.physics.phase_field import Resistance, Split
from solver.solve.blocks import BlockMatrix, BlockVector
from solver.solve.linear.choice import choose
from solver.solve.linear.protocol import LinearSystem
from solver.solve.phase_field import FractureSolver
from tests.bodies import Body, unbreakable

Where = Callable[[np.ndarray], np.ndarray]


class Specimen:
    """A body whose displacement is prescribed at some nodes, and whose grains can crack.

    Collective throughout.
    """

    def __init__(
        self,
        particle: Particle,
        elastic: Stiffness,
        resistance: Resistance,
        split: Split = "none",
        plane: Plane = "generalised",
        keeps_history: bool = False,
        tolerance: float = 1e-4,
    ) -> None:
        spaces = make_spaces(particle, plane)
        state = make_state(spaces)
        system = make_mechanical_system(
            particle,
            spaces,
            state,
            elastic,
            unbreakable(1e7),
            degradation=degradation_of(state, elastic, split),
        )
        self.body = Body(particle, spaces, state, system)
        self.fracture: GrainFracture = make_grain_fracture(
            particle, state, system, resistance, keeps_history
        )
        self.solver = FractureSolver(self.fracture, tolerance)
        self._residual = BlockVector(system.residual, system.unknowns)
        self._force = BlockVector(system.residual, system.unknowns)
        self._change = self._residual.vector.duplicate()
        system.stiffness.x.array[:] = 0.0
        self._tangent = BlockMatrix(system.tangent)
        self._linear = choose(LinearSystem("held", self._tangent.matrix))
        self._largest_force = 0.0
        self._held: dict[int, float] = {}
        self._damage = np.zeros(spaces.boundaries.n_points)

    def hold(self, where: Where, component: int, value: float) -> None:
        """Prescribe a component of the displacement at the nodes where `where(x)` is true."""
        components = self.body.spaces.vector.dofmap.bs
        nodes = np.flatnonzero(where(self.body.nodes.T))
        self._held |= dict.fromkeys((nodes * components + component).tolist(), value)

    def load(self) -> None:
        """Find displacement and cracks under what is prescribed now; one step."""
        self.solver.begin_step()
        self.solver.solve(self.solve)

    def solve(self) -> np.ndarray:
        """Equilibrium at the cracks at hand, by Newton's method."""
        system, displacement = self.body.system, self.body.state.function("displacement")
        dofs = np.array(list(self._held), dtype=int)
        displacement.x.array[dofs] = list(self._held.values())
        own = dofs[dofs < self._residual.slices[0].stop]
        first = self._residual.vector.getOwnershipRange()[0]
        for _ in range(40):
            response = system.update_boundaries(self._damage, 1.0)
            residual = self._residual.assemble()
            self._largest_force = max(self._largest_force, residual.norm())
            residual.array_w[own] = 0.0
            if residual.norm() <= 1e-9 * self._largest_force:
                return response.damage
            system.stiffen_boundaries(response)
            self._tangent.assemble()
            self._tangent.matrix.zeroRowsColumns((first + own).astype(PETSc.IntType))
            self._linear.solve(residual, self._change, 1e-11 * self._largest_force)
            self._residual.add_to_fields(self._change, -1.0)
        raise AssertionError("the specimen finds no equilibrium")

    def reaction(self, where: Where, component: int) -> float:
        """Force on the nodes where `where(x)` is true."""
        self._force.assemble()
        components = self.body.spaces.vector.dofmap.bs
        nodes = np.flatnonzero(where(self.body.nodes.T))
        dofs = nodes * components + component
        own = dofs[dofs < self._residual.slices[0].stop]
        return float(self._residual.comm.allreduce(self._force.vector.array_r[own].sum()))

    @property
    def crack(self) -> np.ndarray:
        """Crack at the nodes."""
        return self.fracture.crack.x.array

    def surface_energy(self) -> float:
        """Energy of all cracks."""
        local = fem.assemble_scalar(self.fracture.surface_energy)
        return float(self._residual.comm.allreduce(local))

    def elastic_energy(self) -> float:
        """Elastic energy."""
        local = fem.assemble_scalar(self.body.system.elastic_energy)
        return float(self._residual.comm.allreduce(local))

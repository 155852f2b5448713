"""Occupancy and potentials at the end of a time step, stress and contacts held."""

import numpy as np
from mpi4py import MPI

from solver.case.linear import TransportChoice
from solver.model.electro.counter import face
from solver.model.electro.system import ElectrochemicalSystem, StressInPotential
from solver.solve.blocks import BlockVector
from solver.solve.chemical_matrix import ChemicalMatrix, two_levels
from solver.solve.linear.choice import choose
from solver.solve.linear.protocol import LinearSolveError, LinearSystem

LARGEST_CHANGE = 0.2  # of the occupancy in one Newton step
QUADRATIC = 0.05  # below this change (of occupancy, or V) the next one goes with its square
BLOCKS_FROM = 5000  # unknowns in 3D: from there on factors cost more (docs/solvers.md)
CAUTION = 4.0  # that factor of the square may be so many times what was last seen


class TransportError(Exception):
    """No solution of transport and charge balance; the message names grain and field."""


class ElectrochemicalSolver:
    """Newton's method for an electrochemical system, with lagged factors.

    Lithium and charge balances are linear in the unknowns and the reaction currents, so they
    hold to rounding after every iteration; iterating makes the laws hold. How far they are from it
    is foreseen from the last change c: curvature c^2, as it was seen since `begin_step`.
    """

    def __init__(
        self,
        system: ElectrochemicalSystem,
        tolerance: float = 1e-8,
        max_iterations: int = 15,
        linear: TransportChoice = "auto",
    ) -> None:
        self.system, self.newton_iterations = system, 0
        self._tolerance, self._max_iterations = tolerance, max_iterations
        self._residual = BlockVector(system.residual, system.unknowns)
        self._comm = self._residual.comm
        self._change = self._residual.vector.duplicate()
        self._tangent = ChemicalMatrix(system)
        matrix = self._tangent.matrix
        if linear == "auto" and system.spaces.scalar.mesh.topology.dim == 3:
            linear = "blocks" if matrix.size[0] >= BLOCKS_FROM else "lagged"
        two = two_levels(system, matrix) if linear == "blocks" else None
        self.linear = choose(LinearSystem("transport", matrix, two=two), linear)
        self._before = [field.x.array.copy() for field in system.unknowns]
        self._curvature = np.inf

    def begin_step(self) -> None:
        """Foresee nothing from before this moment."""
        self._curvature = np.inf

    def solve(self, stress: StressInPotential, enough: float = 0.0) -> float:
        """Solve for occupancy, potentials and reaction current. Collective.

        enough: error (of occupancy, or potential in V) that suffices for now, if larger than the
        tolerance. Returns how large it may be; raises TransportError.
        """
        tolerance = max(self._tolerance, enough)
        change = before = np.inf
        for _ in range(self._max_iterations):
            before, change = change, self._step(stress)
            if not np.isfinite(change):
                break
            if before < QUADRATIC:
                self._curvature = CAUTION * change / before**2
            error = min(change, self._curvature * change**2) if change < QUADRATIC else change
            if error < tolerance:
                return error
        raise TransportError(self._where_unsettled(change))

    def _step(self, stress: StressInPotential) -> float:
        """One Newton step; return the largest change of occupancy or potential (V).

        Or by how much (V) a current did not meet its law, if that is more: where hardly any
        lithium moves, currents settle after everything else.
        """
        self.newton_iterations += 1
        if self.system.control.holds_voltage:
            face(self.system)
        unmet = self.system.update_laws(stress)
        self._residual.assemble()
        self._tangent.assemble()
        try:
            self.linear.solve(self._residual.vector, self._change)
        except LinearSolveError:
            return np.inf
        for field, before in zip(self.system.unknowns, self._before, strict=True):
            before[:] = field.x.array
        largest_x = self._largest(self._change.array_r[self._residual.slices[0]])
        factor = min(1.0, LARGEST_CHANGE / max(largest_x, 1e-300))
        self._residual.add_to_fields(self._change, -factor)
        self._follow(factor)
        return max(self._largest(self._change.array_r), self._largest(np.array([unmet])))

    def _follow(self, factor: float) -> None:
        """Give the currents the changes that go with those of the unknowns.

        Balances are linear in them, so they hold exactly with these values.
        """
        system, nodal, state = self.system, self.system.nodal, self.system.state
        dx = state["occupancy"] - self._before[0]
        dgrain = state["grain_potential"] - self._before[1]
        change = nodal.lithium_potential_slope.x.array * dx
        change += nodal.lithium_potential_by_grain.x.array * dgrain[system.spaces.grain_dof_of_node]
        network = state["network_potential"]
        inside = network - self._before[3] if system.network else np.zeros_like(network)
        for surface, driving in zip(system.surfaces, system.drivings(change, inside), strict=True):
            surface.follow(factor, driving, dx[surface.node])

    def _largest(self, values: np.ndarray) -> float:
        largest = float(np.max(np.abs(values), initial=0.0))
        return float(self._comm.allreduce(largest, MPI.MAX))

    def _where_unsettled(self, change: float) -> str:
        """Name the grain whose occupancy still changes most."""
        system = self.system
        n_owned = system.spaces.scalar.dofmap.index_map.size_local
        moved = np.abs(system.state["occupancy"] - self._before[0])[:n_owned]
        node = int(np.argmax(moved)) if moved.size else 0
        grain = int(system.spaces.grain_of_node[node])
        _, grain = self._comm.allreduce((float(moved.max(initial=0.0)), grain), MPI.MAXLOC)
        return (
            f"transport does not converge: the occupancy of {system.grain_names[grain]} still "
            f"changes, last change {change:.1e}"
        )

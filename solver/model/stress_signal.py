"""How stress and swelling follow each other under a small signal: the derivatives of both.

The stress part of the equilibrium potential is s = e_ch'(x) : C : (A e - e_ch(x)) / (F c) at the
nodes, with the strain e of the cells and its recovery A.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from petsc4py import PETSc

from solver.entries import laws
from solver.model.build import Model
from solver.particle import dolfinx_api
from solver.particle.matrices import assembled, column_vector, matrix_of

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class StressCoupling:
    """How swelling and the stress part s of the equilibrium potential follow each other.

    swelling: derivative of each mechanical residual by the occupancy. stress: of -w s by each
    mechanical unknown, w being the weight. weight: F c_max times the volume of each node, pC/V.
    by_occupancy: ds/dx at each node, the shape held, V.
    """

    swelling: list[PETSc.Mat]
    stress: list[PETSc.Mat]
    weight: Floats
    by_occupancy: Floats


def stress_coupling(model: Model) -> StressCoupling | None:
    """Coupling of stress and occupancy at the present state, None if there is none. Collective.

    Fills the stiffness of the boundaries, as it is when they unload.
    """
    physics = model.case.physics
    if not (physics.swelling.enabled and physics.stress_in_potential.enabled):
        return None
    system = model.mechanics
    system.bond.dt = 0.0  # too fast to slide
    system.begin_step(model.state["damage"])
    response = system.update_boundaries(model.state["damage"], 0.0)
    system.stiffen_boundaries(response, 0.0)
    model.swell()
    weight = model.electro.charge_density() * system.node_volume
    by_occupancy = _by_own_occupancy(model)
    reading = _reading(model, weight)
    unknowns = range(len(system.unknowns))
    return StressCoupling(
        swelling=[_by_occupancy(model, k) for k in unknowns],
        stress=[reading.matMult(_of_strain(model, field)) for field in system.unknowns],
        weight=weight,
        by_occupancy=by_occupancy,
    )


def _by_own_occupancy(model: Model) -> Floats:
    """ds/dx at fixed shape: the strain relaxes stress, and e' turns with x under it."""
    electro, swelling = model.electro, model.swelling()
    x = electro.occupancy()
    stress = model.mechanics.stress.read(fem.Function(model.spaces.tensor))
    turned, relaxed = swelling.turning(x, stress), swelling.slope(x)
    return np.asarray((turned + relaxed) * electro.in_oxide)


def _in_oxide(model: Model, value: laws.Function) -> Floats:
    """A function of the occupancy at the nodes of the oxide, zero in fillers."""
    return np.asarray(value(model.electro.occupancy()) * model.electro.in_oxide)


def _reading(model: Model, weight: Floats) -> PETSc.Mat:
    """Matrix from the strain of the cells to -w s at the nodes."""
    recovery = model.mechanics.stress.recovery.matrix
    factor = -weight * model.electro.in_oxide * _by_strain(model)
    starts, columns, values = recovery.getValuesCSR()
    row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    entries = values[:, None] * factor.T[row]
    places = 6 * columns[:, None] + np.arange(6, dtype=columns.dtype)
    return matrix_of(recovery, 6, (6 * starts, places.ravel(), entries.ravel()))


def _by_strain(model: Model) -> Floats:
    """Derivative of s at each node by the six components of the strain there, (6, nodes), V."""
    system, x = model.mechanics, model.electro.occupancy()
    stress, into = system.stress, fem.Function(model.spaces.tensor)
    swelling = model.swelling()
    along = fem.Function(model.spaces.tensor)
    change = dolfinx_api.compile_form(ufl.derivative(stress.at_nodes, stress.at_node, along))
    derivative = np.empty((6, len(x)))
    for k in range(6):
        along.x.array.reshape(-1, 6)[:] = np.eye(6)[k]
        answer = stress.per_volume(change, into)
        derivative[k] = swelling.potential(x, answer)
    return derivative


def _of_strain(model: Model, field: fem.Function) -> PETSc.Mat:
    """Derivative of the strain of the cells by an unknown."""
    stress = model.mechanics.stress
    trial = ufl.TrialFunction(field.function_space)
    matrix = assembled(ufl.derivative(stress.in_cells, field, trial))
    per_volume = matrix.createVecLeft()
    per_volume.array_w[:] = 1.0 / stress.volume[: per_volume.local_size]
    matrix.diagonalScale(L=per_volume)
    return matrix


def _by_occupancy(model: Model, k: int) -> PETSc.Mat:
    """Derivative of a mechanical residual by the occupancy."""
    system, total = model.mechanics, None
    for field, law in ((system.strain_a, model.strain_a), (system.strain_c, model.strain_c)):
        matrix = _of_residual(model, k, field)
        matrix.diagonalScale(R=column_vector(matrix, _in_oxide(model, law.slope)))
        total = matrix if total is None else total + matrix
    return total


def _of_residual(model: Model, k: int, field: fem.Function) -> PETSc.Mat:
    """Derivative of a mechanical residual by a lattice strain."""
    system = model.mechanics
    body, unknown = system.body, system.unknowns[k]
    e = body.elastic_strain(system.unknowns, system.strain_a, system.strain_c)
    test = ufl.TestFunction(unknown.function_space)
    residual = ufl.derivative(body.energy(e) * body.dx, unknown, test)
    trial = ufl.TrialFunction(field.function_space)
    return assembled(ufl.derivative(residual, field, trial))

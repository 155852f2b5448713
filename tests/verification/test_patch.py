"""Patch of bricks under uniform stress: intact boundaries open by t/K, and by nothing else."""

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.model.regions import axis_of_cells
from solver.particle.dolfinx_api import point_expression
from solver.physics import mechanics
from solver.physics.cohesive import Strength
from solver.physics.mechanics import Stiffness
from tests.bodies import (
    CUBIC,
    LAYERED,
    TRIGONAL,
    Body,
    body_of,
    bricks,
    hold,
    relax,
    stiffness_tensor,
    unbreakable,
)

SPRING = 1e6  # MPa/um
AXIS = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])
ACROSS = np.cross(AXIS, [0.2, -0.9, 0.4]) / np.linalg.norm(np.cross(AXIS, [0.2, -0.9, 0.4]))
CRYSTALS = {"hexagonal": LAYERED, "trigonal": TRIGONAL, "cubic": CUBIC}
SIX = ([0, 1, 2, 0, 1, 0], [0, 1, 2, 1, 2, 2])
PATCHES = {
    "plane": ((1.2, 0.8), (6, 4), (3, 2), [3, 0, 5, 1, 4, 2]),
    "box": ((0.8, 0.6, 0.6), (4, 3, 3), (2, 1, 3), [4, 1, 0, 5, 2, 3]),
}


def uniform_fields(dimension: int, elastic: Stiffness) -> tuple[np.ndarray, np.ndarray]:
    """A strain with all components that the kinematics allow, and its stress."""
    strain = 1e-3 * np.array([[2.0, 0.7, -0.4], [0.7, -1.0, 0.5], [-0.4, 0.5, 1.5]])
    stiff = stiffness_tensor(elastic, AXIS, ACROSS)
    if dimension == 2:
        strain[2, 2] = 0.0
        s_zz = np.einsum("kl,kl->", stiff[2, 2], strain)
        strain[2, 2] = -s_zz / stiff[2, 2, 2, 2]
    return strain, np.einsum("ijkl,kl->ij", stiff, strain)


def jumps(stress: np.ndarray, normal: np.ndarray, law: Strength) -> np.ndarray:
    """Opening t/K of intact boundaries, softer in shear by b^2, for normals (points, d)."""
    traction = normal @ stress
    across = np.einsum("ij,ij->i", traction, normal)[:, None] * normal
    return (across + (traction - across) / law.shear_ratio**2) / law.penalty


@pytest.mark.parametrize("crystal", CRYSTALS)
@pytest.mark.parametrize("patch", PATCHES)
def test_uniform_stress_is_met_exactly_jumps_included(patch, crystal):
    size, cells, grains, number = PATCHES[patch]
    dimension, law, elastic = len(size), unbreakable(1e6, 0.6), CRYSTALS[crystal]
    c_axes, a_axes = (np.tile(axis, (len(number), 1)) for axis in (AXIS, ACROSS))
    particle = bricks(size, cells, grains, c_axes, number, a_axes=a_axes)
    body = body_of(particle, elastic, law)
    strain, stress = uniform_fields(dimension, elastic)
    gradient = strain * ([1, 1, 2] if dimension == 2 else 1)  # of columns: nothing depends on z
    shift = jumps(stress, np.eye(3)[:dimension], law)
    exact = body.nodes[:, :dimension] @ gradient[:dimension]
    exact += _shifts(body, grains, number, shift)
    target = fem.Function(body.spaces.vector)
    target.x.array[:] = exact.ravel()
    n = ufl.FacetNormal(particle.mesh)
    pull = ufl.dot(ufl.as_matrix(stress[:, :dimension]), n) - SPRING * (
        body.state.function("displacement") - target
    )
    hold(body, -ufl.inner(pull, ufl.TestFunction(body.spaces.vector)) * ufl.ds, np.zeros(1))

    boundaries = body.spaces.boundaries
    opened = body.system.openings() - jumps(stress, boundaries.normal, law)
    errors = {
        "displacement": np.abs(body.displacement - exact).max() / np.abs(exact).max(),
        "opening": np.abs(opened).max() * law.penalty / np.abs(stress).max(),
        "stress": np.abs(body.stress() - stress[SIX]).max() / np.abs(stress).max(),
        "energy": abs(_energy(body) / (0.5 * np.sum(stress * strain) * np.prod(size)) - 1),
    }
    print(
        f"patch, {patch}, {crystal}: "
        + ", ".join(f"{key} {value:.1e}" for key, value in errors.items())
    )
    assert max(errors.values()) < 1e-9


def _energy(body: Body) -> float:
    return float(fem.assemble_scalar(body.system.elastic_energy))


def _shifts(body: Body, grains, number, jump: np.ndarray) -> np.ndarray:
    """Rigid shift of each node's brick: one jump for every boundary between it and the first."""
    place = np.array(np.unravel_index(np.arange(len(number)), grains, order="F")).T
    shift = np.empty((len(number), 3))
    shift[number] = place @ jump
    return shift[body.spaces.grain_of_node]


def bonded_stress(body: Body, strain_a: float, strain_c: float) -> fem.Function:
    """Stress of each cell (9 components) if displacement is continuous; least-squares solution."""
    msh = body.particle.mesh
    V = fem.functionspace(msh, ("Lagrange", 1, (3,)))
    axis = axis_of_cells(body.particle, body.spaces)
    k = fem.Constant(msh, LAYERED.invariant_form())
    swelling = mechanics.eigenstrain(strain_a, strain_c, axis)

    def stress(e):
        return mechanics.transversely_isotropic_stress(e, axis, k)

    def assembled(strain, virtual):
        return fem.assemble_scalar(fem.form(ufl.inner(stress(strain), virtual) * ufl.dx))

    v, w = ufl.TestFunction(V), ufl.TrialFunction(V)
    unit = ufl.as_tensor([[0, 0, 0], [0, 0, 0], [0, 0, 1]])
    e_v, e_w = mechanics.strain(v, 0), mechanics.strain(w, 0)
    block = fem.assemble_matrix(fem.form(ufl.inner(stress(e_w), e_v) * ufl.dx)).to_dense()
    column = fem.assemble_vector(fem.form(ufl.inner(stress(unit), e_v) * ufl.dx)).array
    right = fem.assemble_vector(fem.form(ufl.inner(stress(swelling), e_v) * ufl.dx)).array
    corner = assembled(unit, unit)
    matrix = np.block([[block, column[:, None]], [column[None], np.array([[corner]])]])
    solution = np.linalg.lstsq(matrix, np.append(right, assembled(swelling, unit)), rcond=1e-12)[0]
    u = fem.Function(V)
    u.x.array[:] = solution[:-1]
    return _by_cell(msh, stress(mechanics.strain(u, solution[-1]) - swelling))


def free_stress(body: Body, strain_a: float, strain_c: float) -> fem.Function:
    """Stress of each cell (9 components) as the body is."""
    axis = axis_of_cells(body.particle, body.spaces)
    k = fem.Constant(body.particle.mesh, LAYERED.invariant_form())
    strain = mechanics.strain(body.state.function("displacement"), body.state["axial_strain"][0])
    elastic = strain - mechanics.eigenstrain(strain_a, strain_c, axis)
    return _by_cell(body.particle.mesh, mechanics.transversely_isotropic_stress(elastic, axis, k))


def _by_cell(msh, tensor) -> fem.Function:
    space = fem.functionspace(msh, ("DG", 0, (9,)))
    result = fem.Function(space)
    vector = ufl.as_vector([tensor[i, j] for i in range(3) for j in range(3)])
    result.interpolate(point_expression(vector, space))
    return result


def test_penalty_error_falls_with_one_over_the_penalty():
    """Free bricks of unlike orientation against the solution with continuous displacement."""
    axes = [[1, 0, 0], [0, 1, 0.5], [1, 1, 1], [0.2, 0.3, 1]]
    axes = [np.array(axis) / np.linalg.norm(axis) for axis in axes]
    particle = bricks((1.0, 1.0), (8, 8), (2, 2), axes)
    strain_a, strain_c = -0.004, 0.01
    penalties, errors, bonded = [1e7, 1e8, 1e9], [], None
    for penalty in penalties:
        body = body_of(particle, LAYERED, unbreakable(penalty))
        bonded = bonded or bonded_stress(body, strain_a, strain_c)
        relax(body, strain_a, strain_c)
        found = free_stress(body, strain_a, strain_c)
        change = found.x.array - bonded.x.array
        errors.append(np.linalg.norm(change) / np.linalg.norm(bonded.x.array))
    order = -np.polyfit(np.log(penalties), np.log(errors), 1)[0]
    figures = ", ".join(f"{error:.2e}" for error in errors)
    print(
        f"stress against perfect bonds for K = 1e7, 1e8, 1e9 MPa/um: {figures}, order {order:.3f}"
    )
    assert order == pytest.approx(1.0, abs=0.05)

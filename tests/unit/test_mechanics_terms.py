"""Terms of elasticity: the stiffness in any frame, eigenstrain, and numbers made of tensors."""

import numpy as np
import pytest
import ufl
from dolfinx import mesh
from mpi4py import MPI
from ufl.algorithms.apply_algebra_lowering import apply_algebra_lowering
from ufl.algorithms.apply_derivatives import apply_derivatives

from solver.physics import mechanics
from solver.physics.mechanics import Stiffness
from tests.bodies import LAYERED, rotation_about, stiffness_tensor

RNG = np.random.default_rng(5)
AXES = [[0, 0, 1], [1, 0, 0], [0.3, -0.5, 0.8], [-1, 2, 0.1]]


def unit(axis) -> np.ndarray:
    return np.array(axis) / np.linalg.norm(axis)


def numbers(expression) -> np.ndarray:
    """Value of a UFL expression of numbers."""
    plain = apply_algebra_lowering(expression)
    values = [plain(None, component=index) for index in np.ndindex(expression.ufl_shape)]
    return np.reshape(values, expression.ufl_shape).astype(float)


def symmetric() -> np.ndarray:
    e = RNG.normal(size=(3, 3))
    return e + e.T


@pytest.mark.parametrize("axis", AXES)
def test_stress_is_that_of_the_rotated_crystal(axis):
    e = symmetric()
    stress = mechanics.transversely_isotropic_stress(
        ufl.as_matrix(e), ufl.as_vector(unit(axis)), ufl.as_vector(LAYERED.invariant_form())
    )
    expected = np.einsum("ijkl,kl->ij", stiffness_tensor(LAYERED, axis), e)
    assert numbers(stress) == pytest.approx(expected, rel=1e-10, abs=1e-6)


def test_isotropic_stiffness_knows_no_axis():
    young, poisson = 200e3, 0.3
    e = symmetric()
    elastic = Stiffness.isotropic(young, poisson)
    assert elastic.invariant_form()[2] == pytest.approx(0, abs=1e-9)
    assert elastic.invariant_form()[4] == pytest.approx(0, abs=1e-9)
    expected = young / (1 + poisson) * (e + poisson / (1 - 2 * poisson) * np.trace(e) * np.eye(3))
    stress = mechanics.transversely_isotropic_stress(
        ufl.as_matrix(e), ufl.as_vector(unit([1, 2, 3])), ufl.as_vector(elastic.invariant_form())
    )
    assert numbers(stress) == pytest.approx(expected, rel=1e-10)


def test_quadratic_is_twice_the_energy_of_a_lattice_strain():
    axis, a, c = unit([1, -1, 2]), np.array([0.01, -0.02]), np.array([0.03, 0.01])
    stiff = stiffness_tensor(LAYERED, axis)
    along = np.outer(axis, axis)
    for i in range(2):
        e = a[i] * (np.eye(3) - along) + c[i] * along
        expected = np.einsum("ij,ijkl,kl->", e, stiff, e)
        assert LAYERED.quadratic(a, c)[i] == pytest.approx(expected, rel=1e-12)


def test_eigenstrain_stretches_along_and_across_the_axis():
    axis = unit([0.3, -0.5, 0.8])
    e = numbers(mechanics.eigenstrain(ufl.as_ufl(0.01), ufl.as_ufl(-0.03), ufl.as_vector(axis)))
    across = np.cross(axis, unit([1, 1, 1]))
    assert e @ axis == pytest.approx(-0.03 * axis)
    assert e @ across == pytest.approx(0.01 * across)


def test_strain_of_the_plane_has_one_axial_component():
    msh = mesh.create_unit_square(MPI.COMM_SELF, 1, 1)
    x = ufl.SpatialCoordinate(msh)
    u = ufl.as_vector([0.1 * x[0] + 0.4 * x[1], 0.2 * x[1]])
    strain = mechanics.strain(u, ufl.as_ufl(0.05))
    assert numbers(apply_derivatives(apply_algebra_lowering(strain))) == pytest.approx(
        np.array([[0.1, 0.2, 0], [0.2, 0.2, 0], [0, 0, 0.05]])
    )


def test_six_components_hold_the_tensor():
    full = np.array([symmetric() for _ in range(4)])
    six = full[:, [0, 1, 2, 0, 1, 0], [0, 1, 2, 1, 2, 2]]
    assert mechanics.tensors(six) == pytest.approx(full)
    assert numbers(mechanics.six_components(ufl.as_matrix(full[0]))) == pytest.approx(six[0])
    assert mechanics.trace(six) == pytest.approx(np.trace(full, axis1=1, axis2=2))
    axes = np.array([unit(axis) for axis in AXES])
    expected = np.einsum("ni,nij,nj->n", axes, full, axes)
    assert mechanics.along(six, axes) == pytest.approx(expected)


def test_principal_and_von_mises_stress():
    turn = rotation_about([1, 2, -1], 0.8)
    principal = np.array([30.0, -10.0, 5.0])
    s = turn @ np.diag(principal) @ turn.T
    six = s[[0, 1, 2, 0, 1, 0], [0, 1, 2, 1, 2, 2]][None]
    assert mechanics.first_principal(six) == pytest.approx([30.0])
    differences = principal - np.roll(principal, 1)
    assert mechanics.von_mises(six) == pytest.approx([np.sqrt(0.5 * differences @ differences)])

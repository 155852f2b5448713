"""Manufactured solution of anisotropic elasticity with an eigenstrain field: second order in L2.

The displacement is chosen, lattice strains vary in space, body forces and tractions follow. In 2D
the axial strain is part of the solution: no axial force.
"""

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.physics import mechanics
from tests.bodies import LAYERED, Body, body_of, bricks, hold, unbreakable

AXIS = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])
SPRING = 1e6  # MPa/um
SIZES = {2: [8, 16, 32], 3: [4, 6, 9]}


def displacement(x):
    """Smooth and not a polynomial; works for numpy arrays and for UFL."""
    sin, cos, exp = (np.sin, np.cos, np.exp) if isinstance(x[0], np.ndarray) else _ufl()
    parts = [sin(2 * x[0]) * cos(x[1]), exp(-x[0]) * sin(3 * x[1]), sin(x[0] + 2 * x[1])]
    if len(x) == 3:
        parts = [parts[0] * cos(2 * x[2]), parts[1] * exp(x[2]), sin(x[0] + 2 * x[1] - x[2])]
    return [1e-2 * part for part in parts]


def lattice_strains(x):
    sin, cos, _ = (np.sin, np.cos, np.exp) if isinstance(x[0], np.ndarray) else _ufl()
    return 1e-2 * cos(2 * x[0] - x[1]), -2e-2 * sin(x[0] + 2 * x[1])


def _ufl():
    return ufl.sin, ufl.cos, ufl.exp


def exact_stress(x, axial):
    axis = ufl.as_vector(AXIS)
    strain = mechanics.strain(ufl.as_vector(displacement(x)), axial)
    elastic = strain - mechanics.eigenstrain(*lattice_strains(x), axis)
    return mechanics.transversely_isotropic_stress(
        elastic, axis, ufl.as_vector(LAYERED.invariant_form())
    )


def exact_axial_strain(body: Body, x) -> float:
    """Axial strain that leaves no axial force; by its linearity."""
    forces = [body.total(exact_stress(x, ufl.as_ufl(axial))[2, 2]) for axial in (0.0, 1.0)]
    return forces[0] / (forces[0] - forces[1])


def solved(dimension: int, n: int) -> tuple[float, float]:
    """Errors of displacement (L2, relative) and of axial strain on a mesh of n^d cells."""
    axes = [AXIS]
    body = body_of(
        bricks([1.0] * dimension, [n] * dimension, [1] * dimension, axes), LAYERED, unbreakable()
    )
    msh = body.particle.mesh
    x = ufl.SpatialCoordinate(msh)
    points = list(body.nodes[:, :dimension].T)
    strains = lattice_strains(points)
    for field, values in zip((body.system.strain_a, body.system.strain_c), strains, strict=True):
        field.x.array[:] = values
    target = fem.Function(body.spaces.vector)
    target.x.array[:] = np.array(displacement(points)).T.ravel()
    axial = exact_axial_strain(body, x) if dimension == 2 else 0.0
    stress = exact_stress(x, axial)
    faces = ufl.as_matrix([[stress[i, j] for j in range(dimension)] for i in range(3)])
    u, v = body.state.function("displacement"), ufl.TestFunction(body.spaces.vector)
    precise = {"quadrature_degree": 4}
    dx, ds = ufl.dx(msh, metadata=precise), ufl.ds(msh, metadata=precise)
    pull = ufl.dot(faces, ufl.FacetNormal(msh)) - SPRING * (u - target)
    hold(body, ufl.inner(ufl.div(faces), v) * dx - ufl.inner(pull, v) * ds, np.zeros(0))
    exact = ufl.as_vector(displacement(x))
    wrong, size = body.total(ufl.inner(u - exact, u - exact)), body.total(ufl.inner(exact, exact))
    return np.sqrt(wrong / size), abs(float(body.state["axial_strain"][0]) - axial)


@pytest.mark.parametrize("dimension", [2, 3])
def test_displacement_converges_with_second_order(dimension, drawn):
    sizes = SIZES[dimension]
    errors = np.array([solved(dimension, n) for n in sizes])
    order = -np.polyfit(np.log(sizes), np.log(errors[:, 0]), 1)[0]
    second = errors[0, 0] * (sizes[0] / np.array(sizes)) ** 2
    known, found = {"second order": (sizes, second)}, {"found": (sizes, errors[:, 0])}
    drawn("cells along an edge", "error in L2", known, found, xscale="log", yscale="log")
    figures = ", ".join(f"{error:.2e}" for error in errors[:, 0])
    print(f"manufactured {dimension}D: L2 errors {figures} for n = {sizes}, order {order:.2f}")
    assert order >= 1.9
    if dimension == 2:
        axial_order = -np.polyfit(np.log(sizes), np.log(errors[:, 1]), 1)[0]
        print(f"manufactured 2D: axial strain, order {axial_order:.2f}")
        assert axial_order >= 1.8

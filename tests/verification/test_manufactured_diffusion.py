"""Orders of convergence of diffusion with a variable, anisotropic diffusivity in two grains.

The solution x = 1/2 + g(t) s(X, Y) has no flux through the outside nor through the boundary
between the grains, so that it solves the whole electrochemical system at rest. Its source enters
through the old occupancy, which is where an implicit Euler step keeps it.
"""

from itertools import pairwise

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.entries.laws import Law
from solver.model.electro.system import StressInPotential
from solver.solve.electro import ElectrochemicalSolver
from tests.particles import case_of, model_of, oxide, strip

AXES = np.array([[0.6, 0.0, 0.8], [0.48, 0.64, 0.6]])
RATIO, INSULATING = 0.2, 1e4  # ohm m^2: hardly any reaction
BASE, GAIN = 0.01, 1.5  # D = BASE (1 + GAIN x), um^2/s
SIDE, DURATION = 1.0, 4.0  # um, s

pi, sin, cos = np.pi, np.sin, np.cos


def model_on(n):
    diffusivity = Law(
        lambda x: 1e-12 * BASE * (1 + GAIN * x),
        lambda x: np.full_like(x, 1e-12 * BASE * GAIN),
        lambda x: np.zeros_like(x),
    )
    grain = oxide(
        diffusivity=lambda temperature: diffusivity,
        diffusivity_ratio=RATIO,
        surface_film_resistance=INSULATING,
    )
    case = case_of("[{rest: {until: {time: 1}}}]", "initial.occupancy=0.5")
    return model_of(case, strip(SIDE, SIDE, n, n, AXES), grain)


def shape(X, Y, s=sin):
    return s(2 * pi * X) ** 2 * s(pi * Y) ** 2


def source(model, g, rate):
    """dx/dt - div(D T grad x) at the nodes."""
    X, Y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    x = 0.5 + g * shape(X, Y)
    gradient = g * np.array(
        [2 * pi * sin(4 * pi * X) * sin(pi * Y) ** 2, pi * sin(2 * pi * X) ** 2 * sin(2 * pi * Y)]
    )
    mixed = 2 * pi**2 * sin(4 * pi * X) * sin(2 * pi * Y)
    hessian = g * np.array(
        [
            [8 * pi**2 * cos(4 * pi * X) * sin(pi * Y) ** 2, mixed],
            [mixed, 2 * pi**2 * sin(2 * pi * X) ** 2 * cos(2 * pi * Y)],
        ]
    )
    c = model.particle.c_axis[model.spaces.grain_of_node][:, :2].T
    tensor = np.eye(2)[:, :, None] + (RATIO - 1) * c[:, None] * c[None]
    bent = np.einsum("ijn,ijn->n", tensor, hessian)
    steep = np.einsum("in,ijn,jn->n", gradient, tensor, gradient)
    return rate * shape(X, Y) - BASE * ((1 + GAIN * x) * bent + GAIN * steep)


def follow(model, n_steps, g, rate):
    """Take equal steps from the exact solution at time zero to DURATION."""
    X, Y, _ = model.spaces.scalar.tabulate_dof_coordinates().T
    x = model.state["occupancy"]
    x[:] = 0.5 + g(0.0) * shape(X, Y)
    solver = ElectrochemicalSolver(model.electro, tolerance=1e-9)
    nothing = StressInPotential(np.zeros_like(x), np.zeros_like(x))
    model.electro.control.impose_current(0.0)
    dt = DURATION / n_steps
    model.electro.dt.value = dt
    for step in range(1, n_steps + 1):
        t = step * dt
        model.electro.occupancy_old.x.array[:] = x + dt * source(model, g(t), rate(t))
        solver.solve(nothing)
    return x.copy()


def error_in_l2(model, g):
    X = ufl.SpatialCoordinate(model.particle.mesh)
    exact = 0.5 + g * shape(X[0], X[1], ufl.sin)
    square = (model.state.function("occupancy") - exact) ** 2 * ufl.dx(
        metadata={"quadrature_degree": 6}
    )
    return np.sqrt(fem.assemble_scalar(fem.form(square)))


def test_the_error_falls_with_the_square_of_the_mesh_size(drawn):
    cells, errors = [8, 16, 32], []
    for n in cells:
        model = model_on(n)
        follow(model, 4, lambda t: 0.1 + 0.02 * t, lambda t: 0.02)
        errors.append(error_in_l2(model, 0.1 + 0.02 * DURATION))
    order = -np.polyfit(np.log(cells), np.log(errors), 1)[0]
    second = errors[0] * (cells[0] / np.array(cells)) ** 2
    known, found = {"second order": (cells, second)}, {"found": (cells, errors)}
    drawn("cells along an edge", "error in L2", known, found, xscale="log", yscale="log")
    print(f"L2 errors {', '.join(f'{error:.2e}' for error in errors)}: order {order:.3f} in space")
    assert order >= 1.9
    assert errors[-1] < 1e-3


def test_the_error_falls_with_the_time_step():
    model, steps = model_on(8), [4, 8, 16, 32]

    def g(t):
        return 0.3 * np.exp(-t / 2)

    ends = [follow(model, n, g, lambda t: -g(t) / 2) for n in steps]
    changes = [np.abs(b - a).max() for a, b in pairwise(ends)]
    order = -np.polyfit(np.log(steps[1:]), np.log(changes), 1)[0]
    print(f"changes {', '.join(f'{c:.2e}' for c in changes)}: order {order:.3f} in time")
    assert order == pytest.approx(1.0, abs=0.1)

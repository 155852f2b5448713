"""Diffusion along the edges of cells: its derivative, and what it is without stress."""

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.model.electro.diffusion import diffusion_by_occupancy, diffusion_of
from solver.model.electro.system import StressInPotential
from tests.bodies import bricks
from tests.particles import case_of, disc, meshed, model_of

REST = "[{rest: {until: {time: 1 s}}}]"
SMALL = ("physics.cohesive.enabled=false", *disc(5, 0.8, 0.3, 0.25))
STEP = 1e-5


def in_plane():
    case = case_of(REST, *SMALL)
    return model_of(case, meshed(case))


def in_space():
    grains = bricks((1.0, 1.0, 1.0), (3, 2, 2), (2, 1, 1), [[0.6, 0.0, 0.8], [1, 0, 0]])
    return model_of(case_of(REST, *SMALL), grains)


@pytest.fixture(params=[in_plane, in_space], ids=["in the plane", "in space"])
def uneven(request):
    """A model whose occupancy and stress part differ from node to node, some nodes alike."""
    model = request.param()
    x, y, z = model.spaces.scalar.tabulate_dof_coordinates().T
    model.state["occupancy"][:] = 0.94 + 0.03 * np.sin(5 * x + 2 * z) * np.cos(3 * y)
    model.state["occupancy"][x < 0.2] = 0.93  # there U is the same at both ends of edges
    stress = StressInPotential(0.03 * np.cos(4 * x - y + z), np.full(len(x), -0.05))
    return model, stress


def flow_of(model):
    """What evaluates the flow out of every node, fmol/s, at a stress part."""
    space = model.spaces.scalar
    form = fem.form(diffusion_of(model.electro, model.particle, ufl.TestFunction(space)))

    def flow(stress):
        model.electro.update_nodal_laws(stress)
        return fem.assemble_vector(form).array.copy()

    return flow


def test_newton_has_the_derivative_of_the_flow(uneven):
    model, stress = uneven
    x, space, flow = model.state["occupancy"], model.spaces.scalar, flow_of(model)
    tests = ufl.TestFunction(space), ufl.TrialFunction(space)
    flow(stress)
    form = fem.form(diffusion_by_occupancy(model.electro, model.particle, *tests))
    tangent = fem.assemble_matrix(form).to_dense()
    differences = np.empty_like(tangent)
    for k in range(len(x)):
        middle = x[k]
        ends = []
        for sign in (1, -1):
            x[k] = middle + sign * STEP
            ends.append(flow(stress))
        x[k] = middle
        differences[:, k] = (ends[0] - ends[1]) / (2 * STEP)
    kinked = np.abs(x - 0.95) < 2 * STEP
    error = np.abs(tangent - differences)[:, ~kinked].max() / np.abs(tangent).max()
    print(f"{len(x)} nodes: largest error of the derivative {error:.1e} of its largest entry")
    assert error < 1e-5


def test_nothing_flows_where_the_potential_is_even_however_uneven_the_occupancy_is(uneven):
    model, _ = uneven
    potential = model.electro.laws.potential.value(model.state["occupancy"])
    none = np.zeros_like(potential)
    flow = flow_of(model)
    balanced = flow(StressInPotential(3.6 - potential, none))
    alone = flow(StressInPotential(none, none))
    assert np.abs(balanced).max() < 1e-11 * np.abs(alone).max()


def test_without_stress_it_is_that_of_linear_elements(uneven):
    model, stress = uneven
    none = np.zeros_like(stress.offset)
    found = flow_of(model)(StressInPotential(none, none))
    space, electro = model.spaces.scalar, model.electro
    x, w = model.state.function("occupancy"), ufl.TestFunction(space)
    ratio, axis = electro.properties.diffusivity_ratio, model.particle.c_axis
    of_cells = fem.Function(fem.functionspace(model.particle.mesh, ("DG", 0, (3,))))
    of_cells.x.array.reshape(-1, 3)[:] = axis[model.particle.grain]
    d = model.particle.dimension
    c = ufl.as_vector([of_cells[i] for i in range(d)])
    D = electro.nodal.diffusivity * (ufl.Identity(d) + (ratio - 1) * ufl.outer(c, c))
    sites = electro.properties.max_concentration
    form = sites * ufl.inner(ufl.dot(D, ufl.grad(x)), ufl.grad(w)) * ufl.dx
    exact = fem.assemble_vector(fem.form(form)).array
    assert found == pytest.approx(exact, abs=1e-12 * np.abs(exact).max())

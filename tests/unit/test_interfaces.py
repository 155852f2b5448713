"""Boundaries between grains: their two sides, and integrals over them by points and by forms."""

import numpy as np
import pytest
import ufl
from dolfinx import fem

from solver.model.spaces import make_spaces
from solver.particle import dolfinx_api
from tests.bodies import bricks, rotation_about

NUMBER = [3, 0, 5, 1, 4, 2]
BODIES = {
    "plane": ((1.5, 1.0), (6, 4), (3, 2)),
    "box": ((1.5, 1.0, 0.5), (3, 2, 1), (3, 2, 1)),
}
FACES = {  # (lower grain, higher grain): position along x, or None if the face lies along x
    (0, 3): (0.5, None), (0, 5): (1.0, None), (1, 4): (0.5, None), (2, 4): (1.0, None),
    (1, 3): (0.0, 0.5), (0, 4): (0.5, 1.0), (2, 5): (1.0, 1.5),
}  # fmt: skip


@pytest.fixture(params=BODIES)
def setting(request):
    """Particle, spaces, and thickness out of the plane."""
    size, cells, grains = BODIES[request.param]
    particle = bricks(size, cells, grains, np.tile([0, 0, 1.0], (6, 1)), NUMBER)
    return particle, make_spaces(particle), size[2] if len(size) == 3 else 1.0


def linear_by_grain(spaces) -> fem.Function:
    """(grain + 1) (1 + x)."""
    f = fem.Function(spaces.scalar)
    x = spaces.scalar.tabulate_dof_coordinates()[:, 0]
    f.x.array[:] = (spaces.grain_of_node + 1) * (1 + x)
    return f


def exact_jump(thickness: float) -> float:
    """Integral of the value at '-' minus the value at '+' over all boundaries."""
    total = 0.0
    for (plus, minus), (start, end) in FACES.items():
        along = 0.5 * (1 + start) if end is None else (end - start) * (1 + (start + end) / 2)
        total += (minus - plus) * along * thickness
    return total


def test_pairs_are_ordered_and_every_face_is_there_once(setting):
    _, spaces, thickness = setting
    boundaries = spaces.boundaries
    found = {}
    for pair, weight in zip(boundaries.pair.tolist(), boundaries.weight, strict=True):
        found[tuple(pair)] = found.get(tuple(pair), 0.0) + weight
    assert found == pytest.approx(dict.fromkeys(FACES, 0.5 * thickness))
    assert boundaries.area() == pytest.approx(3.5 * thickness)


def test_vectors_have_a_part_across_the_boundary_and_one_along_it(setting):
    boundaries = setting[1].boundaries
    level = np.abs(boundaries.normal[:, 1]) > 0.5
    signs = np.where(level, boundaries.normal[:, 1], boundaries.normal[:, 0])
    vectors = np.tile([2.0, -3.0, 6.0], (boundaries.n_points, 1))
    across, along = boundaries.across_and_along(vectors)
    assert 0 < level.sum() < level.size
    assert across == pytest.approx(np.where(level, -3.0, 2.0) * signs)
    assert along == pytest.approx(np.where(level, np.sqrt(40.0), np.sqrt(45.0)))


def test_sides_are_nodes_of_the_two_grains_at_the_same_place(setting):
    particle, spaces, _ = setting
    boundaries = spaces.boundaries
    x = spaces.scalar.tabulate_dof_coordinates()
    for side, column in ((boundaries.plus, 0), (boundaries.minus, 1)):
        assert np.array_equal(spaces.grain_of_node[side], boundaries.pair[:, column])
        assert np.allclose(x[side, : particle.dimension], boundaries.position)


def test_normals_point_from_the_lower_grain_to_the_higher(setting):
    particle, spaces, _ = setting
    boundaries = spaces.boundaries
    x = spaces.scalar.tabulate_dof_coordinates()[:, : particle.dimension]
    centres = np.array([x[spaces.grain_of_node == g].mean(axis=0) for g in range(6)])
    towards = centres[boundaries.pair[:, 1]] - centres[boundaries.pair[:, 0]]
    towards /= np.linalg.norm(towards, axis=1)[:, None]
    assert boundaries.normal[:, : particle.dimension] == pytest.approx(towards)
    assert not boundaries.normal[:, particle.dimension :].any()


def test_points_and_forms_agree_on_jumps(setting):
    _, spaces, thickness = setting
    f, boundaries = linear_by_grain(spaces), spaces.boundaries
    jump = boundaries.jump(f.x.array)
    exact = exact_jump(thickness)
    assert boundaries.integral(jump) == pytest.approx(exact, rel=1e-13)
    signed = fem.assemble_scalar(fem.form(-ufl.jump(f) * boundaries.dS))
    assert signed == pytest.approx(exact, rel=1e-13)
    squared = fem.assemble_scalar(fem.form(ufl.jump(f) ** 2 * boundaries.dS))
    assert boundaries.integral(jump**2) == pytest.approx(squared, rel=1e-13)


def test_point_values_enter_forms_at_their_points(setting):
    _, spaces, _ = setting
    boundaries = spaces.boundaries
    values, f = fem.Function(boundaries.space), linear_by_grain(spaces)
    values.x.array[:] = np.random.default_rng(1).normal(size=boundaries.n_points)
    form = dolfinx_api.compile_form(
        values("+") * (f("-") ** 2 + f("+")) * boundaries.dS, [boundaries.facets]
    )
    at_points = f.x.array[boundaries.minus] ** 2 + f.x.array[boundaries.plus]
    expected = boundaries.integral(values.x.array * at_points)
    assert fem.assemble_scalar(form) == pytest.approx(expected, rel=1e-12)


def test_point_normals_are_those_of_the_forms():
    particle = bricks((1, 1), (4, 4), (2, 2), np.eye(4, 3), rotation=rotation_about([0, 0, 1], 0.5))
    spaces = make_spaces(particle)
    n = ufl.FacetNormal(particle.mesh)
    for axis in range(2):
        by_form = fem.assemble_scalar(fem.form(n("+")[axis] * spaces.boundaries.dS))
        by_points = spaces.boundaries.integral(spaces.boundaries.normal[:, axis])
        assert by_points == pytest.approx(by_form, rel=1e-12)


def test_jump_of_vectors_is_taken_component_by_component(setting):
    particle, spaces, _ = setting
    boundaries = spaces.boundaries
    values = np.random.default_rng(2).normal(size=(len(spaces.grain_of_node), particle.dimension))
    jump = boundaries.jump(values)
    for axis in range(particle.dimension):
        assert np.array_equal(jump[:, axis], boundaries.jump(values[:, axis]))

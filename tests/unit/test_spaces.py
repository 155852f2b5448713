"""Spaces that know about grains: what they count, what they keep apart, what they share."""

import numpy as np
import pytest
from dolfinx import fem

from solver.model.spaces import make_spaces
from solver.particle.spaces import (
    break_at_grains,
    broken_like,
    grain_of_dofs,
    one_value,
    one_value_per_grain,
)
from tests.bodies import bricks

BODIES = {
    "plane": ((1.5, 1.0), (6, 4), (3, 2), [3, 0, 5, 1, 4, 2]),
    "box": ((1.0, 1.0, 1.0), (4, 2, 2), (2, 2, 1), [1, 3, 0, 2]),
}


def particle_of(shape):
    size, cells, grains, number = BODIES[shape]
    return bricks(size, cells, grains, np.tile([0, 0, 1.0], (len(number), 1)), number)


@pytest.mark.parametrize("shape", BODIES)
@pytest.mark.parametrize("degree", [1, 2])
def test_one_dof_for_each_grain_that_touches_a_conforming_one(shape, degree):
    particle = particle_of(shape)
    V = fem.functionspace(particle.mesh, ("Lagrange", degree))
    broken = break_at_grains(V, particle.grain)
    together = {
        (dof, grain)
        for dofs, grain in zip(V.dofmap.list.tolist(), particle.grain.tolist(), strict=True)
        for dof in dofs
    }
    assert broken.dofmap.index_map.size_global == len(together)
    grain = np.repeat(particle.grain, V.dofmap.list.shape[1])
    rows = np.column_stack([broken.dofmap.list.ravel(), V.dofmap.list.ravel(), grain])
    seen = np.unique(rows, axis=0)
    assert len(seen) == len(together)
    assert np.array_equal(np.unique(seen[:, 0]), np.arange(len(together)))


@pytest.mark.parametrize("shape", BODIES)
def test_nodes_stay_where_they_were_and_carry_their_grain(shape):
    particle = particle_of(shape)
    V = fem.functionspace(particle.mesh, ("Lagrange", 1))
    broken = break_at_grains(V, particle.grain)
    x, x_broken = V.tabulate_dof_coordinates(), broken.tabulate_dof_coordinates()
    assert np.allclose(x_broken[broken.dofmap.list], x[V.dofmap.list], atol=1e-15)
    grains = grain_of_dofs(broken, particle.grain)
    assert np.all(grains[broken.dofmap.list] == particle.grain[:, None])


def test_a_particle_of_one_grain_is_not_broken():
    particle = bricks((1, 1), (3, 3), (1, 1), [[0, 0, 1]])
    V = fem.functionspace(particle.mesh, ("Lagrange", 1))
    broken = break_at_grains(V, particle.grain)
    assert broken.dofmap.index_map.size_global == V.dofmap.index_map.size_global
    spaces = make_spaces(particle)
    assert spaces.boundaries.n_points == 0
    assert spaces.boundaries.area() == 0.0
    assert spaces.boundaries.maximum(np.zeros(0)) == 0.0


def test_blocked_spaces_number_their_nodes_alike():
    particle = particle_of("plane")
    scalar = break_at_grains(fem.functionspace(particle.mesh, ("Lagrange", 1)), particle.grain)
    vector = broken_like(scalar, fem.functionspace(particle.mesh, ("Lagrange", 1, (2,))))
    assert np.array_equal(scalar.dofmap.list, vector.dofmap.list)
    assert vector.dofmap.bs == vector.dofmap.index_map_bs == 2
    f = fem.Function(vector)
    f.interpolate(lambda x: (x[0], 2 * x[1]))
    x = scalar.tabulate_dof_coordinates()
    assert f.x.array.reshape(-1, 2) == pytest.approx(x[:, :2] * [1, 2])


@pytest.mark.parametrize("shape", BODIES)
def test_every_cell_of_a_grain_points_at_the_one_value_of_the_grain(shape):
    particle = particle_of(shape)
    W = one_value_per_grain(particle.mesh, particle.grain, particle.n_grains)
    assert W.dofmap.index_map.size_global == particle.n_grains
    dof = W.dofmap.list[:, 0]
    pairs = set(zip(dof.tolist(), particle.grain.tolist(), strict=True))
    assert len(pairs) == particle.n_grains
    assert one_value(particle.mesh).dofmap.index_map.size_global == 1


def test_nodes_know_the_dof_of_their_grain():
    spaces = make_spaces(particle_of("box"))
    by_cell = spaces.grain.dofmap.list
    assert np.all(spaces.grain_dof_of_node[spaces.scalar.dofmap.list] == by_cell)

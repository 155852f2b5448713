"""From cells to nodes: linear fields come out as they are, and thin grains stay within bounds."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from solver.particle import recovery
from solver.particle.recovery import inside_of_grains, make_recovery
from solver.particle.spaces import break_at_grains, grain_of_dofs
from tests.bodies import bricks
from tests.particles import ball, case_of, disc, meshed, midpoints
from tests.ranks import on_ranks

HERE = "tests.unit.test_recovery"
SLOPES = np.array([[0.7, -1.1, 0.4], [-0.3, 0.9, 2.0], [1.3, 0.2, -0.8]])


def particle_of(*overrides, comm=MPI.COMM_SELF):
    return meshed(case_of("[{rest: {until: {time: 1 s}}}]", *overrides), comm)


def thin_films():
    return particle_of(
        *disc(5, 0.8, 0.2, 0.16),
        "particle.boundary.state=lpo",
        "particle.boundary.thickness=30 nm",
        "particle.coating={thickness: 20 nm}",
    )


def spaces_of(particle):
    conforming = fem.functionspace(particle.mesh, ("Lagrange", 1))
    cells = fem.functionspace(particle.mesh, ("DG", 0))
    return break_at_grains(conforming, particle.grain), cells


def recovered(particle, of_cells):
    """Values at the nodes for values by cell, and the positions of the nodes."""
    nodes, cells = spaces_of(particle)
    values, found = fem.Function(cells), fem.Function(nodes)
    values.x.array[cells.dofmap.list[:, 0]] = of_cells
    make_recovery(particle, nodes, cells).apply(values, found)
    return found.x.array, nodes.tabulate_dof_coordinates()


def linear(x, grain):
    """One linear function in each grain."""
    return grain + np.einsum("ij,ij->i", x, SLOPES[grain % 3])


PARTICLES = {
    "one grain in the plane": lambda: particle_of(*disc(1, 1.0, 0.2, 0.12)),
    "a ball": lambda: ball(1.0, 0.4),
    "grains in the plane": lambda: particle_of(*disc(12, 1.0, 0.14, 0.1)),
    "bricks": lambda: bricks((1.0, 1.0, 1.0), (6, 6, 3), (2, 2, 1), np.tile([0, 0, 1.0], (4, 1))),
}


@pytest.mark.parametrize("make", PARTICLES.values(), ids=PARTICLES)
def test_a_field_that_is_linear_in_each_grain_is_met_exactly(make):
    particle = make()
    found, x = recovered(particle, linear(midpoints(particle.mesh), particle.grain))
    grain = grain_of_dofs(spaces_of(particle)[0], particle.grain)
    assert found == pytest.approx(linear(x, grain), abs=1e-11)


THIN = {
    "one cell wide": lambda: bricks((1.0, 0.1), (10, 1), (1, 1), [[0, 0, 1]]),
    "slabs": lambda: bricks((1.0, 1.0, 1.0), (4, 4, 4), (1, 1, 4), np.tile([0, 0, 1.0], (4, 1))),
    "films": thin_films,
    "grains in the plane": PARTICLES["grains in the plane"],
    "a ball": PARTICLES["a ball"],
}


@pytest.mark.parametrize("make", THIN.values(), ids=THIN)
def test_nothing_grows_by_more_than_a_few_times(make):
    particle = make()
    starts, _, values = make_recovery(particle, *spaces_of(particle)).matrix.getValuesCSR()
    gain = np.add.reduceat(np.abs(values), starts[:-1])
    print(f"largest gain {gain.max():.2f}, mean {gain.mean():.2f}")
    assert np.add.reduceat(values, starts[:-1]) == pytest.approx(np.ones(len(gain)), abs=1e-12)
    assert gain.max() < 6


def test_where_a_grain_has_no_inside_a_node_takes_the_mean_of_its_cells():
    particle = bricks((0.4, 0.4, 0.4), (4, 4, 4), (1, 1, 4), np.tile([0, 0, 1.0], (4, 1)))
    nodes, _ = spaces_of(particle)
    assert not inside_of_grains(particle, nodes).any()
    given = np.sin(np.arange(len(particle.grain)))
    found, _ = recovered(particle, given)
    corners = nodes.dofmap.list
    total, number = np.zeros(len(found)), np.zeros(len(found))
    np.add.at(total, corners, given[:, None])
    np.add.at(number, corners, 1)
    assert found == pytest.approx(total / number)  # all cells are alike


def test_a_node_is_inside_a_grain_if_it_touches_no_other_and_not_the_outside():
    particle = bricks((2.0, 1.0), (8, 4), (2, 1), [[0, 0, 1]] * 2)
    nodes, _ = spaces_of(particle)
    x, y, _ = nodes.tabulate_dof_coordinates().T
    on_face = np.isclose(x * (x - 1) * (x - 2), 0) | np.isclose(y * (y - 1), 0)
    assert np.array_equal(inside_of_grains(particle, nodes), ~on_face)


def test_a_flat_patch_tends_to_a_mean_without_a_jump():
    spread = np.array([np.diag([1.0, share]) for share in (1e-1, 2.1e-2, 1.9e-2, 1e-4, 0.0)])
    slope = recovery._steady_inverse(spread)[:, 1, 1]
    assert slope[:2] == pytest.approx([10.0, 1 / 2.1e-2])
    assert slope[2] == pytest.approx(slope[1], rel=0.1)
    assert 0 < slope[3] < 0.3 and slope[4] == 0.0
    assert np.all(recovery._steady_inverse(np.zeros((1, 2, 2))) == 0)


def some_field(comm):
    """Moments of what is recovered of an uneven field, by grain and over all nodes."""
    particle = particle_of(*disc(12, 1.0, 0.14, 0.1), comm=comm)
    nodes, cells = spaces_of(particle)
    values, found = fem.Function(cells), fem.Function(nodes)
    x, y, _ = midpoints(particle.mesh).T
    values.x.array[cells.dofmap.list[:, 0]] = np.sin(9 * x) * np.cos(7 * y) + particle.grain
    make_recovery(particle, nodes, cells).apply(values, found)
    n_owned = nodes.dofmap.index_map.size_local
    place = nodes.tabulate_dof_coordinates()[:n_owned, :2]
    grain = grain_of_dofs(nodes, particle.grain)[:n_owned]
    ghosts = found.x.array[n_owned:].copy()
    found.x.scatter_forward()
    assert np.array_equal(ghosts, found.x.array[n_owned:])
    rows = np.column_stack([np.round(place, 9), grain, found.x.array[:n_owned]])
    every = np.concatenate(comm.allgather(rows))
    return {"values": every[np.lexsort(every.T[:3])].tolist()}


@pytest.mark.slow
def test_one_two_and_three_ranks_recover_the_same_values():
    one, *others = (np.array(on_ranks(n, f"{HERE}:some_field")["values"]) for n in (1, 2, 3))
    for n, other in enumerate(others, start=2):
        difference = np.abs(other - one).max()
        print(f"{n} ranks: values differ by {difference:.1e} at most")
        assert difference < 1e-10

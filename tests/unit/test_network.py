"""The boundaries as one network: what they count, and what is connected."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.model.spaces import make_spaces
from tests.bodies import bricks
from tests.networks import brick_particle
from tests.ranks import on_ranks

HERE = "tests.unit.test_network"
PLANE = ((2.0, 2.0), (8, 8), (2, 2))
BOX = ((2.0, 2.0, 1.0), (4, 4, 2), (2, 2, 1))


def network_of(size, cells, grains):
    count = int(np.prod(grains))
    return make_spaces(bricks(size, cells, grains, [[0.0, 0.0, 1.0]] * count)).network


@pytest.mark.parametrize("body", [PLANE, BOX])
def test_every_point_meets_the_others_of_its_place_at_one_node(body):
    network = network_of(*body)
    places = network.space.tabulate_dof_coordinates()[:, : network.boundaries.position.shape[1]]
    assert np.allclose(places[network.node], network.boundaries.position, atol=1e-12)
    assert len(np.unique(np.round(places, 9), axis=0)) == len(places)


@pytest.mark.parametrize(("body", "area"), [(PLANE, 4.0), (BOX, 4.0)])
def test_nodes_share_out_the_area_of_the_boundaries(body, area):
    network = network_of(*body)
    assert network.area.sum() == pytest.approx(area, rel=1e-12)
    assert network.collect(network.boundaries.weight) == pytest.approx(network.area, rel=1e-12)


def test_each_boundary_has_a_mouth_at_each_end_that_meets_the_outside():
    network = network_of(*PLANE)
    at_mouth = network.boundaries.position[network.mouth > 0]
    assert sorted(map(tuple, at_mouth)) == [(0.0, 1.0), (1.0, 0.0), (1.0, 2.0), (2.0, 1.0)]
    assert network.mouth.sum() == 4


def test_the_mouths_of_a_box_are_as_long_as_its_boundaries_outer_edges():
    """Not longer by edges that join two points of the outside through a corner of the box."""
    network = network_of(*BOX)
    outer = 2 * 4 * 1.0 + 4 * 1.0  # two planes cross: on top and below, and where they end
    assert network.mouth.sum() == pytest.approx(outer, rel=1e-12)


def test_a_facet_connects_any_two_of_its_points():
    network = network_of(*BOX)
    for first in range(3):
        corners = np.delete(network.facet[5], first)
        permeable = np.zeros(len(network.node), dtype=bool)
        permeable[corners] = True
        source = np.zeros_like(permeable)
        source[corners[0]] = True
        assert np.array_equal(network.reached(permeable, source), permeable)


def test_nothing_is_reached_without_a_source_that_is_permeable_itself():
    network = network_of(*PLANE)
    closed = np.zeros(len(network.node), dtype=bool)
    assert not network.reached(~closed, closed).any()
    assert not network.reached(closed, ~closed).any()
    assert network.reached(~closed, network.mouth > 0).all()


def collected(comm):
    """Points that meet at each node, over all ranks, and how many there are. Collective."""
    network = make_spaces(brick_particle((3.0, 2.0), (12, 8), (3, 2), comm=comm)).network
    n_owned = network.space.dofmap.index_map.size_local
    counts = network.collect(np.ones(len(network.node)))[:n_owned]
    points = comm.allreduce(int((network.boundaries.weight > 0).sum()))
    counts = np.sort(np.concatenate(comm.allgather(counts)))
    return {"counts": counts.tolist(), "points": points}


def test_every_point_is_collected_once_however_many_ranks_know_it():
    one, three = collected(MPI.COMM_SELF), on_ranks(3, f"{HERE}:collected")
    assert one == three
    assert sum(one["counts"]) == one["points"] == 2 * (2 * 8 + 12)

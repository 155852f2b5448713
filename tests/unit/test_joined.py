"""What is connected over ranks: as on one, without any rank seeing the whole."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from solver.model.spaces import make_spaces
from solver.particle.exchange import told_apart
from solver.particle.joined import SharedNodes
from solver.particle.nearest import Spots, distance_to_nearest
from tests.counted import CountedComm
from tests.networks import brick_particle
from tests.ranks import on_ranks

HERE = "tests.unit.test_joined"
BODIES = {
    "plane": ((5.0, 4.0), (20, 16), (5, 4)),
    "space": ((3.0, 3.0, 2.0), (9, 9, 6), (3, 3, 2)),
    "one boundary": ((8.0, 1.0), (32, 2), (2, 1)),
}
FINE = 3 * 16  # positions times this are whole numbers
SHARES = (0.1, 0.3, 0.45, 0.6, 0.8)


def lattice(network):
    """Whole numbers of each point: its place, and the sum of those of its facet."""
    place = np.rint(network.boundaries.position * FINE).astype(np.int64)
    facet = np.empty_like(place)
    facet[network.facet] = place[network.facet].sum(axis=1)[:, None, :]
    return place, facet


def drawn(place, facet, seed):
    """A number from 0 to 1 for each point, the same on any rank, ghosts included."""
    primes = np.array([7919, 104729, 1299709])[: place.shape[1]]
    number = (place @ primes + 3 * (facet @ primes[::-1]) + 1) * (2 * seed + 15485863)
    return (number * 2654435761 % 2**32 * 40503 % 2**16) / 2**16


def pieces_of_graph(place, facet, marked):
    """Label of each point by the plain graph of all facets, and whether its piece is marked."""
    n = len(place)
    node, of = (np.unique(rows, axis=0, return_inverse=True)[1].ravel() for rows in (place, facet))
    i = np.concatenate([np.arange(n)] * 2)
    j = n + np.concatenate([node, node.max(initial=0) + 1 + of])
    size = n + int(j.max(initial=0)) + 1
    label = connected_components(coo_array((np.ones(2 * n), (i, j)), shape=(size, size)))[1][:n]
    return label, np.isin(label, label[marked])


def compared(comm, name):
    """Random patterns of cracks, as they were found and by the graph of all. Collective."""
    network = make_spaces(brick_particle(*BODIES[name], comm=comm)).network
    place, facet = lattice(network)
    owned, wrong, rounds, numbers = network.boundaries.weight > 0, [], 0, []
    for seed, share in enumerate(SHARES * 4):
        cracked = drawn(place, facet, seed) < share
        marked = drawn(facet, place, seed) < 0.05
        found = network.connected(cracked, marked)
        here = cracked & owned
        rows = np.column_stack([found.label, found.marked, marked, place, facet])[here]
        rows = np.concatenate(comm.allgather(rows))
        d = place.shape[1]
        label, reached = pieces_of_graph(rows[:, 3 : 3 + d], rows[:, 3 + d :], rows[:, 2] > 0)
        both = np.unique(np.column_stack([label, rows[:, 0]]), axis=0)
        number = len(np.unique(label))
        right = len(both) == number == found.number and np.array_equal(reached, rows[:, 1] > 0)
        outside = (found.label >= 0) == cracked
        if not right or not comm.allreduce(bool(outside.all()), MPI.LAND):
            wrong.append([seed, share])
        rounds = max(rounds, found.rounds)
        numbers.append(found.number)
    points = comm.allgather(int(owned.sum()))
    return {"wrong": wrong, "rounds": rounds, "numbers": numbers, "points": points}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_any_pattern_on_any_number_of_ranks_falls_into_the_pieces_of_its_graph(name, n):
    found = on_ranks(n, f"{HERE}:compared", name)
    print(
        f"{name}, {n} ranks: {found['numbers']} cracks, {found['rounds']} rounds, {found['points']}"
    )
    assert found["wrong"] == []
    assert found["rounds"] <= (0 if n == 1 else 9)
    assert n < 4 or name != "one boundary" or min(found["points"]) == 0  # one without any
    assert n == 1 or found["numbers"] == on_ranks(1, f"{HERE}:compared", name)["numbers"]


def wound(comm):
    """A path that winds over a whole boundary: the rounds that it takes. Collective."""
    network = make_spaces(
        brick_particle((2.0, 2.0, 2.0), (2, 24, 24), (2, 1, 1), comm=comm)
    ).network
    middle = network.boundaries.position[network.facet].mean(axis=1)
    row, along = np.floor(12 * middle[:, 1:]).astype(int).T
    turn = np.where(row % 4 == 1, along == 23, along == 0)
    there = np.zeros(network.boundaries.n_points, dtype=bool)
    there[network.facet[(row % 2 == 0) | turn]] = True
    place = np.rint(network.boundaries.position * 12)
    start = there & (place[:, 1] == 0) & (place[:, 2] == 0)
    found = network.connected(there, start)
    missed = comm.allreduce(int((there & ~found.marked).sum()))
    return {"number": found.number, "rounds": found.rounds, "missed": missed}


@pytest.mark.parametrize("n", [2, 4])
def test_a_winding_path_takes_few_rounds(n):
    found = on_ranks(n, f"{HERE}:wound")
    print(found)
    assert (found["number"], found["missed"]) == (1, 0)
    assert found["rounds"] <= 12


class Spied:
    """Shared nodes that count what they send."""

    def __init__(self, shared):
        self.which, self._least, self.calls = shared.which, shared.least, 0

    def least(self, values):
        self.calls += 1
        return self._least(values)


def arriving(comm, cells):
    """Bytes of the largest message, nodes shared and points there are, in a search. Collective."""
    network = make_spaces(
        brick_particle((2.0, 2.0, 2.0), (cells,) * 3, (2, 2, 2), comm=comm)
    ).network
    CountedComm.calls = []
    boundaries = replace(network.boundaries, comm=CountedComm(comm))
    spied = Spied(network.shared)
    counted = replace(network, boundaries=boundaries, shared=spied)
    place, facet = lattice(network)
    counted.connected(drawn(place, facet, 3) < 0.5, network.mouth > 0)
    largest = max(size for _, size in CountedComm.calls)
    points = comm.allreduce(int((boundaries.weight > 0).sum()))
    return {"largest": largest, "points": points, "shared": len(spied.which), "calls": spied.calls}


def test_nothing_of_the_size_of_the_boundaries_arrives_on_a_rank():
    small, large = (on_ranks(3, f"{HERE}:arriving", cells) for cells in (4, 12))
    print(small, large)
    assert large["points"] > 8 * small["points"]
    assert large["largest"] == small["largest"] <= 16  # a number
    assert large["shared"] < large["points"] / 10
    assert large["calls"] <= 8


def spread(comm, kinds):
    """Distances of points to spots that are dealt out to the ranks, but the last. Collective."""
    rng = np.random.default_rng(7)
    points, spots = rng.uniform(size=(60, 3)), rng.uniform(size=(40, 3)) ** 2
    of_points, of_spots = rng.integers(kinds, size=60), rng.integers(kinds, size=40)
    mine = np.arange(40) % max(comm.size - 1, 1) == comm.rank
    own = slice(comm.rank, None, comm.size)
    found = distance_to_nearest(
        comm, Spots(points[own], of_points[own]), Spots(spots[mine], of_spots[mine])
    )
    parts = np.full(60, np.inf)
    parts[own] = found
    comm.Allreduce(MPI.IN_PLACE, parts, MPI.MIN)
    expected = [
        cKDTree(spots[of_spots == k]).query(x)[0] for x, k in zip(points, of_points, strict=True)
    ]
    return {"worst": float(np.abs(parts - expected).max())}


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("kinds", [1, 3])
def test_the_nearest_spot_is_found_wherever_it_is(n, kinds):
    assert on_ranks(n, f"{HERE}:spread", kinds)["worst"] == 0.0


def test_without_any_spot_everything_is_infinitely_far():
    none = Spots(np.zeros((0, 2)), np.zeros(0, dtype=int))
    far = distance_to_nearest(MPI.COMM_SELF, Spots(np.ones((3, 2)), np.zeros(3, dtype=int)), none)
    assert np.array_equal(far, [np.inf] * 3)


def asked(comm):
    """Rows that stand in the table of one rank, asked for by all. Collective."""
    table = np.array([[comm.rank, 5], [comm.rank, 9]])
    rows = np.array([[k, v] for k in range(4) for v in (5, 7)])
    found = told_apart(comm, 10, table if comm.rank != 1 else table[:0], rows)
    return {"found": [row.tolist() for row in rows[found]]}


def test_a_row_is_known_if_any_rank_has_it():
    assert on_ranks(3, f"{HERE}:asked")["found"] == [[0, 5], [2, 5]]
    assert on_ranks(1, f"{HERE}:asked")["found"] == [[0, 5]]


def shared_ones(comm):
    """Whether the shared nodes are those whose number several ranks have. Collective."""
    space = make_spaces(brick_particle(*BODIES["space"], comm=comm)).network.space
    nodes = space.dofmap.index_map
    here = nodes.local_to_global(np.arange(nodes.size_local + nodes.num_ghosts, dtype=np.int32))
    names, counts = np.unique(np.concatenate(comm.allgather(here)), return_counts=True)
    expected = np.flatnonzero(np.isin(here, names[counts > 1]))
    right = np.array_equal(SharedNodes(comm, nodes).which, expected)
    return {"right": comm.allreduce(right, MPI.LAND), "shared": len(expected)}


def test_shared_nodes_are_those_that_several_ranks_know():
    found = on_ranks(3, f"{HERE}:shared_ones")
    assert found["right"]
    assert found["shared"] > 0

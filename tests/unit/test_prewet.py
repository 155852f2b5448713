"""Boundaries wet from the start: as much area as asked for, from the outside inwards."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpi4py import MPI

from solver.mechanisms.initial_wetting import OutOfReachError, drawn_boundaries
from solver.model.spaces import make_spaces
from tests.networks import brick_particle
from tests.ranks import on_ranks

HERE = "tests.unit.test_prewet"
PARTICLES = {
    "2D": ((4.0, 3.0), (16, 12), (4, 3)),
    "3D": ((3.0, 3.0, 3.0), (6, 6, 6), (3, 3, 3)),
}
NETWORKS = {name: make_spaces(brick_particle(*parts)).network for name, parts in PARTICLES.items()}
WHOLE = {"2D": 2 * (3 * 3.0 + 2 * 4.0), "3D": 2 * 6 * 9.0}  # um, um^2: both sides
SHARES, SEEDS = st.floats(1e-6, 1.0), st.integers(0, 10**6)


def everywhere(network):
    return np.ones(len(network.node), dtype=bool)


def wet_area(network, wetness):
    return 2.0 * network.boundaries.integral(wetness)


@pytest.mark.parametrize("name", NETWORKS)
@settings(max_examples=20, deadline=None)
@given(share=SHARES, seed=SEEDS)
def test_exactly_the_area_is_wet_and_joined_to_the_outside(name, share, seed):
    network = NETWORKS[name]
    wetness = drawn_boundaries(network, everywhere(network), share * WHOLE[name], seed)
    assert wet_area(network, wetness) == pytest.approx(share * WHOLE[name], rel=1e-12)
    assert np.array_equal(network.reached(wetness > 0, network.mouth > 0), wetness > 0)
    assert np.all((wetness >= 0) & (wetness <= 1))


@settings(max_examples=20, deadline=None)
@given(share=SHARES, seed=SEEDS)
def test_whole_boundaries_are_wet_but_for_one(share, seed):
    network = NETWORKS["2D"]
    wetness = drawn_boundaries(network, everywhere(network), share * WHOLE["2D"], seed)
    rows = np.unique(np.column_stack([network.boundaries.pair, wetness]), axis=0)
    assert len(rows) == len(np.unique(rows[:, :2], axis=0))
    assert np.count_nonzero((rows[:, 2] > 0) & (rows[:, 2] < 1)) <= 1


def test_more_area_wets_what_less_area_wets_and_more():
    network, shares = NETWORKS["3D"], np.linspace(0, 1, 9)
    wet = [drawn_boundaries(network, everywhere(network), s * WHOLE["3D"], 7) for s in shares]
    assert not wet[0].any()
    assert wet[-1].all()
    for less, more in pairwise(wet):
        assert np.all(more >= less - 1e-12)


def test_the_seed_decides_which_boundaries_are_wet():
    network = NETWORKS["2D"]
    wet = [drawn_boundaries(network, everywhere(network), 10.0, seed) for seed in (1, 1, 2)]
    assert np.array_equal(wet[0], wet[1])
    assert not np.array_equal(wet[0], wet[2])


def test_liquid_stays_where_it_is_allowed():
    """Without the boundaries of grain 5, the inner one, all but those can be wet."""
    network = NETWORKS["2D"]
    allowed = ~(network.boundaries.pair == 5).any(axis=1)
    available = WHOLE["2D"] - 2 * 4 * 1.0
    wetness = drawn_boundaries(network, allowed, available, 3)
    assert np.array_equal(wetness, allowed.astype(float))
    with pytest.raises(OutOfReachError) as error:
        drawn_boundaries(network, allowed, 1.001 * available, 3)
    assert error.value.available == pytest.approx(available, rel=1e-12)


def test_what_no_path_joins_to_the_outside_cannot_be_wet():
    """Only the boundaries of the inner grain may be wet: they reach the outside nowhere."""
    network = NETWORKS["3D"]
    allowed = (network.boundaries.pair == 13).any(axis=1)
    assert allowed.any()
    with pytest.raises(OutOfReachError) as error:
        drawn_boundaries(network, allowed, 1e-3, 3)
    assert error.value.available == 0.0


def test_a_boundary_in_two_pieces_is_wet_only_as_far_as_liquid_gets():
    """Grains 0 and 1 touch in the middle of the particle and once more at its end."""
    number = [2, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2, 2, 0, 1, 2]
    network = make_spaces(brick_particle((4.0, 4.0), (16, 16), (4, 4), number)).network
    allowed = (network.boundaries.pair == [0, 1]).all(axis=1)
    below = network.boundaries.position[:, 1] < 2.5
    wetness = drawn_boundaries(network, allowed, 2.0, 3)
    assert np.array_equal(wetness, (allowed & ~below).astype(float))
    with pytest.raises(OutOfReachError):
        drawn_boundaries(network, allowed, 2.1, 3)


def test_a_single_grain_has_no_boundary_to_wet():
    network = make_spaces(brick_particle((1.0, 1.0), (4, 4), (1, 1))).network
    assert drawn_boundaries(network, everywhere(network), 0.0, 1).size == 0
    with pytest.raises(OutOfReachError):
        drawn_boundaries(network, everywhere(network), 0.1, 1)


def pattern(comm, name, share, seed):
    """Wet share at every place of each pair of grains. Collective."""
    network = make_spaces(brick_particle(*PARTICLES[name], comm=comm)).network
    wetness = drawn_boundaries(network, everywhere(network), share * WHOLE[name], seed)
    b = network.boundaries
    owned = b.weight > 0
    rows = np.column_stack([b.pair, np.round(b.position, 6), wetness])[owned]
    rows = np.unique(np.concatenate(comm.allgather(rows)), axis=0)
    return {"rows": rows.tolist(), "area": wet_area(network, wetness)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_any_number_of_ranks_wets_the_same(name):
    alone = pattern(MPI.COMM_SELF, name, 0.37, 5)
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:pattern", name, 0.37, 5)
        assert np.array(other["rows"]) == pytest.approx(np.array(alone["rows"]), abs=1e-12)
        assert other["area"] == pytest.approx(alone["area"], rel=1e-12)

"""Grains that electrons no longer reach: found by their contacts, and their lithium stays."""

import numpy as np
import pytest
from mpi4py import MPI

from solver.entries import laws
from solver.model.electro import conditions
from solver.model.isolation import DROP, RATE, potentials
from solver.units.constants import AMPERE, METRE
from tests.networks import brick_particle, built
from tests.particles import case_of, one_c, plain_oxide, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_isolation"
CYCLE = (
    "[{charge: {rate: 1C, until: {time: 20 min}}}, {discharge: {rate: 1C, until: {time: 20 min}}}]"
)
INSIDE = [2, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2]  # grains 0 and 1 in grain 2, which is outside


def chain(*broken, comm=MPI.COMM_SELF, protocol=CYCLE):
    """Grains 0 and 1, both inside grain 2; `broken`: pairs of grains that have parted."""
    particle = brick_particle((4.0, 3.0), (8, 12), (4, 3), INSIDE, comm=comm)
    fixed = "numerics.time_step.fixed=1 min"
    case = case_of(protocol, one_c(1e-4), fixed, "physics.swelling.enabled=false")
    model = built(case, particle, grain=plain_oxide(1e-14, potential=laws.linear(5.0, -1.0)))
    for pair in broken:
        model.state["damage"][(model.spaces.boundaries.pair == pair).all(axis=1)] = 1.0
    model.update_conditions()
    return model


def told(recorder, name):
    return recorder.column(f"Isolated {name} / 1")


def mean_occupancy(model, grain):
    here = model.spaces.grain_of_node == grain
    volume = model.mechanics.node_volume[here]
    return float(volume @ model.state["occupancy"][here] / volume.sum())


def test_grains_in_a_chain_are_reached_through_each_other():
    assert not chain().isolated().any()
    assert not chain((1, 2)).isolated().any()
    assert chain((1, 2), (0, 1)).isolated().tolist() == [False, True, False]
    assert chain((0, 2), (1, 2)).isolated().tolist() == [True, True, False]


def test_a_grain_at_the_outside_is_never_isolated():
    broken = chain((0, 1), (0, 2), (1, 2))
    assert broken.isolated().tolist() == [True, True, False]
    apart = built(case_of(CYCLE), brick_particle((3.0, 1.0), (6, 2), (3, 1)))
    apart.state["damage"][:] = 1.0
    apart.update_conditions()
    assert not apart.isolated().any()


def test_the_last_of_a_chain_keeps_its_lithium_while_the_others_are_cycled():
    model = chain((1, 2), (0, 1))
    start = model.case.initial.occupancy
    seen = ran(model, look=lambda _: [mean_occupancy(model, grain) for grain in range(3)])
    simulation, recorder, outcome = seen
    assert outcome.status == "finished", outcome.reason
    x = np.array(recorder.seen)
    print(f"furthest from {start}: {np.abs(x - start).max(axis=0)}")
    assert np.abs(x[:, 1] - start).max() < 1e-6  # a billionth of its contacts is left
    assert np.abs(x[:, 0] - start).max() > 0.05
    assert np.abs(x[:, 2] - start).max() > 0.05
    size = 1.0 / 12.0
    assert (told(recorder, "Grains") == 1.0).all()
    assert told(recorder, "Oxide") == pytest.approx(size, rel=1e-9)
    assert told(recorder, "Lithium") == pytest.approx(start * size, rel=1e-6)
    assert simulation.model.isolated().tolist() == [False, True, False]


def test_bonded_it_is_cycled_with_the_others():
    model = chain((1, 2))
    recorder = ran(model, look=lambda _: mean_occupancy(model, 1))[1]
    assert np.ptp(recorder.seen) > 0.05
    for name in ("Grains", "Oxide", "Lithium"):
        assert not told(recorder, name).any()


def test_what_isolates_is_the_drop_at_a_twentieth_of_1c():
    """Of a contact only so much is left as its share of C/20 needs, a third less, a third more."""
    model = chain((1, 2))
    here = (model.spaces.boundaries.pair == (0, 1)).all(axis=1)
    paths = model.with_chemistry.paths
    volume, area = 1.0, 1.0  # um^3, um^2
    share = RATE * model.case.c_rate_basis * 4700.0 * volume / METRE**3 * AMPERE
    assert paths.current == pytest.approx(share * np.array([1.0, 1.0, 10.0]), rel=1e-9)
    needed = share / DROP / area
    for factor, expected in ((0.67, True), (1.33, False)):
        model.electro.electron_contact.x.array[here] = factor * needed
        assert model.isolated()[1] == expected


def test_it_does_not_matter_how_little_a_broken_contact_keeps(monkeypatch):
    for least in (1e-7, 1e-9, 1e-12):
        monkeypatch.setattr(conditions, "LEAST_CONTACT", least)
        assert chain((1, 2), (0, 1)).isolated().tolist() == [False, True, False]


def test_a_contact_of_which_a_thousandth_is_left_isolates_nothing():
    model = chain((1, 2), (0, 1))
    model.electro.electron_contact.x.array[:] = 0.0
    here = (model.spaces.boundaries.pair == (0, 1)).all(axis=1)
    rest = (model.spaces.boundaries.pair == (0, 2)).all(axis=1)
    model.electro.electron_contact.x.array[rest] = model.surfaces.boundary.electrons[rest]
    model.electro.electron_contact.x.array[here] = 1e-3 * model.surfaces.boundary.electrons[here]
    assert not model.isolated().any()


def test_where_cracks_do_not_block_electrons_none_is_isolated():
    particle = brick_particle((4.0, 3.0), (8, 12), (4, 3), INSIDE)
    model = built(case_of(CYCLE, "physics.crack_blocks_electrons.enabled=false"), particle)
    model.state["damage"][:] = 1.0
    model.update_conditions()
    assert not model.isolated().any()


def test_potentials_of_a_chain_are_those_by_hand():
    """Grain 2 at the collector by 4, 1 at it by 2, 0 at that by 1 pA/V: currents add up."""
    pairs, between = np.array([[0, 1], [1, 2]]), np.array([1.0, 2.0])
    found = potentials(np.array([0.0, 0.0, 4.0]), pairs, between, np.array([3.0, 5.0, 7.0]))
    assert found == pytest.approx([15 / 4 + 8 / 2 + 3, 15 / 4 + 8 / 2, 15 / 4])


def on_some_ranks(comm):
    """Who is isolated, and what they hold after a short charge."""
    charge = "[{charge: {rate: 1C, until: {time: 4 min}}}]"
    model = chain((1, 2), (0, 1), comm=comm, protocol=charge)
    recorder = ran(model)[1]
    held = [float(told(recorder, name)[-1]) for name in ("Grains", "Oxide", "Lithium")]
    return {"isolated": model.isolated().tolist(), "held": held}


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_finds_the_same(ranks):
    alone, together = on_some_ranks(MPI.COMM_SELF), on_ranks(ranks, f"{HERE}:on_some_ranks")
    assert together["isolated"] == alone["isolated"] == [False, True, False]
    assert together["held"] == pytest.approx(alone["held"], rel=1e-9)
    assert alone["held"][2] > 0.05

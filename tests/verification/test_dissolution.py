"""Wet oxide dissolves: by its closed form, nowhere but where it is wet and bare, and booked."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from solver.materials.library import load_grain_material
from solver.mechanisms.dissolution import MOST
from solver.model.build import build_model
from solver.units.constants import FARADAY_INTERNAL, GAS_CONSTANT, METRE, SIEMENS
from tests.networks import brick_particle, built, rest_potential, solved_at, static_case
from tests.particles import case_of, disc, meshed, moment, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_dissolution"
ON, WETTING = "physics.dissolution.enabled=true", "physics.wetting.enabled=true"
OXIDE = load_grain_material("NMC76").entries["dissolution"]
RATE, LOW = OXIDE.rate * METRE, 4.12  # um/s; V, below the reference
SHARE = np.exp((LOW - OXIDE.reference_potential) / OXIDE.potential_scale)
SIZE = (2.0, 1.5)  # um


def pair(*overrides, states=None, comm=MPI.COMM_SELF, **others):
    """Two grains side by side, nothing wet between them."""
    particle = brick_particle(SIZE, (8, 6), (2, 1), states=states, comm=comm)
    return built(static_case(ON, WETTING, *overrides), particle, **others)


def passing(model, times, potential=LOW, wet=None):
    """Let these times (s) pass at a potential; wet: share of the boundaries that is so."""
    if wet is not None:
        model.state["wetness"][:] = wet
    nodes, points = len(model.spaces.grain_of_node), model.spaces.boundaries.n_points
    held = tuple(np.full(n, potential) for n in (nodes, points, points))
    acts = model.slow["dissolution"]
    for dt in times:
        acts.advance(moment(model, potentials=held, old=model.state), dt)


def outside(model):
    return model.spaces.outer_area > 0


TIMES = np.geomspace(1.0, 3e5, 20)


def test_the_recession_is_rate_times_time_at_a_constant_potential():
    model = pair()
    passing(model, TIMES, wet=1.0)
    exact = RATE * SHARE * TIMES.sum()
    around, plus, minus = model.state.sides("recession")
    print(f"{exact * 1e3:.4f} nm after {TIMES.sum():.3g} s, {SHARE:.4f} of the full rate")
    assert around[outside(model)] == pytest.approx(exact, rel=1e-12)
    assert plus == pytest.approx(exact, rel=1e-12)
    assert minus == pytest.approx(exact, rel=1e-12)
    assert not around[~outside(model)].any()


def test_it_is_full_from_the_reference_on():
    model, reference = pair(), OXIDE.reference_potential
    for potential in (reference, reference + 0.3):
        before = model.state.sides("recession").outside.max()
        passing(model, [1e5], potential)
        assert model.state.sides("recession").outside.max() - before == pytest.approx(RATE * 1e5)


def test_it_is_faster_when_hot_by_its_activation_energy():
    gone = []
    for celsius in (25, 60):
        model = pair(f"temperature={celsius} degC")
        passing(model, [1e5])
        gone.append(model.state.sides("recession").outside.max())
    assert OXIDE.activation_energy > 1e4
    assert gone[1] / gone[0] == pytest.approx(
        np.exp(OXIDE.activation_energy / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15)), rel=1e-9
    )


def test_a_film_slows_it_and_holes_in_the_film_become_pits():
    model = pair("physics.interphase.enabled=true")
    film = model.state.sides("film").outside
    bare = outside(model) & (np.arange(len(film)) % 3 == 0)
    film[:] = np.where(bare, 0.0, 0.007)
    passing(model, [1e6])
    gone = model.state.sides("recession").outside
    covered = outside(model) & ~bare
    slower = np.exp(-0.007 / (OXIDE.film_thickness * METRE))
    assert gone[bare] == pytest.approx(RATE * SHARE * 1e6, rel=1e-12)
    assert gone[covered] == pytest.approx(slower * RATE * SHARE * 1e6, rel=1e-12)


def test_what_the_case_says_counts_before_the_material():
    model = pair(
        "physics.dissolution.rate=3e-13 m/s",
        "physics.dissolution.reference_potential=4.0 V",
        "physics.dissolution.potential_scale=0.05 V",
        "physics.dissolution.film_thickness=2 nm",
        "physics.dissolution.acceleration=5",
        "physics.interphase.enabled=true",
    )
    model.state.sides("film").outside[:] = 0.003
    passing(model, [1e3], 3.93)
    exact = 5 * 3e-7 * np.exp(-0.07 / 0.05 - 3 / 2) * 1e3
    assert model.state.sides("recession").outside.max() == pytest.approx(exact, rel=1e-12)


def test_dry_sides_do_not_dissolve():
    model = pair()
    passing(model, [1e6], 4.6)
    _, plus, minus = model.state.sides("recession")
    assert model.spaces.boundaries.n_points > 0
    assert not plus.any()
    assert not minus.any()


def test_lpo_keeps_its_sides_even_where_it_has_cracked_and_is_wet():
    model = pair(states={(0, 1): "lpo"})
    model.state["damage"][:] = 1.0
    passing(model, [1e6], 4.6, wet=1.0)
    around, plus, minus = model.state.sides("recession")
    assert around.max() > 0
    assert not plus.any()
    assert not minus.any()


def test_a_coated_outside_does_not_dissolve():
    case = case_of(
        "[{rest: {until: {time: 1 s}}}]",
        *disc(4, 1.0, 0.4, 0.3),
        "particle.coating.thickness=20 nm",
        ON,
    )
    model = build_model(case, meshed(case))
    passing(model, [1e6], 4.6)
    assert model.extent.outer_area > 0
    assert not model.state["recession"].any()
    assert not model.state["dissolved"].any()


def test_a_partly_wet_side_loses_what_is_wet_and_bears_the_mean_when_it_gets_wetter():
    model = pair()
    passing(model, [1e5], wet=0.25)
    assert model.state.sides("recession").plus == pytest.approx(RATE * SHARE * 1e5, rel=1e-12)
    volume = model.slow.places.nodes.volume
    inside = ~outside(model)
    gone = (volume * model.state["dissolved"])[inside].sum()
    old = model.state.another()
    old.copy_from(model.state)
    model.state["wetness"][:] = 1.0
    points = model.spaces.boundaries.n_points
    held = (np.full(len(volume), LOW), *(np.full(points, LOW) for _ in range(2)))
    model.slow["dissolution"].advance(moment(model, potentials=held, old=old), 1e5)
    now = (volume * model.state["dissolved"])[inside].sum()
    assert now == pytest.approx(5 * gone, rel=1e-12)
    assert model.state.sides("recession").plus == pytest.approx(1.25 * RATE * SHARE * 1e5)


@pytest.mark.parametrize("roughness", [1.0, 3.0])
def test_the_sites_of_what_dissolves_are_gone_and_told(roughness):
    model = pair()
    acts = model.slow["dissolution"]
    acts._places = replace(model.slow.places, roughness=roughness)
    passing(model, [1e6], wet=1.0)
    model.update_conditions()
    s = RATE * SHARE * 1e6
    area = roughness * 2 * sum(SIZE) + 2 * SIZE[1]
    whole = SIZE[0] * SIZE[1]
    left = model.sites() / (model.electro.properties.max_concentration * whole)
    assert 1.0 - left == pytest.approx(area * s / whole, rel=1e-9)
    told = acts.observe(model.present())
    x = model.case.initial.occupancy
    assert told["Mean Recession"] * METRE == pytest.approx(s, rel=1e-9)
    assert told["Dissolved Oxide"] == pytest.approx(area * s / whole, rel=1e-9)
    assert told["Dissolved Lithium"] == pytest.approx(x * area * s / whole, rel=1e-9)
    assert model.leached() == pytest.approx((1.0 - left) / left * model.lithium(), rel=1e-9)


def time_for(depth):
    """Time in which bare oxide goes back so far (um), s."""
    return depth / (RATE * SHARE)


def gone_and_taken(model):
    """Volume that sides have lost by how far they have gone back, and volume taken from nodes."""
    around, plus, minus = model.state.sides("recession")
    weight, area = model.spaces.boundaries.weight, model.spaces.outer_area
    taken = model.slow.places.nodes.volume @ model.state["dissolved"]
    return area @ around + weight @ (plus + minus), taken


def test_what_a_node_cannot_give_comes_from_those_behind_it():
    model = pair()
    passing(model, [time_for(1.7e-3)], wet=1.0)
    behind = model.state["dissolved"] == 0
    passing(model, np.full(4, time_for(0.017)), wet=1.0)
    later = model.state["dissolved"]
    assert later.max() == MOST
    assert 0.01 < later[behind].max() < MOST
    gone, taken = gone_and_taken(model)
    assert gone == pytest.approx(taken, rel=1e-9)


def test_a_grain_that_is_spent_loses_no_more():
    model = pair()
    passing(model, np.full(9, time_for(0.5)), wet=1.0)
    gone, taken = gone_and_taken(model)
    volume = model.slow.places.nodes.volume
    assert model.state["dissolved"] == pytest.approx(np.full(len(volume), MOST))
    assert gone == pytest.approx(taken, rel=1e-12)
    passing(model, [time_for(0.5)], wet=1.0)
    assert gone_and_taken(model)[0] == gone


def test_what_a_jump_puts_beyond_a_node_comes_from_those_behind_it_with_its_lithium():
    model = pair()
    passing(model, [time_for(1.7e-3)], wet=1.0)
    for name in ("dissolved", "dissolved_lithium"):
        model.state[name][:] *= 30.0
    gone, held = lost(model)
    assert model.state["dissolved"].max() > 1.0
    model.slow.settle(model.present())
    settled, lithium = lost(model)
    assert model.state["dissolved"].max() == MOST
    assert settled == pytest.approx(gone, rel=1e-9)
    assert lithium == pytest.approx(held, rel=1e-9)
    assert lithium == pytest.approx(model.case.initial.occupancy * settled, rel=1e-9)


def lost(model):
    """What each grain has lost of its volume, and the lithium that left with that."""
    volume, state = model.slow.places.nodes.volume, model.state
    gone = (volume * state[name] for name in ("dissolved", "dissolved_lithium"))
    return model.slow.places.of_grains(*gone)


CHARGE_AND_REST = (
    "[{charge: {rate: 1C, until: {voltage: 4.3 V, time: 30 min}}}, {rest: {until: {time: 1 h}}}]"
)


def cycled(*overrides, protocol=CHARGE_AND_REST, comm=MPI.COMM_SELF):
    """A disc of grains, some of it wet, that dissolves fast over a charge and a rest."""
    case = case_of(
        protocol,
        *disc(6, 1.0, 0.4, 0.3),
        "physics.initial_wetting.area=0.5 m^2/g",
        ON,
        WETTING,
        "physics.dissolution.acceleration=1e4",
        *overrides,
    )
    return ran(build_model(case, meshed(case, comm)))


def test_its_lithium_leaves_with_it_and_the_balance_closes():
    simulation, recorder, outcome = cycled()
    assert outcome.status == "finished", outcome.reason
    model = simulation.model
    gone, error = model.leached() / model.lithium(), recorder.column("Lithium Error / 1").max()
    print(f"{gone:.2%} of the lithium has left, error {error:.1e}")
    assert gone > 0.01
    assert error < 1e-8
    start = model.electro.properties.max_concentration * model.extent.volume
    start *= model.case.initial.occupancy
    extracted = simulation.clock.net_charge / FARADAY_INTERNAL
    assert abs(model.lithium() + extracted - start) > 5e-3 * start


def test_what_is_left_keeps_its_potential():
    """At rest a quarter of the sites of the outer nodes goes; x and voltage stay."""
    _, recorder, _ = cycled("physics.swelling.enabled=false")
    voltage, told = recorder.column("Voltage / V"), recorder.column("Dissolved Oxide / 1")
    late = recorder.column("Test Time / s") > recorder.column("Test Time / s")[-1] - 1800
    x = recorder.column("Mean Occupancy / 1")[late]
    assert np.ptp(told[late]) > 3e-3
    assert np.ptp(voltage[late]) < 1e-4
    assert np.ptp(x) < 1e-4 * x.mean()


def test_the_books_of_the_electrical_work_close():
    _, recorder, _ = cycled()
    error = recorder.column("Electrical Error / 1")
    assert error[-1] < 0.02


def test_products_resist_by_their_thickness():
    model = pair()
    passing(model, [1e8], wet=1.0)
    made = model.slow.modify(model.present())
    s = model.state.sides("recession").plus
    exact = OXIDE.volume_ratio * s / (OXIDE.conductivity * SIEMENS / METRE)
    assert s.max() > 1e-3
    assert made.plus.resistance == pytest.approx(exact, rel=1e-12)
    assert made.minus.resistance == pytest.approx(exact, rel=1e-12)
    assert made.outside.resistance[outside(model)].max() == pytest.approx(exact.max(), rel=1e-12)


def slit(opening, s=0.0, ratio=0.0):
    """Currents through the mouth of a wet slit that has opened or dissolved, um."""
    entry = OXIDE._replace(volume_ratio=ratio, conductivity=1e9)
    model = pair()
    acts = model.slow["dissolution"]
    oxides = [replace(o, entries={**o.entries, "dissolution": entry}) for o in acts._places.oxides]
    acts._places = replace(acts._places, oxides=tuple(oxides))
    acts.laws(298.15)
    model.state["wetness"][:] = 1.0
    for side in model.state.sides("recession")[1:]:
        side[:] = s
    solved_at(model, rest_potential(model) + 0.05, opening)
    return model


@pytest.mark.parametrize("ratio", [0.0, 0.4])
def test_liquid_is_as_wide_as_what_has_dissolved_and_no_product_fills(ratio):
    """The same potentials and currents as where the slit has opened that much more."""
    receded, opened = slit(2e-3, 5e-3, ratio), slit(2e-3 + 2 * (1 - ratio) * 5e-3)
    narrow = slit(2e-3)
    along = [model.electro.network.along.x.array.max() for model in (narrow, receded)]
    assert along[1] / along[0] == pytest.approx(1 + (1 - ratio) * 5, rel=1e-12)
    potentials = [m.state["network_potential"] for m in (receded, opened, narrow)]
    assert potentials[0] == pytest.approx(potentials[1], rel=1e-8)
    assert potentials[0].max() < 0.9 * potentials[2].max()


def on_some_ranks(comm):
    """What has dissolved after a charge, told and by the place of each node."""
    charge = "[{charge: {rate: 2C, until: {time: 10 min}}}]"
    overrides = "physics.interphase.enabled=true", "numerics.time_step.fixed=2 min"
    simulation, recorder, _ = cycled(*overrides, protocol=charge, comm=comm)
    nodes, state = simulation.model.slow.places.nodes, simulation.model.state
    rows = np.column_stack([nodes.grain, nodes.position[:, :2], state["dissolved"]])[nodes.owned]
    rows = np.round(np.concatenate(comm.allgather(rows)), 8)
    names = ("Mean Recession / m", "Dissolved Oxide / 1", "Dissolved Lithium / 1", "Voltage / V")
    told = [float(recorder.column(name)[-1]) for name in names]
    return {"rows": rows[np.lexsort(rows.T[::-1])].tolist(), "told": told}


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_finds_the_same(ranks):
    alone, together = on_some_ranks(MPI.COMM_SELF), on_ranks(ranks, f"{HERE}:on_some_ranks")
    assert together["told"] == pytest.approx(alone["told"], rel=1e-6)
    assert np.array(together["rows"]) == pytest.approx(np.array(alone["rows"]), abs=2e-7)
    assert max(row[-1] for row in alone["rows"]) > 1e-3


def on_spent_ranks(comm):
    """What of every node of two grains has dissolved when those at their sides are spent."""
    model = pair(comm=comm)
    passing(model, np.full(4, time_for(0.017)), wet=1.0)
    nodes = model.slow.places.nodes
    rows = np.column_stack([nodes.grain, nodes.position[:, :2], model.state["dissolved"]])
    rows = np.round(np.concatenate(comm.allgather(rows[nodes.owned])), 9)
    return {"rows": rows[np.lexsort(rows.T[::-1])].tolist()}


@pytest.mark.parametrize("ranks", [2, 3])
def test_any_number_of_ranks_takes_the_same_from_nodes_behind(ranks):
    alone = on_spent_ranks(MPI.COMM_SELF)["rows"]
    assert max(row[-1] for row in alone) == MOST
    together = np.array(on_ranks(ranks, f"{HERE}:on_spent_ranks")["rows"])
    assert together == pytest.approx(np.array(alone), abs=1e-8)

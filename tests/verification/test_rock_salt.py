"""Rock salt on a particle: where it grows, what it takes, and that the books bear it."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from solver.mechanisms.rock_salt import MOST, RockSalt
from solver.model.build import build_model
from solver.model.places import outward
from solver.units.constants import FARADAY_INTERNAL, GAS_CONSTANT, METRE, OHM
from tests.networks import brick_particle, static_case
from tests.particles import ball, case_of, disc, meshed, ran, strip
from tests.ranks import on_ranks

HERE = "tests.verification.test_rock_salt"
RATE = 1e-22  # m^2/s, so that times below are those of layers of some nanometres
ON = ("physics.wetting.enabled=true", f"physics.rock_salt={{enabled: true, rate: {RATE} m^2/s}}")
FAST = (*ON, "physics.rock_salt.acceleration=400")
CHARGED = "initial.occupancy=0.25"
SMALL = disc(6, 1.0, 0.4, 0.3)
CYCLE = (
    "[{charge: {rate: 2C, until: {voltage: 4.4 V}}}, {discharge: {rate: 2C,"
    " until: {voltage: 3.2 V}}}, {charge: {rate: 2C, until: {time: 300 s}}}]"
)
TEN_MINUTES = "[{charge: {rate: 1C, until: {time: 10 min}}}]"
WINDOW = (
    "[{charge: {rate: C/4, until: {voltage: 4.4 V}}},"
    " {discharge: {rate: C/4, until: {voltage: 3.2 V}}}]"
)


def oxide_of(model):
    """The entry of the main oxide, at the rate of these tests."""
    return model.slow.places.oxides[0].entries["rock_salt"]._replace(rate=RATE)


def passing(model, *times):
    """Let these times (s) pass on a particle that stays as it is."""
    for dt in times:
        model.slow["rock_salt"].advance(model.present(), dt)


def row_of_grains(*overrides, axes=None, states=None, number=None):
    """Four bricks in a row at low occupancy, wet wherever nothing else is said."""
    particle = brick_particle((4.0, 1.0), (16, 4), (4, 1), number, states)
    if axes is not None:
        particle = replace(particle, c_axis=np.array(axes, dtype=float))
    model = build_model(static_case(*ON, CHARGED, *overrides), particle)
    model.state["wetness"][:] = 1.0
    return model


def between(model, low, high):
    return (model.spaces.boundaries.pair == [low, high]).all(axis=1)


def test_it_grows_by_the_direction_of_every_side_outside_and_inside():
    """Axes across the boundary: it stops at 7.5 nm; within: it is parabolic; tilted: between."""
    axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.0, 0.8]]
    model, time = row_of_grains(axes=axes), 4e6
    passing(model, 1e4, time - 1e4)
    material, layers = oxide_of(model), model.state.sides("rock_salt")

    def exact(share):
        rate = METRE**2 * material.rate * (1 - 0.9 * share)
        if share == 0:
            return np.sqrt(rate * time)
        limit = METRE * material.arrest / np.sqrt(share)
        return limit * np.sqrt(-np.expm1(-rate * time / limit**2))

    found = {
        (0, "plus"): layers.plus[between(model, 0, 1)],
        (1, "minus"): layers.minus[between(model, 0, 1)],
        (2, "plus"): layers.plus[between(model, 2, 3)],
        (3, "minus"): layers.minus[between(model, 2, 3)],
    }
    shares = {0: 1.0, 1: 0.0, 2: 0.0, 3: 0.36}
    for (grain, _), thickness in found.items():
        assert thickness == pytest.approx(np.full(len(thickness), exact(shares[grain])), rel=1e-10)
    print({key: f"{1e3 * values[0]:.3f} nm" for key, values in found.items()})
    position = model.slow.places.nodes.position
    top = (position[:, 1] > 1 - 1e-9) & (position[:, 0] > 1e-9) & (position[:, 0] < 4 - 1e-9)
    of_grain = [top & (model.spaces.grain_of_node == grain) for grain in range(3)]
    outside = [layers.outside[here] for here in of_grain]
    assert outside[0] == pytest.approx(exact(0.0), rel=1e-10)
    assert outside[1] == pytest.approx(exact(1.0), rel=1e-10)
    assert outside[1].max() < 7.5e-3
    assert not layers.outside[model.slow.places.nodes.outer_area == 0].any()


@pytest.mark.parametrize("dimension", [2, 3])
def test_normals_of_the_outside_point_away_from_a_round_particle(dimension):
    case = case_of("[{rest: {until: {time: 1 s}}}]", *SMALL)
    model = build_model(case, meshed(case) if dimension == 2 else ball(1.0, 0.4))
    normal, at = outward(model.particle, model.spaces), model.slow.places.nodes
    outer = at.outer_area > 0
    radial = at.position / np.linalg.norm(at.position, axis=1, keepdims=True)
    assert np.einsum("ij,ij->i", normal, radial)[outer].min() > 0.9
    assert not normal[~outer].any()


@pytest.mark.parametrize("damage", [0.0, 1e3])
def test_it_is_strictly_absent_where_oxide_faces_lpo_lies_under_a_coating_or_is_dry(damage):
    """Bricks: 0 and 1 with LPO between, 1 and 2 wet, 2 dry against 3, which is a coating."""
    particle = brick_particle((4.0, 1.0), (16, 4), (4, 1), None, {(0, 1): "lpo"})
    particle = replace(particle, is_filler=np.array([False, False, False, True]))
    model = build_model(static_case(*ON, CHARGED), particle)
    wet = ~between(model, 2, 3) if damage == 0.0 else np.ones(model.spaces.boundaries.n_points)
    model.state["wetness"][:] = wet  # as far as liquid gets if everything has cracked
    model.state["damage"][:] = damage
    passing(model, 1e6)
    layers, nodes = model.state.sides("rock_salt"), model.slow.places.nodes
    for side in (layers.plus, layers.minus):
        assert np.all(side[between(model, 0, 1)] == 0.0)
        assert np.all(side[between(model, 2, 3)] == 0.0)
        assert np.all(side[between(model, 1, 2)] > 5e-3)
    bare = (nodes.outer_area > 0) & nodes.in_oxide
    assert np.all(layers.outside[bare] > 5e-3)
    assert np.all(layers.outside[~bare] == 0.0)
    assert np.all(model.state["transformed"][~nodes.in_oxide] == 0.0)


def test_dry_sides_keep_their_layers_until_they_are_wet():
    model = row_of_grains()
    model.state["wetness"][:] = between(model, 0, 1)
    passing(model, 1e5)
    layers = model.state.sides("rock_salt")
    assert np.all((layers.plus > 0) == between(model, 0, 1))
    model.state["wetness"][:] = 0.5
    passing(model, 1e5)
    assert np.all(layers.plus > 0)


def test_nodes_lose_what_the_layers_of_their_true_area_take():
    model = row_of_grains("physics.wetting.outer_area=0.9 m^2/g")
    model.state["wetness"][:] = 0.6
    passing(model, 2e5)
    places, state = model.slow.places, model.state
    layers, nodes = state.sides("rock_salt"), model.slow.places.nodes
    assert places.roughness > 1.1
    inside = model.spaces.boundaries.integral(0.6 * (layers.plus + layers.minus))
    outside = places.roughness * nodes.outer_area @ layers.outside
    taken = nodes.volume @ state["transformed"]
    assert taken == pytest.approx(inside + outside, rel=1e-12)
    model.update_conditions()
    c_max = model.electro.properties.max_concentration
    assert state["sites"] == pytest.approx(c_max * (1 - state["transformed"]), rel=1e-12)
    trapped = oxide_of(model).trapped_lithium / places.oxides[0].max_concentration
    assert state["trapped"] == pytest.approx(c_max * trapped * state["transformed"], rel=1e-12)


def test_no_node_loses_more_than_is_counted():
    model = row_of_grains("physics.rock_salt.acceleration=1e6")
    passing(model, 1e6)
    assert model.state["transformed"].max() == MOST
    assert model.slow["rock_salt"].observe(model.present())["Most Transformed"] == MOST


def test_layers_that_a_jump_made_thicker_take_sites_of_nodes_behind_theirs():
    model = row_of_grains()
    passing(model, 1e5)
    state, volume = model.state, model.slow.places.nodes.volume
    taken = volume @ state["transformed"]
    fuller = 1.5 * MOST / state["transformed"].max()
    for name in ("rock_salt", "transformed"):
        state[name][:] *= fuller
    model.slow.settle(model.present())
    assert state["transformed"].max() == MOST
    assert volume @ state["transformed"] == pytest.approx(fuller * taken, rel=1e-9)


@pytest.mark.parametrize("kelvin", [298.15, 333.15])
def test_its_rate_follows_arrhenius(kelvin):
    energy = "physics.rock_salt.activation_energy=50 kJ/mol"
    model = row_of_grains(f"temperature={kelvin} K", energy, "physics.rock_salt.rate=2e-22")
    passing(model, 1e5)
    factor = np.exp(50e3 / GAS_CONSTANT * (1 / 298.15 - 1 / kelvin))
    within = between(model, 0, 1)  # c is along z
    squared = model.state.sides("rock_salt").plus[within] ** 2
    assert squared == pytest.approx(2e-22 * METRE**2 * factor * 1e5, rel=1e-10)


def test_it_resists_the_reaction_beside_films():
    model = row_of_grains("physics.interphase.enabled=true")
    passing(model, 1e6)
    made = model.slow.modify(model.present())
    salt, film = model.state.sides("rock_salt").plus, model.state.sides("film").plus
    bare, _ = model.slow.places.interphases
    own = OHM * METRE / oxide_of(model).conductivity(298.15) * salt
    of_film = OHM * METRE * bare.resistivity(298.15) * film
    assert made.plus.resistance == pytest.approx(own + of_film, rel=1e-12)
    assert made.plus.bridged == pytest.approx(made.plus.resistance, rel=1e-12)
    times = 12 * 8.8541878188e-12 / 1e-6, bare.relaxation(298.15)
    mean = (own * times[0] + of_film * times[1]) / (own + of_film)
    assert made.plus.relaxation == pytest.approx(mean, rel=1e-12)


def test_the_shear_of_the_lattice_is_that_of_the_body():
    """u_z rises with x: the layers across z of one grain glide, those across x of the other too."""
    case = case_of("[{rest: {until: {time: 1 s}}}]", "physics.swelling.enabled=false")
    model = build_model(case, strip(1.0, 0.5, 8, 4, [[0, 0, 1], [1, 0, 0], [0, 1, 0]]))
    x = model.slow.places.nodes.position[:, 0]
    model.state["displacement"].reshape(-1, 3)[:, 2] = 0.004 * x
    shear = model.present().lattice_shear
    for grain, exact in enumerate((0.004, 0.004, 0.0)):
        here = model.spaces.grain_of_node == grain
        assert shear[here] == pytest.approx(np.full(here.sum(), exact), abs=1e-9)


def test_it_strains_its_nodes_until_it_is_thick_enough_to_relax():
    model = row_of_grains(axes=[[0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]])
    layers, volume = model.state.sides("rock_salt"), model.mechanics.node_volume
    for thickness, thin in ((1.5e-3, 1.5e-3), (6e-3, 2e-3)):
        layers.outside[:] = layers.plus[:] = layers.minus[:] = thickness
        passing(model, 0.0)
        model.update_conditions()
        area = model.state["transformed"] * volume / thickness
        strained = area * thin / volume
        assert strained.max() > 1e-3
        assert model.state["brought_a"] == pytest.approx(0.029 * strained, rel=1e-9)
        assert model.state["brought_c"] == pytest.approx(0.019 * strained, rel=1e-9)


def test_gliding_hastens_it_by_the_shear_next_to_it():
    model = row_of_grains("physics.rock_salt.gliding.enabled=true")
    n, d = len(model.spaces.grain_of_node), 3
    model.state["displacement"].reshape(n, d)[:, 2] = (
        0.02 / 1.65 * model.slow.places.nodes.position[:, 0] * (model.spaces.grain_of_node == 0)
    )
    passing(model, 1e5)
    here = between(model, 0, 1)
    layers = model.state.sides("rock_salt")
    squared = layers.plus[here] ** 2 / layers.minus[here] ** 2
    assert squared == pytest.approx(np.full(here.sum(), 10.0), rel=1e-5)


def cycled(*overrides):
    """A small particle after a cycle and a bit, half of its boundaries wet."""
    wet = "physics.initial_wetting.area=0.4 m^2/g"
    case = case_of(CYCLE, *SMALL, *FAST, wet, *overrides)
    model = build_model(case, meshed(case))
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return simulation, recorder


@pytest.fixture(scope="module")
def worn():
    return cycled()


def test_lithium_is_conserved_while_sites_go_and_misfit_and_stress_do_work(worn):
    simulation, recorder = worn
    last, energies = recorder.rows[-1], simulation.ledger.energies
    print({name: value for name, value in last.items() if "Rock" in name or "Trans" in name})
    assert last["Transformed Oxide / 1"] > 0.01
    assert last["Lithium in Rock Salt / 1"] == pytest.approx(
        10.953 / 48.39 * last["Transformed Oxide / 1"], rel=1e-9
    )
    assert recorder.column("Lithium Error / 1").max() < 1e-8
    assert abs(energies.misfit_work) > 1e-3 * energies.elastic
    assert recorder.column("Energy Error / 1").max() < 1e-6
    assert last["Electrical Error / 1"] < 0.01


def test_without_what_is_trapped_or_with_all_sites_the_lithium_would_not_be_there(worn):
    model, clock = worn[0].model, worn[0].clock
    extracted = clock.net_charge / FARADAY_INTERNAL
    fresh = model.electro.properties.max_concentration * model.extent.volume
    start, volume = fresh * model.case.initial.occupancy, model.mechanics.node_volume
    state = model.state
    assert model.lithium() + extracted == pytest.approx(start, rel=1e-8)
    held = model.electro.sites(volume) @ state["occupancy"]
    all_sites = model.electro.properties.max_concentration * volume @ state["occupancy"]
    assert abs(held + extracted - start) > 1e-4 * start
    assert abs(all_sites + extracted - start) > 1e-4 * start


def test_without_misfit_it_strains_nothing_where_no_lithium_swells_anything():
    none = "physics.rock_salt.misfit.enabled=false"
    simulation, recorder = cycled(none, "physics.swelling.enabled=false")
    assert simulation.ledger.energies.misfit_work == 0.0
    assert recorder.rows[-1]["Transformed Oxide / 1"] > 0.01


def test_capacity_falls_with_the_sites():
    """Thick layers that grow no more, discharged slowly: what is lost is the share of sites."""
    found = []
    for thickness in (0.0, 0.03):
        still = "{enabled: true, rate: 0, misfit: {enabled: false}}"
        unstressed = "physics.swelling.enabled=false"
        case = case_of(WINDOW, *SMALL, f"physics.rock_salt={still}", unstressed)
        model = build_model(case, meshed(case))
        model.state.sides("rock_salt").outside[:] = thickness
        passing(model, 1.0)
        model.update_conditions()
        _, recorder, outcome = ran(model)
        assert outcome.status == "finished"
        last = recorder.ends[-1]
        found.append((last["Transformed Oxide / 1"], last["Capacity / mA.h.g-1"]))
    (_, fresh), (share, worn) = found
    print(f"{share:.2%} of the sites, {1 - worn / fresh:.2%} of {fresh:.1f} mA h/g")
    assert share > 0.05
    assert 1 - worn / fresh == pytest.approx(share, rel=0.05)


def by_place(comm):
    """What rock salt took of every grain in ten steps, and what the history says. Collective."""
    wet = "physics.initial_wetting.area=0.4 m^2/g"
    steps = "numerics.time_step.fixed=60 s"
    case = case_of(TEN_MINUTES, *SMALL, *FAST, CHARGED, wet, steps)
    model = build_model(case, meshed(case, comm))
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    owned, grain = model.slow.places.nodes.owned, model.spaces.grain_of_node
    taken = np.bincount(
        grain[owned], (model.mechanics.node_volume * model.state["transformed"])[owned], 6
    )
    row = recorder.rows[-1]
    told = [row[name] for name in row if "Rock Salt" in name or "ransformed" in name]
    return {"taken": comm.allreduce(taken).tolist(), "row": [*told, row["Misfit Work / J.m-1"]]}


@pytest.mark.slow
def test_it_is_the_same_on_any_number_of_ranks():
    alone = by_place(MPI.COMM_SELF)
    assert min(alone["taken"]) > 0
    assert min(alone["row"]) > 0
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:by_place")
        assert other["taken"] == pytest.approx(alone["taken"], rel=1e-7)
        assert other["row"] == pytest.approx(alone["row"], rel=1e-6, abs=0)


def test_an_oxide_without_the_entry_keeps_its_layers():
    model = row_of_grains()
    grain = model.slow.places.oxides[0]
    bare = replace(grain, entries={**grain.entries, "rock_salt": None})
    places = replace(model.slow.places, oxides=(bare,))
    salt = RockSalt(model.case.physics.rock_salt, places)
    salt.laws(298.15)
    salt.advance(model.present(), 1e6)
    assert not model.state["rock_salt"].any()
    assert not model.state["transformed"].any()

"""Films on wet oxide: their growth, their resistance, their charge."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from solver.materials import load_interphase_material
from solver.mechanisms.interphase import FilmOxidation
from solver.units.constants import COULOMB, FARADAY, GAS_CONSTANT, METRE, OHM
from tests.networks import brick_particle, built, rest_potential, solved_at, static_case
from tests.particles import case_of, films_by_place, moment, one_c, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_interphase"
WITH_FILM = "physics.interphase.enabled=true"
SIZE = (2.0, 1.5)  # um
QUICK = FilmOxidation(lambda temperature: 1e-11, 3.9, 0.5)
EVEN = replace(load_interphase_material("carbonate"), scatter=0.0, coverage=1.0)
UNEVEN = load_interphase_material("carbonate")
BARE_AND_COATED = (load_interphase_material("carbonate"), load_interphase_material("fluoride"))


def one_grain(*overrides, material=EVEN, **others):
    """A grain of its own, its film even unless another material is given."""
    particle = brick_particle(SIZE, (8, 6), (1, 1))
    return built(static_case(*overrides), particle, interphases=(material, material), **others)


def passing(model, times):
    """Let these times (s) pass, one after another, with all boundaries bonded."""
    none = np.zeros(model.spaces.boundaries.n_points)
    for dt in times:
        for mechanism in model.slow.mechanisms:
            mechanism.advance(moment(model, gap=none, damage=none), dt)


TIMES = np.geomspace(1.0, 3e6, 40)


def test_parabolic_growth_over_many_steps_is_that_of_one():
    model = one_grain(WITH_FILM)
    passing(model, TIMES)
    start, rate = EVEN.initial_thickness, EVEN.parabolic_rate(298.15)
    exact = np.sqrt(start**2 + rate * TIMES.sum()) * METRE
    print(f"film {exact * 1e3:.6f} nm after {TIMES.sum():.3g} s")
    assert model.state.sides("film").outside == pytest.approx(exact, rel=1e-12)


def test_self_limiting_growth_over_many_steps_is_that_of_one():
    model = one_grain(WITH_FILM, "physics.interphase.growth=self_limiting")
    passing(model, TIMES)
    start, limit, speed = EVEN.initial_thickness, EVEN.limiting_thickness, EVEN.limited_rate(298.15)
    exact = limit * np.log(np.exp(start / limit) + speed * TIMES.sum() / limit) * METRE
    print(f"film {exact * 1e3:.6f} nm after {TIMES.sum():.3g} s")
    assert model.state.sides("film").outside == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("growth", ["parabolic", "self_limiting"])
def test_an_uneven_film_has_the_mean_growth_of_its_law(growth):
    """The mean of what covers and what does not is the nominal film, but for few patches."""
    particle = brick_particle((60.0, 40.0), (60, 40), (1, 1))
    case = static_case(WITH_FILM, f"physics.interphase.growth={growth}")
    model = built(case, particle, interphases=(UNEVEN, UNEVEN))
    even = one_grain(WITH_FILM, f"physics.interphase.growth={growth}")
    for one in (model, even):
        passing(one, [1e6])
    film = model.state.sides("film").outside
    ratio = film.mean() / even.state.sides("film").outside.mean()
    print(f"{growth}: mean over nominal {ratio:.3f}, bare {np.mean(film == 0.0):.3f}")
    assert ratio == pytest.approx(1.0, abs=0.06)
    assert np.mean(film == 0.0) == pytest.approx(1 - UNEVEN.coverage, abs=0.03)


def speed(growth, film):
    """What grows in proportion to rate and time."""
    start, limit = EVEN.initial_thickness * METRE, EVEN.limiting_thickness * METRE
    if growth == "parabolic":
        return float((film**2 - start**2).mean())
    return float((np.exp(film / limit) - np.exp(start / limit)).mean())


@pytest.mark.parametrize("growth", ["parabolic", "self_limiting"])
def test_films_grow_faster_when_hot_by_their_activation_energy(growth):
    grown = []
    for celsius in (25, 60):
        model = one_grain(
            WITH_FILM, f"physics.interphase.growth={growth}", f"temperature={celsius} degC"
        )
        passing(model, [1e5])
        grown.append(speed(growth, model.state.sides("film").outside))
    exact = np.exp(38e3 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15))
    print(f"{growth}: {grown[1] / grown[0]:.9f} times as fast at 60 degC, exact {exact:.9f}")
    assert grown[1] / grown[0] == pytest.approx(exact, rel=1e-9)


def test_acceleration_multiplies_time_and_shares_the_charge():
    plain, fast = (
        one_grain(WITH_FILM, f"physics.interphase.acceleration={factor}") for factor in (1, 50)
    )
    for model, time in ((plain, 5e5), (fast, 1e4)):
        model.update_conditions(time)
        passing(model, [time])
    assert fast.state.sides("film").outside == pytest.approx(
        plain.state.sides("film").outside, rel=1e-12
    )
    drawn, of_one = plain.state.sides("oxidation").outside, fast.state.sides("oxidation").outside
    assert drawn.max() > 0
    assert of_one == pytest.approx(drawn, rel=1e-12)


@pytest.mark.parametrize("roughness", [1.0, 3.0])
def test_a_film_costs_the_voltage_that_its_resistance_says(roughness):
    """The same current with and without a film: the voltages differ by i rho s."""
    found = []
    for film in ("false", "true"):
        model = one_grain(f"physics.interphase.enabled={film}")
        places = replace(model.slow.places, roughness=roughness)
        surfaces = replace(model.surfaces, places=places)
        model.laws.now = replace(model.laws.now, surfaces=surfaces)
        solved_at(model, rest_potential(model) + 0.2)
        i = model.state.sides("current").outside[model.electro.outer_area > 0] / roughness
        reaction = 2 * model.electro.laws.thermal_voltage * np.arcsinh(i / 2.0)
        driving = model.electro.nodal.lithium_potential.x.array[model.electro.outer_area > 0]
        found.append((i.mean(), (driving - reaction).mean()))
    (_, nothing), (current, drop) = found
    thickness = EVEN.initial_thickness * METRE
    exact = current * EVEN.resistivity(298.15) * OHM * METRE * thickness
    print(f"{current:.6f} A/m^2 through 5 nm: {drop:.9f} V, exact {exact:.9f} V")
    assert abs(nothing) < 1e-9
    assert drop == pytest.approx(exact, rel=1e-8)


def aged(protocol, *overrides, wet=False):
    """A pair of grains, wet between them or not, after a protocol; its film before and after."""
    particle = brick_particle(SIZE, (8, 6), (2, 1))
    quick = replace(EVEN, parabolic_rate=lambda temperature: 1e-19, oxidation=QUICK)
    mass = SIZE[0] * SIZE[1] * 4.7e-15
    area = 2 * SIZE[1] * METRE**-2 / mass * 0.4 if wet else 0.0
    case = case_of(
        protocol,
        one_c(1e-4),
        "physics.swelling.enabled=false",
        WITH_FILM,
        "physics.wetting.enabled=true",
        f"physics.initial_wetting.area={area}",
        *overrides,
    )
    model = built(case, particle, interphases=(quick, quick))
    before, lithium = film_volume(model), model.lithium()
    simulation, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return simulation, film_volume(model) - before, model.lithium() - lithium, recorder


def film_volume(model):
    """Film on everything wet, um^3 per um of depth."""
    s, b = model.state, model.spaces.boundaries
    sides = b.integral(s["wetness"] * (s.sides("film").plus + s.sides("film").minus))
    return float(model.electro.outer_area @ s.sides("film").outside) + sides


PROTOCOL = "[{charge: {rate: C/2, until: {time: 1800 s}}}, {rest: {until: {time: 1000 s}}}]"


@pytest.mark.parametrize("oxidation", ["false", "true"])
@pytest.mark.parametrize("wet", [False, True])
def test_the_charge_of_a_film_is_what_is_bound_in_it_and_takes_no_lithium(wet, oxidation):
    by_potential = f"physics.interphase.oxidation.enabled={oxidation}"
    simulation, grown, taken_up, recorder = aged(PROTOCOL, by_potential, wet=wet)
    per_volume = EVEN.lithium_per_volume * EVEN.electrons_per_lithium * FARADAY
    exact = per_volume * COULOMB / METRE**3 * grown
    clock = simulation.clock
    lithium = -FARADAY * 1e-3 * taken_up  # pC of fmol
    print(
        f"film {grown:.6e} um^2, charge {clock.parasitic_charge:.9e} pC, exact {exact:.9e} pC; "
        f"{clock.net_charge:.6e} pC passed, {lithium:.6e} pC of lithium left"
    )
    assert clock.parasitic_charge == pytest.approx(exact, rel=1e-10)
    assert clock.parasitic_charge > 1e-3 * clock.net_charge
    assert lithium == pytest.approx(clock.net_charge - clock.parasitic_charge, rel=1e-8)
    assert recorder.column("Lithium Error / 1").max() < 1e-8


def test_a_film_that_grows_for_many_cycles_draws_the_current_of_one():
    """The cell and its balance of lithium are those of the cycle that is computed."""
    factor = 20
    fast = f"physics.interphase.acceleration={factor}"
    simulation, grown, taken_up, recorder = aged(PROTOCOL, fast)
    per_volume = EVEN.lithium_per_volume * EVEN.electrons_per_lithium * FARADAY
    whole = per_volume * COULOMB / METRE**3 * grown
    clock = simulation.clock
    per_gram = 1 / (3.6 * COULOMB * 1e3 * simulation.model.extent.mass)
    assert clock.parasitic_charge == pytest.approx(whole / factor, rel=1e-10)
    assert recorder.column("Film Charge / mA.h.g-1")[-1] == pytest.approx(whole * per_gram)
    lithium = -FARADAY * 1e-3 * taken_up
    assert lithium == pytest.approx(clock.net_charge - clock.parasitic_charge, rel=1e-8)


def test_at_rest_a_growing_film_puts_lithium_into_the_oxide():
    """No current passes, so what the electrolyte gives up as electrons returns as lithium."""
    simulation, grown, taken_up, _ = aged("[{rest: {until: {time: 1000 s}}}]")
    clock = simulation.clock
    assert grown > 0
    assert abs(clock.net_charge) < 1e-8 * clock.parasitic_charge
    assert FARADAY * 1e-3 * taken_up == pytest.approx(clock.parasitic_charge, rel=1e-6)


@pytest.mark.parametrize("growth", ["parabolic", "self_limiting"])
def test_the_film_of_a_coated_particle_covers_more_than_that_of_a_bare_one(growth):
    coverage = []
    for is_filler in (False, True):
        number = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
        particle = brick_particle((8.0, 6.0), (32, 24), (4, 3), number)
        particle = replace(particle, is_filler=np.array([False, is_filler]))
        case = static_case(WITH_FILM, f"physics.interphase.growth={growth}")
        model = built(case, particle, interphases=BARE_AND_COATED)
        passing(model, [3e5])
        coverage.append(model.slow["interphase"].measure(model.state).coverage)
    print(f"{growth}: coverage bare {coverage[0]:.3f}, coated {coverage[1]:.3f}")
    assert coverage[0] < 0.8
    assert coverage[1] > 0.99


def films(comm):
    """Films of two grains, outside and on both sides of their wet boundary. Collective."""
    particle = brick_particle((4.0, 3.0), (16, 12), (2, 1), comm=comm)
    case = static_case(WITH_FILM, "physics.wetting.enabled=true")
    model = built(case, particle, interphases=(UNEVEN, UNEVEN))
    model.state["wetness"][:] = 1.0
    passing(model, [1e4, 2e5])
    return films_by_place(model, comm, digits=12)


@pytest.mark.slow
def test_films_are_the_same_on_any_number_of_ranks():
    alone = films(MPI.COMM_SELF)
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:films")
        assert other["films"] == alone["films"]
        assert other["whole"] == pytest.approx(alone["whole"], rel=1e-12)

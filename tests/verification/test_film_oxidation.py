"""Films that grow by the potential of the oxide: outside, on both sides inside, on a coating."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from solver.materials import load_grain_material, load_interphase_material
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.units.constants import FARADAY, GAS_CONSTANT
from tests.networks import brick_particle, built, static_case
from tests.particles import case_of, films_by_place, one_c, ran
from tests.ranks import on_ranks

HERE = "tests.verification.test_film_oxidation"
BY_POTENTIAL = "physics.interphase={enabled: true, oxidation: {enabled: true}}"
UNCONFINED = "physics.interphase.confinement.enabled=false"
LIMITED = "physics.interphase.growth=self_limiting"
BARE, COATED = (
    replace(load_interphase_material(name), scatter=0.0, coverage=1.0)
    for name in ("carbonate", "fluoride")
)
ROOM = 298.15
TIME = 1e5  # s


def time_to(film, thickness, potential, growth="parabolic", factor=1):
    """Time that even films take from their start at a constant potential; SI, closed form."""
    start, law = film.initial_thickness, film.oxidation
    exponent = law.transfer_coefficient * FARADAY / (GAS_CONSTANT * ROOM)
    speed = law.rate(ROOM) * np.exp(exponent * (potential - law.reference_potential))
    if growth == "parabolic":
        passing = (thickness**2 - start**2) / film.parabolic_rate(ROOM)
    else:
        limit = film.limiting_thickness
        ends = np.exp(thickness / limit), np.exp(start / limit)
        passing = limit / film.limited_rate(ROOM) * (ends[0] - ends[1])
    return ((thickness - start) / speed + passing) / factor


def thickness_after(film, time, potential, growth="parabolic", factor=1):
    """Inverse of `time_to`, m."""
    start = film.initial_thickness
    return brentq(
        lambda s: time_to(film, s, potential, growth, factor) - time, start, 100 * start, xtol=1e-18
    )


def coated_pair(*overrides, comm=MPI.COMM_SELF):
    """Two grains, wet between them, beside each other in a coating."""
    number = [2, 2, 2, 2, 2, 0, 1, 2, 2, 2, 2, 2]
    particle = brick_particle((4.0, 3.0), (16, 12), (4, 3), number, comm=comm)
    particle = replace(particle, is_filler=np.array([False, False, True]))
    case = static_case("physics.wetting.enabled=true", BY_POTENTIAL, UNCONFINED, *overrides)
    model = built(case, particle, interphases=(BARE, COATED))
    model.state["wetness"][:] = 1.0
    model.slow["interphase"].prepare(model.present())
    return model


LEVELS = (3.9, 4.3, 2.0)  # of both grains and, without a meaning, of the coating, V
COLLECTOR, LIQUID = 4.5, 0.1


def at_levels(model):
    """Give grains, collector and liquid their potentials, and let time pass."""
    spaces, state = model.spaces, model.state
    levels = np.take(LEVELS, spaces.grain_of_node)
    state["grain_potential"][spaces.grain_dof_of_node] = levels
    state["collector_potential"][:] = COLLECTOR
    state["network_potential"][:] = LIQUID
    model.update_conditions(TIME)
    model.slow["interphase"].advance(model.present(), TIME)
    return model


@pytest.mark.parametrize("growth", ["parabolic", "self_limiting"])
@pytest.mark.parametrize("factor", [1, 50])
def test_every_place_grows_by_its_own_potential(growth, factor):
    fast = f"physics.interphase.acceleration={factor}"
    model = at_levels(coated_pair(f"physics.interphase.growth={growth}", fast))
    state, boundaries = model.state, model.spaces.boundaries
    between = (boundaries.pair == (0, 1)).all(axis=1)
    coating = model.spaces.grain_of_node == 2
    for film, place, material, potential in (
        (state.sides("film").plus, between, BARE, LEVELS[0] - LIQUID),
        (state.sides("film").minus, between, BARE, LEVELS[1] - LIQUID),
        (state.sides("film").outside, coating, COATED, COLLECTOR),
        (state.sides("film").outside, model.spaces.grain_of_node == 1, BARE, LEVELS[1]),
    ):
        exact = 1e6 * thickness_after(material, TIME, potential, growth, factor)
        print(f"{growth} x{factor}, {potential:.1f} V: {1e3 * exact:.6f} nm")
        assert place.any()
        assert film[place] == pytest.approx(exact, rel=1e-9)


def rested(potential, *overrides):
    """A grain at rest for ten days at a potential; its film at the end, m, and the recorder."""
    oxide = load_grain_material("NMC76").potential_at(ROOM)
    x = brentq(lambda x: float(oxide.value(np.array(x))) - potential, 0.05, 0.95)
    particle = brick_particle((2.0, 1.5), (8, 6), (1, 1))
    case = case_of(
        "[{rest: {until: {time: 240 h}}}]",
        one_c(1e-4),
        "physics.swelling.enabled=false",
        BY_POTENTIAL,
        f"initial.occupancy={x!r}",
        "numerics.time_step.maximum=8 h",
        *overrides,
    )
    materials = materials_of(case, particle)._replace(interphases=(BARE, BARE))
    model = build_model(case, particle, materials)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return float(model.slow["interphase"].measure(model.state).mean) * 1e-6, recorder


@pytest.mark.parametrize("limited", [(), (LIMITED,)])
def test_rest_at_a_high_potential_grows_films_and_at_a_low_one_hardly_does(limited):
    growth = "self_limiting" if limited else "parabolic"
    grown = []
    for potential in (3.7, 4.5):
        found, recorder = rested(potential, *limited)
        mean = recorder.column("Voltage / V").mean()
        exact = thickness_after(BARE, 240 * 3600.0, mean, growth)
        grown.append(found - BARE.initial_thickness)
        print(f"{growth}, {potential} V: {1e9 * found:.5f} nm, at a constant one {1e9 * exact:.5f}")
        assert abs(mean - potential) < 0.06  # what films take from the electrolyte discharges
        assert grown[-1] == pytest.approx(exact - BARE.initial_thickness, rel=0.01)
    assert grown[1] > 500 * grown[0] > 0


def grown_films(comm):
    """Thickness of every film of the pair, by place. Collective."""
    model = at_levels(coated_pair(comm=comm))
    return films_by_place(model, comm, digits=11)


@pytest.mark.slow
def test_films_by_potential_are_the_same_on_any_number_of_ranks():
    alone = grown_films(MPI.COMM_SELF)
    for n in (2, 3):
        other = on_ranks(n, f"{HERE}:grown_films")
        assert other["films"] == alone["films"]
        assert other["whole"] == pytest.approx(alone["whole"], rel=1e-12)

"""What changes between time steps: films begin with wetness, grow by themselves, cover patches."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.materials.electrolyte import load_interphase_material
from solver.mechanisms.interphase import FilmLaw, Interphase
from solver.units.constants import COULOMB, FARADAY, METRE
from tests.networks import brick_particle, built, static_case
from tests.particles import moment

FILM = load_interphase_material("carbonate")
CASE = static_case(
    "physics.wetting.enabled=true",
    "physics.interphase={enabled: true, confinement: {enabled: false}}",
)
UNEVENNESS = np.array([0.0, 0.3, 1.0, 2.5])
STEPS = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=12)


def law(parabolic, slowness=0.0):
    """Law of four patches, one of them bare. slowness: of the oxidation, s/um."""
    return FilmLaw(
        by_diffusion=parabolic,
        initial=0.005 * UNEVENNESS,
        rate=np.full(4, 1e-9 if parabolic else 1e-7),
        limit=np.full(4, 5e-3),
        unevenness=UNEVENNESS,
        charge=np.ones(4),
        lithium=np.ones(4),
        oxidation=None,
        slowness=np.full(4, slowness),
    )


@pytest.mark.parametrize("slowness", [0.0, 1e7])
@pytest.mark.parametrize("parabolic", [True, False])
@settings(max_examples=60, deadline=None)
@given(times=STEPS)
def test_many_steps_are_one_and_patches_keep_their_proportions(parabolic, slowness, times):
    film = law(parabolic, slowness)
    thickness = film.initial
    for dt in times:
        after = film.grown(thickness, dt)
        assert np.all(after >= thickness)
        thickness = after
    assert thickness == pytest.approx(film.grown(film.initial, sum(times)), rel=1e-12)
    assert thickness == pytest.approx(UNEVENNESS * thickness[2], rel=1e-12)


def test_no_film_grows_where_none_has_begun():
    assert not law(True).grown(np.zeros(4), 1e6).any()


@pytest.fixture
def pair():
    """Two grains and the boundary between them."""
    return built(CASE, brick_particle((2.0, 1.0), (8, 4), (2, 1)))


def advance(model, opening, dt):
    n = model.spaces.boundaries.n_points
    now = moment(model, gap=np.full(n, opening), damage=np.zeros(n))
    for mechanism in model.slow.mechanisms:
        mechanism.advance(now, dt)


def test_a_side_bears_a_film_from_the_moment_it_is_wet(pair):
    state, (_, plus, minus) = pair.state, pair.slow["interphase"].films
    assert not state.sides("film").plus.any()
    advance(pair, 0.01, 1.0)
    assert np.array_equal(state.sides("film").plus, plus.initial)
    assert np.array_equal(state.sides("film").minus, minus.initial)
    assert (plus.initial > 0).any()
    advance(pair, 0.0, 1e5)
    assert np.array_equal(state.sides("film").plus, plus.grown(plus.initial, 1e5))


def test_what_is_foreseen_is_the_charge_of_what_grows(pair):
    advance(pair, 0.01, 10.0)
    before = pair.state.sides("film").plus.copy()
    pair.update_conditions(300.0)
    assert np.array_equal(pair.state.sides("film").plus, before)
    drawn = pair.state.sides("oxidation").plus * 300.0
    advance(pair, 0.0, 300.0)
    per_volume = FILM.lithium_per_volume * FILM.electrons_per_lithium * FARADAY
    grown = (pair.state.sides("film").plus - before) * per_volume * COULOMB / METRE**3
    assert drawn == pytest.approx(grown, rel=1e-9)
    assert drawn.max() > 0


def test_patches_are_even_within_and_unlike_from_one_to_the_next():
    model = built(CASE, brick_particle((2.0, 1.0), (80, 40), (1, 1)))
    place = model.spaces.scalar.tabulate_dof_coordinates()[:, :2]
    film = model.state.sides("film").outside
    patches = np.floor(place / 0.2 + 1e-6).astype(int)
    _, which = np.unique(patches, axis=0, return_inverse=True)
    which = which.reshape(-1)
    first = np.array([film[which == k][0] for k in range(which.max() + 1)])
    assert np.array_equal(film, first[which])
    assert len(np.unique(first[first > 0])) == np.count_nonzero(first)


def test_the_outside_is_measured_with_its_roughness_and_what_is_wet_with_both_sides(pair):
    outside = pair.electro.outer_area.sum()
    assert pair.wet_area() == pytest.approx(outside, rel=1e-12)
    pair.state["wetness"][:] = 0.5
    assert pair.wet_area() == pytest.approx(outside + 0.5 * 2 * 1.0, rel=1e-12)
    pair.state.sides("film").outside[:] = 0.001
    pair.state.sides("film").plus[:] = pair.state.sides("film").minus[:] = 0.007
    exact = (outside * 0.001 + 1.0 * 0.007) / (outside + 1.0)
    film = pair.slow["interphase"].measure(pair.state)
    assert film.mean == pytest.approx(exact, rel=1e-12)
    assert film.coverage == pytest.approx(1.0 if exact < 0.002 else 1 / (outside + 1))


def test_the_mean_film_weighs_the_true_area_of_the_outside(pair):
    rough = Interphase(CASE.physics.interphase, replace(pair.slow.places, roughness=3.0))
    outside, inside = 3.0 * pair.electro.outer_area.sum(), 0.5 * 2 * 1.0
    pair.state["wetness"][:] = 0.5
    pair.state.sides("film").outside[:] = 0.001
    pair.state.sides("film").plus[:] = pair.state.sides("film").minus[:] = 0.004
    exact = (outside * 0.001 + inside * 0.004) / (outside + inside)
    film = rough.measure(pair.state)
    assert film.mean == pytest.approx(exact, rel=1e-12)
    assert 0.5 * exact < 0.001, "the whole is covered"
    assert film.coverage == pytest.approx(1.0, rel=1e-12)

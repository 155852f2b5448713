"""Films between two sides have the room that there is, and leave the liquid its least width."""

import numpy as np
import pytest

from solver.materials import load_boundary_material, load_interphase_material
from solver.units.constants import COULOMB, FARADAY, METRE
from tests.networks import brick_particle, built, static_case
from tests.particles import moment

ON = "physics.interphase={enabled: true}"
FREE = "physics.interphase.confinement.enabled=false"
WET = ("physics.wetting.enabled=true", "physics.dissolution.enabled=true")
LEAST = load_boundary_material("liquid").thickness * METRE
FILM = load_interphase_material("carbonate")
FIRST = FILM.initial_thickness * METRE
LONG = 1e8  # s, in which every film gets as thick as it may


def wet_pair(*overrides):
    """Two grains, the boundary between them wet and bonded."""
    model = built(static_case(ON, *WET, *overrides), brick_particle((2.0, 1.0), (8, 4), (2, 1)))
    model.state["wetness"][:] = 1.0
    return model


def passing(model, gap, dt):
    """Let dt (s) pass for the films, the sides standing so far apart (um)."""
    now = moment(model, gap=np.full(model.spaces.boundaries.n_points, gap))
    model.slow.modify(now, dt)
    model.slow["interphase"].advance(now, dt)


def films(model):
    """Films on both sides where they cover them, and those of the outside, um."""
    around, *sides = model.state.sides("film")
    outside = around[model.spaces.outer_area > 0]
    laws = model.slow["interphase"].films[1:]
    covered = [side[law.unevenness > 0] for side, law in zip(sides, laws, strict=True)]
    return np.concatenate(covered), outside[outside > 0]


def test_a_bonded_boundary_has_no_room_for_films():
    model = wet_pair()
    passing(model, 0.0, LONG)
    between, outside = films(model)
    assert not between.any()
    assert outside.min() > 0.1 * FIRST


def test_without_confinement_they_grow_there_as_outside():
    model = wet_pair(FREE)
    passing(model, 0.0, LONG)
    between, _ = films(model)
    assert between.min() > FIRST / 10


@pytest.mark.parametrize("gap", [1.5 * LEAST, 4 * LEAST])
def test_films_fill_an_open_boundary_up_to_the_least_liquid(gap):
    model = wet_pair()
    for _ in range(2):  # at first the film that wet oxide gets at once
        passing(model, gap, LONG)
    between, _ = films(model)
    assert between == pytest.approx(0.5 * (gap - LEAST), rel=1e-12)


def test_films_fill_what_has_dissolved_and_no_product_fills():
    model = wet_pair()
    depth = 3.0 * LEAST
    for side in model.state.sides("recession")[1:]:
        side[:] = depth
    for _ in range(2):
        passing(model, 0.0, LONG)
    ratio = model.slow["dissolution"].law[1].volume_ratio
    between, _ = films(model)
    assert 0.1 < ratio[0] < 0.9
    assert between == pytest.approx((1.0 - ratio[0]) * depth, rel=1e-12)


def test_a_film_grows_as_ever_until_it_is_confined():
    confined, free = wet_pair(), wet_pair(FREE)
    for model in (confined, free):
        for _ in range(3):
            passing(model, 1e3 * LEAST, 1e4)
    between, _ = films(confined)
    assert np.array_equal(between, films(free)[0])
    assert between.max() > FIRST


def test_a_closing_gap_leaves_films_as_they_are():
    model = wet_pair()
    for _ in range(2):
        passing(model, 4 * LEAST, LONG)
    before, _ = films(model)
    passing(model, 0.0, LONG)
    assert np.array_equal(films(model)[0], before)


@pytest.mark.parametrize(("opened", "left"), [(3.5, 4.0), (0.5, 1.0)])
def test_liquid_is_as_wide_as_films_leave_it_and_never_less_than_at_first(opened, left):
    """opened: by what dissolved and no product fills on each side, left: of the liquid; in h."""
    model = wet_pair()
    ratio = model.slow["dissolution"].law[1].volume_ratio[0]
    _, *films = model.state.sides("film")
    _, *recession = model.state.sides("recession")
    for film, receded in zip(films, recession, strict=True):
        film[:], receded[:] = 2 * LEAST, opened * LEAST / (1 - ratio)
    model.update_conditions()
    along = model.electro.network.along.x.array
    assert along.max() == pytest.approx(model.surfaces.liquid.conductivity_along * left * LEAST)


def test_no_more_current_flows_than_confined_films_take():
    model = wet_pair()
    dt, gap = 1e5, 1.2 * LEAST
    passing(model, gap, dt)
    before = model.state.sides("film").plus.copy()
    before[:] *= 0.5
    model.state.sides("film").plus[:] = before
    passing(model, gap, dt)
    drawn = model.state.sides("oxidation").plus * dt
    grown = model.state.sides("film").plus - before
    charge = FILM.lithium_per_volume * FILM.electrons_per_lithium * FARADAY * COULOMB / METRE**3
    assert grown.max() == pytest.approx(0.05 * LEAST, rel=1e-9)
    assert drawn == pytest.approx(charge * grown, rel=1e-9)

"""A coating keeps liquid out of the boundaries until one of them breaks it."""

import numpy as np
import pytest

from tests.networks import built, static_case
from tests.particles import disc, meshed, moment

WIDE = 2e-3  # um: enough for liquid, and for the coating to break
COATED = ("particle.coating.thickness=20 nm", "physics.wetting.enabled=true")
LAYER = "particle.coating.coverage=0.5"
PLACE = disc(12, 1.2, 0.35, 0.25)


def model_of(*overrides):
    case = static_case(*PLACE, *overrides)
    return built(case, meshed(case))


def between_oxides(model):
    laws = model.slow.places.points
    return laws.plus_oxide & laws.minus_oxide


def wet_after(model, torn):
    """Which points are wet when all grains are apart, and damage has been at `torn` ones."""
    apart = np.where(between_oxides(model), WIDE, 0.0)
    model.state["max_opening"][:] = np.where(torn, WIDE, 0.0)
    now = moment(model, gap=apart, damage=np.zeros_like(apart))
    model.slow["wetting"].advance(now, 60.0)
    return model.state["wetness"] > 0


@pytest.fixture(scope="module")
def coated():
    return model_of(*COATED)


def test_mouths_under_a_coating_are_those_of_the_bare_particle(coated):
    bare = model_of("physics.wetting.enabled=true")
    assert bare.spaces.network.mouth.sum() > 3
    assert coated.spaces.network.covered.sum() == bare.spaces.network.mouth.sum()
    assert not coated.spaces.network.mouth.any()
    assert not bare.spaces.network.covered.any()
    assert not coated.spaces.network.covered[~between_oxides(coated)].any()


def test_pinholes_leave_the_rest_covered():
    network = model_of(*COATED, LAYER).spaces.network
    assert network.mouth.any()
    assert network.covered[network.mouth == 0].any()


def test_nothing_gets_wet_below_a_whole_coating(coated):
    assert not wet_after(coated, np.zeros(coated.spaces.boundaries.n_points, bool)).any()
    assert not coated.slow.places.open_mouths(coated.state["max_opening"]).any()


def test_liquid_enters_where_a_boundary_has_broken_the_coating():
    model = model_of(*COATED)
    network = model.spaces.network
    torn = np.arange(len(network.covered)) == np.flatnonzero(network.covered)[0]
    wet = wet_after(model, torn)
    assert np.array_equal(wet, between_oxides(model))  # they are all connected
    mouths = model.slow.places.open_mouths(model.state["max_opening"])
    assert np.array_equal(mouths > 0, torn)  # wet from inside is no way out for ions


def test_a_boundary_that_opened_inside_does_not_break_the_coating():
    model = model_of(*COATED)
    assert not wet_after(model, model.spaces.network.covered == 0).any()


def test_a_broken_coating_lets_liquid_into_what_it_sealed():
    model = model_of(*COATED, "physics.initial_wetting.area=0.2 m^2/g")
    pervious, covered = model.state["pervious"] >= 1.0, model.spaces.network.covered > 0
    model.state["max_opening"][:] = np.where(covered & pervious, WIDE, 0.0)
    none = np.zeros(len(covered))
    model.slow["wetting"].advance(moment(model, gap=none, damage=none), 60.0)
    assert pervious.any()
    assert np.array_equal(model.state["wetness"] > 0, pervious)

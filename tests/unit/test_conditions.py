"""What ions meet at the surfaces: wet, dry, filled, cracked, coated."""

from dataclasses import replace

import numpy as np
import pytest

from solver.materials import load_boundary_material, load_filler_material
from solver.materials.electrolyte import load_electrolyte_material, load_interphase_material
from solver.model.electro.conditions import LEAST_CONTACT, set_conditions
from solver.units.constants import METRE, OHM, SIEMENS
from tests.networks import brick_particle, built, static_case

THERMAL = 8.314462618 * 298.15 / 96485.33212  # V
LPO, LIQUID = load_filler_material("lpo"), load_electrolyte_material("carbonate")
PER_AREA = SIEMENS / METRE**2
CASE = static_case("physics.wetting.enabled=true", "physics.interphase.enabled=true")


@pytest.fixture
def three():
    """Three grains in a row: the first boundary filled with LPO, the second dry."""
    particle = brick_particle((3.0, 1.0), (6, 2), (3, 1), states={(0, 1): "lpo"})
    return built(CASE, particle)


def between(model, low, high):
    return (model.spaces.boundaries.pair == [low, high]).all(axis=1)


def passages(model, separation=0.0, opening=0.0, laws=None):
    n = model.spaces.boundaries.n_points
    made = model.slow.modify(model.present())
    damage, gap = np.full(n, separation), np.full(n, opening)
    set_conditions(model.electro, laws or model.surfaces, made, damage, gap)
    return model.electro.held.passages


def test_a_dry_boundary_lets_lithium_pass_from_grain_to_grain_alone(three):
    now, here = passages(three), between(three, 1, 2)
    assert not now.plus.open[here].any()
    assert not now.minus.open[here].any()
    bonded = 1 / (load_boundary_material("dry").lithium_conductance * PER_AREA)
    assert np.all(np.isinf(now.contact.constant[here]))
    assert now.contact.resistance[here] == pytest.approx(bonded, rel=1e-12)


def test_a_filled_boundary_reacts_with_both_sides_and_joins_them_through_its_filling(three):
    now, here = passages(three), between(three, 0, 1)
    half = 0.5 * load_boundary_material("lpo").thickness / LPO.conductivity(298.15) * OHM
    for side in (now.plus, now.minus):
        assert side.constant[here] == pytest.approx(LPO.oxide_conductance * THERMAL, rel=1e-6)
        assert side.resistance[here] == pytest.approx(half * METRE**2, rel=1e-12)
        assert not side.liquid[here].any()
    assert not now.contact.open[here].any()


def test_separation_takes_the_contact_of_fillings_and_oxides_away(three):
    whole, half = passages(three), passages(three, separation=0.5)
    filled, dry = between(three, 0, 1), between(three, 1, 2)
    assert half.plus.constant[filled] == pytest.approx(whole.plus.constant[filled] / 2)
    assert half.plus.resistance[filled] == pytest.approx(2 * whole.plus.resistance[filled])
    assert half.contact.resistance[dry] == pytest.approx(2 * whole.contact.resistance[dry])
    none = passages(three, separation=1.0)
    assert none.plus.constant[filled] == pytest.approx(LEAST_CONTACT * whole.plus.constant[filled])


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_a_wet_side_is_oxide_film_and_half_the_liquid_in_series(three, share):
    here = between(three, 1, 2)
    three.state["wetness"][:] = share * here
    three.state.sides("film").plus[:], three.state.sides("film").minus[:] = 0.004, 0.0
    three.state.sides("oxidation").plus[:] = three.state.sides("oxidation").minus[:] = 0.7
    now, width = passages(three, opening=0.5), 0.5 - 0.004
    kappa = LIQUID.conductivity(298.15) * SIEMENS / METRE
    film = load_interphase_material("carbonate").resistivity(298.15) * OHM * METRE * 0.004
    for side, own in ((now.plus, film), (now.minus, 0.0)):
        assert side.liquid[here] == pytest.approx(share * LIQUID.charge_transfer)
        exact = (own + width / 2 / kappa) / share
        assert side.resistance[here] == pytest.approx(exact, rel=1e-9)
        assert side.capacity[here] == pytest.approx(share * LIQUID.double_layer)
        assert side.bridged[here] == pytest.approx(own / share, rel=1e-9)
        assert side.parasitic[here] == pytest.approx(share * 0.7, rel=1e-12)


def test_liquid_conducts_along_what_is_open_and_at_least_along_its_own_width(three):
    here, network = between(three, 1, 2), three.electro.network
    three.state["wetness"][:] = here
    kappa = LIQUID.conductivity(298.15) * SIEMENS / METRE
    least = load_boundary_material("liquid").thickness * METRE
    for opening, width in ((0.5, 0.5), (1e-6, least), (-0.1, least)):
        passages(three, opening=opening)
        assert network.along.x.array[here] == pytest.approx(kappa * width, rel=1e-9)


def test_the_outside_is_as_rough_as_the_case_says(three):
    places = replace(three.slow.places, roughness=4.0)
    rough = replace(three.surfaces, places=places)
    three.state.sides("film").outside[:], three.state.sides("oxidation").outside[:] = 0.003, 0.7
    smooth = passages(three).outside
    four = passages(three, laws=rough).outside
    film = load_interphase_material("carbonate").resistivity(298.15) * OHM * METRE * 0.003
    assert smooth.bridged == pytest.approx(film, rel=1e-9)
    assert smooth.parasitic == pytest.approx(0.7, rel=1e-12)
    for name, factor in (
        ("liquid", 4.0),
        ("capacity", 4.0),
        ("resistance", 0.25),
        ("bridged", 0.25),
        ("parasitic", 4.0),
        ("relaxation", 1.0),
    ):
        assert getattr(four, name) == pytest.approx(factor * getattr(smooth, name)), name


def test_a_coating_is_reached_by_its_own_conductance_and_bears_its_own_film():
    number = [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    particle = brick_particle((4.0, 3.0), (8, 6), (4, 3), number)
    model = built(CASE, replace(particle, is_filler=np.array([False, True])))
    outside = model.electro.outer_area > 0
    now = passages(model)
    film = load_interphase_material("fluoride").resistivity(298.15) * OHM * METRE
    assert not now.outside.liquid.any()
    exchange = LPO.electrolyte_conductance * PER_AREA * THERMAL
    assert now.outside.constant[outside] == pytest.approx(exchange, rel=1e-6)
    assert now.outside.resistance[outside] == pytest.approx(
        film * model.state.sides("film").outside[outside], rel=1e-12
    )
    assert now.contact.constant == pytest.approx(LPO.oxide_conductance * PER_AREA * THERMAL, 1e-6)


@pytest.mark.parametrize("kind", ["lithium", "electrons"])
def test_cracks_block_only_what_they_are_told_to(kind):
    case = static_case(f"physics.crack_blocks_{kind}.enabled=false")
    model = built(case, brick_particle((2.0, 1.0), (4, 2), (2, 1)))
    passages(model)
    electro = model.electro
    resistance = electro.held.passages.contact.resistance.copy()
    electrons = electro.electron_contact.x.array.copy()
    passages(model, separation=1.0)
    keeps_lithium = np.allclose(electro.held.passages.contact.resistance, resistance)
    keeps_electrons = np.allclose(electro.electron_contact.x.array, electrons)
    assert (keeps_lithium, keeps_electrons) == (kind == "lithium", kind == "electrons")


def test_a_crack_between_oxide_and_filler_lets_no_lithium_pass():
    number = [0, 0, 1, 1]
    particle = brick_particle((4.0, 1.0), (8, 2), (4, 1), number)
    model = built(CASE, replace(particle, is_filler=np.array([False, True])))
    whole = LPO.oxide_conductance * PER_AREA * THERMAL
    for separation, left in ((0.0, 1.0), (0.25, 0.75), (1.0, LEAST_CONTACT)):
        contact = passages(model, separation=separation).contact
        assert contact.constant == pytest.approx(left * whole, rel=1e-6)
        assert contact.capacity == pytest.approx(left * LIQUID.double_layer, rel=1e-6, abs=0)


def test_currents_are_told_by_what_they_go_into(three):
    """Per side 2 and 3 pA/um^2 into the liquid, 7 and 11 into the filling, on 1 um each."""
    filled, wet = between(three, 0, 1), between(three, 1, 2)
    three.state["wetness"][:] = 0.5 * wet
    three.state.sides("oxidation").plus[:] = 0.4 * wet
    passages(three)
    for side, into_liquid, into_filling in (("plus", 2.0, 7.0), ("minus", 3.0, 11.0)):
        current = getattr(three.state.sides("current"), side)
        current[:] = np.where(wet, into_liquid, np.where(filled, into_filling, 0.0))
    three.state.sides("current").outside[:] = 0.25
    outside, parasitic = three.electro.outer_area.sum(), 0.4 * 0.5
    assert three.electro.currents() == pytest.approx(
        {
            "outside": 0.25 * outside,
            "wet": 2.0 + 3.0 + parasitic,
            "filled": 7.0 + 11.0,
            "parasitic": parasitic,
        }
    )
    assert three.electro.total_current() == pytest.approx(0.25 * outside + 23.0 + parasitic)

"""Electrolytes and interphase films meet the known facts, and grow as their sources say."""

import numpy as np
import pytest

from solver.materials import (
    MaterialError,
    load_electrolyte_material,
    load_filler_material,
    load_interphase_material,
)

ROOM, WARM = 298.15, 333.15
CYCLED = 4.6e6  # s, 200 cycles at C/3


def parabolic(film, time):
    return np.sqrt(film.initial_thickness**2 + film.parabolic_rate(ROOM) * time)


def self_limiting(film, time):
    rate, limit = film.limited_rate(ROOM), film.limiting_thickness
    start = film.initial_thickness
    return start + limit * np.log1p(rate * time / limit * np.exp(-start / limit))


def test_the_liquid_conducts_as_measured_at_both_temperatures():
    liquid = load_electrolyte_material("carbonate")
    assert liquid.conductivity(ROOM) == pytest.approx(1.19)
    assert liquid.conductivity(WARM) == pytest.approx(2.00, rel=1e-3)
    assert (liquid.double_layer, liquid.charge_transfer) == (0.2, 1.0)


def test_the_polymer_conducts_less_and_slows_the_reaction():
    polymer, liquid = map(load_electrolyte_material, ("polymer", "carbonate"))
    assert polymer.conductivity(ROOM) == pytest.approx(0.02)
    assert polymer.charge_transfer < liquid.charge_transfer


def test_the_phosphate_conducts_as_its_barrier_of_half_an_electronvolt_says():
    conductivity = load_filler_material("lpo").conductivity
    assert conductivity(ROOM) == pytest.approx(3.3e-6)
    assert conductivity(WARM) / conductivity(299.15) == pytest.approx(7.6, rel=0.02)


@pytest.mark.parametrize(("temperature", "ratio"), [(ROOM, 10.3), (WARM, 8.1)])
def test_fluoride_conducts_better_by_the_difference_of_the_barriers(temperature, ratio):
    carbonate, fluoride = map(load_interphase_material, ("carbonate", "fluoride"))
    found = carbonate.resistivity(temperature) / fluoride.resistivity(temperature)
    assert found == pytest.approx(ratio, rel=0.02)


@pytest.mark.parametrize("growth", [parabolic, self_limiting])
def test_the_bare_film_reaches_the_order_of_a_film_on_graphite(growth):
    film = load_interphase_material("carbonate")
    thickness = growth(film, CYCLED)
    assert thickness == pytest.approx(25e-9, rel=0.03)
    assert film.resistivity(ROOM) * thickness == pytest.approx(49e-4, rel=0.03)  # 49 ohm cm^2


@pytest.mark.parametrize("growth", [parabolic, self_limiting])
def test_the_bare_film_grows_faster_and_less_evenly_than_the_coated(growth):
    bare, coated = map(load_interphase_material, ("carbonate", "fluoride"))
    for time in (1e4, 1e5, CYCLED):
        gain = [growth(film, time) - film.initial_thickness for film in (bare, coated)]
        assert gain[0] > 1.5 * gain[1]
    assert bare.scatter > coated.scatter
    assert bare.coverage < coated.coverage == 1.0


@pytest.mark.parametrize("name", ["carbonate", "fluoride"])
def test_films_grow_and_conduct_faster_when_warm(name):
    film = load_interphase_material(name)
    for rate in (film.parabolic_rate, film.limited_rate, film.conductivity):
        assert 1.5 < rate(WARM) / rate(ROOM) < 6


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(MaterialError, match=r"unknown electrolyte 'polymar' .*'polymer'"):
        load_electrolyte_material("polymar")
    with pytest.raises(MaterialError, match=r"unknown interphase 'floride' .*'fluoride'"):
        load_interphase_material("floride")


def test_the_dielectric_of_a_film_bridges_it_within_its_time():
    film = load_interphase_material("carbonate")
    exact = 8.8541878128e-12 * film.permittivity / film.conductivity(WARM)
    assert film.relaxation(WARM) == pytest.approx(exact, rel=1e-9, abs=0)
    assert film.relaxation(WARM) < film.relaxation(ROOM)

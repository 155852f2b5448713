"""Grains of two oxides: what they share, and that each follows its own laws."""

from dataclasses import replace

import numpy as np
import pytest

from solver.materials import load_grain_material
from solver.materials.library import MaterialStiffness
from solver.model.boundary_laws import materials_of
from solver.model.build import build_model
from solver.units.constants import METRE, OHM
from tests.particles import case_of, disc, meshed, ran, strip
from tests.ranks import on_ranks
from tests.verification.test_ranks_agree import norms
from tests.verification.test_stress_in_potential import stress_parts_of_grains

HERE = "tests.verification.test_two_oxides"
RIGHT = "materials.regions=[{material: LCO, grains: [grain_1]}]"
CORE = "materials.regions=[{material: NMC532, within: 0.8 um}]"
AXES = [[1.0, 0.0, 0.0], [0.0, 0.6, 0.8]]
GRAINS = disc(12, 1.5, 0.35, 0.3)


def bicrystal(protocol, *overrides):
    """NMC76 on the left, LCO on the right; boundaries that hold."""
    case = case_of(protocol, RIGHT, "physics.cohesive.enabled=false", *overrides)
    return build_model(case, strip(1.0, 0.5, 8, 4, AXES))


@pytest.fixture(scope="module")
def rested():
    """After some charge, and a rest in which all lithium settles."""
    model = bicrystal(
        "[{charge: {rate: C/2, until: {time: 2000 s}}}, {rest: {until: {time: 1e7 s}}}]",
        "physics.swelling.enabled=false",
        "initial.occupancy=0.9",
        "numerics.time_step.maximum=1e6",
        "numerics.newton_tolerance=1e-11",
    )
    return model, ran(model)[1]


def test_oxides_start_at_one_potential():
    model = bicrystal("[{rest: {until: {time: 1 s}}}]", "initial.occupancy=0.9")
    x = model.state["occupancy"]
    left, right = (x[model.spaces.grain_of_node == number] for number in (0, 1))
    assert np.ptp(left) == np.ptp(right) == 0.0
    level, other = (load_grain_material(name).potential.value for name in ("NMC76", "LCO"))
    assert left[0] == 0.9
    assert abs(right[0] - 0.9) > 0.02
    assert float(other(right[0])) == pytest.approx(float(level(0.9)), abs=1e-9)


def test_at_rest_oxides_share_the_potential_and_lithium_is_split_by_both_curves(rested):
    model, recorder = rested
    x, voltage = model.state["occupancy"], recorder.rows[-1]["Voltage / V"]
    for number, name in enumerate(("NMC76", "LCO")):
        own = x[model.spaces.grain_of_node == number]
        potential = load_grain_material(name).potential.value(own)
        print(f"{name}: x = {own.mean():.4f}, potential {potential.mean():.6f} V")
        assert potential == pytest.approx(np.full(len(own), voltage), abs=1e-6)
    assert recorder.rows[0]["Voltage / V"] + 0.05 < voltage


def test_the_lithium_taken_out_is_the_sum_of_what_each_oxide_gave(rested):
    model, recorder = rested
    grain, volume = model.spaces.grain_of_node, model.mechanics.node_volume
    x, sites = model.state["occupancy"], 0.0
    left = 0.0
    for number, name in enumerate(("NMC76", "LCO")):
        own = load_grain_material(name).max_concentration * 1e-3 * volume[grain == number]
        left, sites = left + own @ x[grain == number], sites + own.sum()
    assert model.lithium() == pytest.approx(left, rel=1e-12)
    assert recorder.rows[-1]["Mean Occupancy / 1"] == pytest.approx(left / sites, rel=1e-12)
    assert recorder.column("Lithium Error / 1").max() < 1e-10


def test_mass_and_sites_are_those_of_both(rested):
    model, _ = rested
    nmc, lco = load_grain_material("NMC76"), load_grain_material("LCO")
    assert model.extent.volume == pytest.approx(0.5, rel=1e-12)
    assert model.extent.mass == pytest.approx(0.25e-18 * (nmc.density + lco.density), rel=1e-12)
    both = 0.25e-3 * (nmc.max_concentration + lco.max_concentration)
    assert model.sites() == pytest.approx(both, rel=1e-12)
    assert nmc.density != lco.density
    mean = 0.5e6 * (nmc.lattice_a + lco.lattice_a)
    assert model.with_chemistry.lattice_a == pytest.approx(
        np.full(model.spaces.boundaries.n_points, mean)
    )
    assert nmc.lattice_a != lco.lattice_a


def test_the_outside_has_the_fresh_film_of_the_oxide_below_it():
    case = case_of("[{rest: {until: {time: 1 s}}}]", RIGHT, "physics.cohesive.enabled=false")
    particle = strip(1.0, 0.5, 8, 4, AXES)
    known = materials_of(case, particle)
    filmed = replace(known.others[0], surface_film_resistance=2e-3)
    model = build_model(case, particle, known._replace(others=(filmed,)))
    exact = 2e-3 * OHM * METRE**2 * (model.spaces.grain_of_node == 1)
    assert known.grain.surface_film_resistance == 0.0
    assert model.surfaces.film_resistance == pytest.approx(exact)


def test_the_stress_of_the_cells_is_the_derivative_of_the_energy_in_both():
    """With the stiffness, the strains and the sites of the oxide where it is looked at."""
    model = bicrystal("[{rest: {until: {time: 1 s}}}]", "initial.occupancy=0.6")
    for part, found in stress_parts_of_grains(model):
        assert abs(part) > 1e-3
        assert found == pytest.approx(part, rel=1e-4)


def cycled(materials=None, *overrides):
    """Twelve grains that swell, crack and take liquid in, with other materials if given."""
    case = case_of(
        "[{charge: {rate: 1C, until: {time: 1200}}}, {discharge: {rate: 1C, until: {time: 300}}}]",
        *GRAINS,
        "physics.cohesive.strength=0.5 GPa",
        "physics.cohesive.toughness=1 J/m^2",
        "physics.wetting.enabled=true",
        "physics.initial_wetting.area=0.1 m^2/g",
        "numerics.time_step.fixed=60",
        *overrides,
    )
    particle = meshed(case)
    known = materials_of(case, particle)
    model = build_model(case, particle, materials(known) if materials else known)
    _, recorder, outcome = ran(model)
    assert outcome.status == "finished", outcome.reason
    return recorder


def all_but_the_same(oxide):
    """The same material, but that no two numbers are equal: each takes the way of its own."""
    near = 1.0 + 1e-13
    numbers = ("max_concentration", "density", "lattice_a", "diffusivity_ratio")
    changed = {name: near * getattr(oxide, name) for name in (*numbers, "collector_conductance")}
    stiffness = MaterialStiffness(*(near * value for value in vars(oxide.stiffness).values()))
    return replace(oxide, stiffness=stiffness, surface_film_resistance=1e-30, **changed)


@pytest.mark.slow
def test_two_names_for_one_oxide_change_nothing():
    one = cycled()
    core = "materials.regions=[{material: NMC76, within: 0.8 um}]"
    two = cycled(lambda known: known._replace(others=(all_but_the_same(known.grain),)), core)
    for name in (
        "Voltage / V",
        "Elastic Energy / J.m-1",
        "Mean Damage / 1",
        "Wet Area / m2.g-1",
        "Capacity / mA.h.g-1",
    ):
        first, second = one.column(name), two.column(name)
        assert np.abs(first).max() > 0
        assert np.abs(second - first).max() < 1e-6 * np.abs(first).max(), name


def test_a_core_of_another_oxide_is_another_particle():
    one, two = cycled(), cycled(None, CORE)
    assert two.rows[-1]["Lithium Error / 1"] < 1e-10
    assert abs(one.rows[15]["Voltage / V"] - two.rows[15]["Voltage / V"]) > 2e-3


def core_shell(comm):
    """A short charge of a core in a shell."""
    case = case_of(
        "[{charge: {rate: 1C, until: {time: 600 s}}}]",
        *GRAINS,
        CORE,
        "physics.cohesive.strength=0.8 GPa",
        "physics.cohesive.toughness=4 J/m^2",
        "numerics.time_step.fixed=60",
        "numerics.stagger_tolerance=1e-8 V",
        "numerics.newton_tolerance=1e-10",
    )
    model = build_model(case, meshed(case, comm))
    _, recorder, outcome = ran(model)
    row = recorder.rows[-1]
    names = ("Voltage / V", "Mean Occupancy / 1", "Elastic Energy / J.m-1")
    return {"status": outcome.status, "norms": [*norms(model), *(row[name] for name in names)]}


@pytest.mark.slow
def test_ranks_agree():
    one, two = (on_ranks(n, f"{HERE}:core_shell") for n in (1, 2))
    assert one["status"] == "finished"
    first, second = np.array(one["norms"]), np.array(two["norms"])
    worst = (np.abs(first - second) / np.abs(first)).max()
    print(f"core and shell on 1 and 2 ranks: largest relative difference {worst:.1e}")
    assert worst < 1e-6

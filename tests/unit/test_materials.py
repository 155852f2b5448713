"""The shipped oxides and boundaries meet the known facts; a wrong file is named and explained."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from solver.materials import (
    MaterialError,
    load_boundary_material,
    load_grain_material,
)
from solver.materials.catalogue import values
from solver.materials.cited import occupancy_at
from solver.materials.library import FOLDER, grain_materials
from solver.units.constants import FARADAY

NICKEL_RICH = ["NMC76", "NMC811"]
GRAINS = ["LCO", "NMC532", *NICKEL_RICH]
ROOM, WARM = 298.15, 333.15


@pytest.fixture(params=GRAINS)
def grain(request):
    return load_grain_material(request.param)


@pytest.fixture(params=NICKEL_RICH)
def nickel_rich(request):
    return load_grain_material(request.param)


def test_the_library_holds_the_promised_materials():
    assert grain_materials() == GRAINS


@pytest.mark.parametrize("temperature", [ROOM, WARM])
def test_every_law_is_finite_and_has_its_sign(grain, temperature):
    x = np.linspace(0.0, 1.0, 10001)
    potential, diffusivity = grain.potential_at(temperature), grain.diffusivity(temperature)
    reaction = grain.exchange_current(temperature)
    for law in (potential, diffusivity, reaction, grain.strain_a, grain.strain_c, grain.entropic):
        for function in (law.value, law.slope, law.curvature):
            assert np.all(np.isfinite(function(x)))
    assert np.all(potential.slope(x) < 0)
    assert np.all(diffusivity.value(x) > 0)
    assert np.all(reaction.value(x) > 0)


def test_every_potential_spans_the_windows_of_the_cells(grain):
    low, high = grain.potential.value(np.array([0.999, 0.15]))
    assert low < 2.5
    assert high >= 4.5


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("NMC532", {0.30: 4.380, 0.40: 4.171, 0.50: 3.993, 0.70: 3.757, 0.90: 3.664}),
        ("LCO", {0.50: 4.162, 0.60: 4.017, 0.70: 3.930, 0.80: 3.895, 0.90: 3.875}),
    ],
)
def test_potential_follows_its_source(name, points):
    potential = load_grain_material(name).potential
    for x, voltage in points.items():
        assert potential.value(np.array(x)) == pytest.approx(voltage, abs=1e-3)


def test_532_reaches_4_5_volt_at_a_quarter():
    potential = load_grain_material("NMC532").potential
    assert potential.value(np.array(0.25)) == pytest.approx(4.5, abs=0.02)


def test_532_and_811_have_one_lattice_at_one_occupancy():
    mild, rich = map(load_grain_material, ("NMC532", "NMC811"))
    x = np.linspace(0.0, 1.0, 101)
    for law in ("strain_a", "strain_c"):
        assert getattr(mild, law).value(x) == pytest.approx(getattr(rich, law).value(x))


def test_532_shrinks_less_up_to_4_3_volt_as_more_lithium_is_left():
    mild = load_grain_material("NMC532")
    left = np.array(occupancy_at(mild, 4.3))
    change = (1 + mild.strain_a.value(left)) ** 2 * (1 + mild.strain_c.value(left)) - 1
    assert change == pytest.approx(-0.022, abs=5e-4)


def test_cobalt_oxide_widens_by_its_layers_and_hardly_within_them():
    oxide = load_grain_material("LCO")
    assert oxide.strain_c.value(np.array(0.5)) == pytest.approx(0.023)
    assert oxide.strain_a.value(np.array(0.5)) == pytest.approx(-0.002)
    assert oxide.diffusivity(ROOM).value(np.array(0.3)) == pytest.approx(5.387e-15, rel=1e-3, abs=0)


def test_potential_follows_the_data_and_reaches_the_window(nickel_rich):
    U = nickel_rich.potential.value
    known = {
        0.30: 4.181,
        0.40: 4.062,
        0.50: 3.945,
        0.60: 3.818,
        0.70: 3.742,
        0.80: 3.670,
        0.90: 3.589,
    }
    for x, voltage in known.items():
        assert U(np.array(x)) == pytest.approx(voltage, abs=2e-3)
    assert U(np.array(0.2167)) == pytest.approx(4.297, abs=8e-3)  # end of the data
    assert U(np.array(0.15)) == pytest.approx(4.5)
    assert U(np.array(0.99)) == pytest.approx(2.7)
    assert U(np.array(0.04)) > 4.7
    assert U(np.array(0.993)) < 2.5


def test_the_range_of_the_data_is_told(nickel_rich):
    assert nickel_rich.known_range == (0.2297, 0.9497)
    assert nickel_rich.known_strain_range == (0.21, 1.0)


def test_entropy_moves_the_potential_by_a_few_millivolts_when_warm(nickel_rich):
    x = np.linspace(0.05, 0.98, 200)
    warm = nickel_rich.potential_at(WARM)
    moved = warm.value(x) - nickel_rich.potential.value(x)
    assert moved.min() == pytest.approx(35 * -0.06656e-3, rel=0.01)
    assert moved.max() == pytest.approx(35 * 0.04006e-3, rel=0.01)
    assert np.all(warm.slope(np.linspace(0, 1, 10001)) < 0)


def test_the_potential_at_room_temperature_is_that_of_the_data(grain):
    assert grain.potential_at(ROOM) is grain.potential


def test_a_temperature_at_which_the_potential_would_rise_is_refused(nickel_rich):
    with pytest.raises(MaterialError, match=r"at 2000 K: the law does not fall near x = 0\."):
        nickel_rich.potential_at(2000.0)


def test_strains_pass_through_what_diffraction_gives(nickel_rich):
    c, a = nickel_rich.strain_c.value, nickel_rich.strain_a.value
    assert c(np.array(0.2087)) == pytest.approx(14.0078 / 14.1918 - 1, abs=1e-4)
    assert a(np.array(0.2087)) == pytest.approx(2.8117 / 2.8704 - 1, abs=5e-4)
    after_100 = np.array(1 - 0.8995 * 99.45 / 275.5)  # mAh/g in the diffraction cell
    assert c(after_100) == pytest.approx(14.3406 / 14.1918 - 1, abs=5e-4)
    assert a(after_100) == pytest.approx(2.8444 / 2.8704 - 1, abs=5e-4)
    assert a(np.array(1.0)) == pytest.approx(0.0, abs=1e-15)
    assert c(np.array(1.0)) == pytest.approx(0.0, abs=1e-15)


def test_the_grains_of_a_uniform_particle_fit_again_far_above_what_is_measured(nickel_rich):
    x = np.linspace(0.1, 0.3, 2001)
    mismatch = nickel_rich.strain_c.value(x) - nickel_rich.strain_a.value(x)
    assert nickel_rich.potential.value(x[np.argmin(abs(mismatch))]) == pytest.approx(4.39, abs=0.01)
    assert x[np.argmin(abs(mismatch))] < nickel_rich.known_strain_range[0]


def test_c_grows_then_collapses_while_a_only_shrinks(grain):
    x = np.linspace(0.0, 1.0, 1001)
    peak = x[np.argmax(grain.strain_c.value(x))]
    assert 0.4 < peak < 0.45
    assert np.all(grain.strain_c.slope(x[x < peak - 0.01]) > 0)
    assert np.all(grain.strain_c.slope(x[x > peak + 0.01]) < 0)
    assert np.all(grain.strain_a.slope(x) > 0)


def test_theoretical_capacity_follows_from_concentration_and_density(grain):
    capacity = FARADAY * grain.max_concentration / grain.density / 3600  # mAh/g
    expected = {"NMC76": 275.9, "NMC811": 275.5, "NMC532": 277.6, "LCO": 273.9}[grain.name]
    assert capacity == pytest.approx(expected, abs=0.2)


def test_stiffness_is_positive_definite_and_softer_along_c(grain):
    C = grain.stiffness
    assert np.linalg.eigvalsh(C.voigt()).min() > 0
    assert C.C33 < C.C11
    bulk = (2 * C.C11 + C.C33 + 2 * C.C12 + 4 * C.C13) / 9
    shear = (2 * C.C11 + C.C33 - C.C12 - 2 * C.C13 + 6 * C.C44 + 3 * C.C66) / 15
    young = {"LCO": 187e9}.get(grain.name, 147e9)
    assert 9 * bulk * shear / (3 * bulk + shear) == pytest.approx(young, rel=0.01)
    assert (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear) == pytest.approx(0.25, abs=0.01)


def test_diffusion_and_reaction_are_faster_when_warm(grain):
    x = np.linspace(0.1, 0.9, 50)
    for rate in (grain.diffusivity, grain.exchange_current):
        assert np.all(rate(WARM).value(x) > 1.2 * rate(ROOM).value(x))


def test_diffusion_lets_c_over_3_through(nickel_rich):
    basis = 200 / 3 * nickel_rich.density
    speed = basis / (FARADAY * nickel_rich.max_concentration)  # dx/dt at C/3
    diffusivity = nickel_rich.diffusivity(ROOM).value(np.array(0.6))
    assert speed * (5e-6) ** 2 / (4 * 0.6 * diffusivity) < 0.2  # centre to rim


def test_exchange_current_is_that_of_its_source_at_half_occupancy(grain):
    i0 = grain.exchange_current(ROOM)
    expected = {"NMC76": 3.41, "NMC811": 3.41, "NMC532": 2.70, "LCO": 0.76}[grain.name]
    assert i0.value(np.array(0.5)) == pytest.approx(expected)
    assert i0.value(np.array([1e-9, 1 - 1e-9])).max() < 0.01


def test_boundaries_are_stiff_and_filled_ones_stronger():
    dry, lpo = load_boundary_material("dry"), load_boundary_material("lpo")
    assert (dry.strength, dry.toughness) == (2e9, 10.0)
    assert lpo.strength > dry.strength
    assert lpo.toughness > dry.toughness
    for boundary in (dry, lpo):
        assert (
            boundary.strength / boundary.penalty < 0.1 * 2 * boundary.toughness / boundary.strength
        )


def test_only_filled_boundaries_have_a_thickness():
    dry, liquid, lpo = map(load_boundary_material, ("dry", "liquid", "lpo"))
    assert (dry.thickness, liquid.thickness) == (0.0, 1e-9)
    assert 1e-9 <= lpo.thickness <= 10e-9
    assert lpo.ionic_conductivity_factor == liquid.ionic_conductivity_factor == 1.0


def test_pristine_and_filled_boundaries_carry_the_same():
    dry, lpo = load_boundary_material("dry"), load_boundary_material("lpo")
    assert dry.lithium_conductance == lpo.lithium_conductance
    assert dry.electron_conductance == lpo.electron_conductance


def test_bonded_contacts_cost_less_than_a_millivolt_at_c_over_3():
    dry = load_boundary_material("dry")
    assert 1.0 / dry.lithium_conductance < 1e-3
    assert 1.0 / dry.electron_conductance < 1e-3


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(MaterialError, match="did you mean 'NMC811'"):
        load_grain_material("NCM811")
    with pytest.raises(MaterialError, match="known here: dry, liquid, lpo"):
        load_boundary_material("soaked")


def altered(tmp_path, change):
    data = YAML(typ="safe").load(FOLDER / "NMC811.yaml")
    change(data)
    path = tmp_path / "mine.yaml"
    YAML().dump(data, path)
    return str(path)


def test_a_material_may_be_a_file_of_the_user(tmp_path):
    path = altered(tmp_path, lambda data: data["density"].update(value=4.8, unit="g/cm^3"))
    assert load_grain_material(path).density == pytest.approx(4800)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.pop("density"), "density: is missing"),
        (lambda d: d["density"].update(unit="kg"), r"density.unit: 'kg' is not a unit .* g/cm\^3"),
        (lambda d: d["density"].pop("unit"), r"density.unit: needs a unit .*, such as g/cm\^3"),
        (lambda d: d["density"].pop("source"), "density: needs a source, assumed: true"),
        (lambda d: d["density"].update(source=3), "density.source: expected a text, got 3"),
        (lambda d: d["density"].update(value=-1), "density.value: must be positive, got -1 kg"),
        (lambda d: d["density"].update(value="much"), "value: expected a number, got 'much'"),
        (lambda d: d["density"].update(value=float("nan")), "value: expected a finite number"),
        (lambda d: d["density"].update(value=10**400), "value: expected a finite number"),
        (lambda d: d.update(density=[4.8]), r"density: expected a mapping of keys, got \[4\.8\]"),
        (lambda d: d.update(name={"a": 1}), "name: expected a text of one line"),
        (lambda d: d.update(densty={"value": 1}), "densty: unknown key .*did you mean 'density'"),
        (lambda d: d["density"].update(sourse=""), r"density.sourse: unknown key .* 'source'"),
        (lambda d: d["potential"]["value"].reverse(), "potential: the law does not fall"),
        (lambda d: d["strain_a"]["value"].pop(), "strain_a: has 12 occupancies but 11 values"),
        (lambda d: d["strain_a"].pop("occupancy"), "strain_a.occupancy: expected a list of num"),
        (lambda d: d["strain_a"]["occupancy"].insert(2, 0.05), "must increase, but 0.05 follows"),
        (lambda d: d["strain_a"]["occupancy"].append(1.2), "between 0 and 1, got 1.2"),
        (lambda d: d["strain_a"].update(occupancy=[0.5], value=[0]), "needs 4 or more .* got 1"),
        (lambda d: d["diffusivity"].update(occupancy=[], value=[]), "occupancy: .* got an empty"),
        (lambda d: d["stiffness"].update(C13=400), "stiffness: is not positive definite"),
        (lambda d: d["diffusivity"].pop("activation_energy"), "activation_energy: is missing"),
        (lambda d: d["potential"]["low_tail"].update(occupancy=0.5), "does not lie between"),
        (lambda d: d["potential"].pop("low_tail"), "potential.low_tail: is missing"),
        (lambda d: d["entropic"].pop("width"), "entropic.width: expected a list of numbers"),
        (lambda d: d["entropic"]["width"].pop(), "entropic: a bell needs a height, a centre"),
        (lambda d: d["strain_a"].update(known=0.3), "strain_a.known: expected a list of numbers"),
    ],
)
def test_a_wrong_entry_is_named_and_explained(tmp_path, change, message):
    with pytest.raises(MaterialError, match=message):
        load_grain_material(altered(tmp_path, change))


def test_a_missing_material_file_is_named():
    with pytest.raises(MaterialError, match=r"nowhere\.yaml: No such file"):
        load_grain_material("nowhere.yaml")


def leaves(node, unit_above=False):
    """Yield (entry, whether it has a unit of its own or from above) for every number given."""
    if isinstance(node, dict):
        has_unit = unit_above or "unit" in node
        if "value" in node:
            yield node, has_unit
        for key, child in node.items():
            if key != "value":
                yield from leaves(child, has_unit)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_value_has_a_unit_and_says_where_it_comes_from(path):
    entries = list(leaves(YAML(typ="safe").load(path)))
    assert len(entries) >= 2
    for entry, has_unit in entries:
        assert has_unit
        assumed = entry.get("assumed") is True and entry.get("note")
        assert entry.get("source") or entry.get("fitted") or assumed


def test_a_fitted_value_says_what_it_was_fitted_to(tmp_path):
    path = altered(tmp_path, lambda data: _fit(data["density"]))
    assert load_grain_material(path).density == load_grain_material("NMC811").density
    (row,) = [row for row in values("grain", path)["rows"] if row["quantity"] == "density"]
    assert row["source"] == "fitted to a scale"


def _fit(entry):
    for word in ("source", "assumed", "note"):
        entry.pop(word, None)
    entry["fitted"] = "a scale"


def test_a_material_has_what_it_is_based_on_and_changes_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "slow.yaml"
    path.write_text(
        "based_on: NMC532\ndensity: {value: 4000, unit: kg/m^3, assumed: true, note: lighter}\n"
    )
    slow, usual = load_grain_material(str(path)), load_grain_material("NMC532")
    assert slow.density == 4000.0
    assert slow.max_concentration == usual.max_concentration
    assert slow.potential.value(np.array(0.5)) == usual.potential.value(np.array(0.5))


def test_an_unknown_base_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lost.yaml"
    path.write_text("based_on: NMC999\n")
    with pytest.raises(MaterialError, match="no such material 'NMC999'"):
        load_grain_material(str(path))


def test_layers_have_the_lattice_parameter_that_x_rays_give(grain):
    assert 2.81e-10 < grain.lattice_a < 2.88e-10


def test_a_boundary_may_be_tougher_in_shear(tmp_path: Path) -> None:
    path = tmp_path / "tough.yaml"
    path.write_text(
        "based_on: boundary_dry\n"
        "shear_toughness: {value: 30, unit: J/m^2, assumed: true, note: three times opening}\n"
    )
    assert load_boundary_material(str(path)).shear_toughness == 30.0
    assert load_boundary_material("dry").shear_toughness is None

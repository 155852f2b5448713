"""What was measured of an oxide stands in its file, and its laws meet it."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from solver.entries.reader import opened
from solver.materials import MaterialError, load_grain_material
from solver.materials.catalogue import cautions, tables
from solver.materials.cited import cited_pairs, occupancy_at
from solver.materials.library import FOLDER, grain_materials, grain_of


def pairs_of(name):
    entries = opened("", name)
    return {pair.name: pair for pair in cited_pairs(entries, grain_of(entries))}


@pytest.mark.parametrize("name", grain_materials())
def test_every_cited_pair_is_met(name):
    pairs = pairs_of(name)
    assert len(pairs) >= 3
    assert [pair for pair in pairs.values() if not pair.met] == []
    assert [said for said in cautions("grain", name) if "cited" in said] == []


@pytest.mark.parametrize("name", ["NMC811", "NMC76"])
def test_the_lattice_at_4_3_volt_is_the_measured_one(name):
    pairs = pairs_of(name)
    assert pairs["charged_c"].cited == 14.030
    assert pairs["charged_c"].computed == pytest.approx(14.030, abs=1e-3)
    assert pairs["charged_volume"].computed == pytest.approx(-0.0515, abs=2e-4)
    assert pairs["peak_c"].computed == pytest.approx(14.4834, abs=2e-3)


def test_charges_and_occupancies_are_those_of_one_scale():
    pairs = pairs_of("NMC811")
    assert pairs["end_of_potential"].computed == pytest.approx(0.2136, abs=1e-4)
    assert pairs["charge_and_losses"].computed == pytest.approx(275.5 * (1 - 0.2136), abs=0.2)
    assert pairs["other_powder_a"].computed == pytest.approx(2.8704)
    assert pairs["most_charged_c"].computed == pytest.approx(14.0078, abs=1e-3)


def test_a_voltage_has_its_occupancy_by_the_potential():
    oxide = load_grain_material("LCO")
    assert oxide.potential.value(np.array(occupancy_at(oxide, 4.0))) == pytest.approx(4.0)
    assert np.isnan(occupancy_at(oxide, 50.0))


def altered(folder: Path, change) -> str:
    data = YAML(typ="safe").load(FOLDER / "NMC811.yaml")
    change(data)
    path = folder / "mine.yaml"
    YAML().dump(data, path)
    return str(path)


def test_laws_that_miss_a_measurement_are_told(tmp_path):
    """The strains of an oxide on another scale of x than its potential."""

    def shift(data):
        for key in ("strain_a", "strain_c"):
            inner = data[key]["occupancy"][1:-2]
            data[key]["occupancy"][1:-2] = [x + 0.03 for x in inner]
            data[key].pop("known")

    path = altered(tmp_path, shift)
    (said,) = cautions("grain", path)
    assert "cited: the laws miss what is cited: charged_c is 13.9" in said
    assert "where 14.03 angstrom was measured; charged_volume is -0.06" in said
    assert "all_lithium" not in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["charged_c"].update(quantity="latice_c"), "quantity: says what was measured"),
        (lambda c: c["charged_c"].pop("quantity"), r"cited\.charged_c\.quantity"),
        (lambda c: c["charged_c"].pop("voltage"), "needs either the voltage or the occupancy"),
        (lambda c: c["charged_c"].update(occupancy=0.2), "needs either the voltage or the occupa"),
        (lambda c: c["charged_c"].update(tolerance="small"), "tolerance: expected a number"),
        (lambda c: c["charged_c"].update(unit="V"), "unit: 'V' is not a unit of the kind m"),
        (lambda c: c["charged_c"].pop("source"), "charged_c: needs a source"),
        (lambda c: c["charged_c"].update(at=4.3), "charged_c.at: unknown key"),
        (lambda c: c.update(charged_b=3), "charged_b: expected a mapping of keys, got 3"),
    ],
)
def test_a_wrong_pair_is_named_and_explained(tmp_path, change, message):
    with pytest.raises(MaterialError, match=message):
        load_grain_material(altered(tmp_path, lambda data: change(data["cited"])))


def test_a_list_is_no_mapping_of_measurements(tmp_path):
    path = altered(tmp_path, lambda data: data.update(cited=[1]))
    with pytest.raises(MaterialError, match="cited: expected a mapping of measurements"):
        load_grain_material(path)


def test_a_lattice_that_is_cited_must_be_given(tmp_path):
    path = altered(tmp_path, lambda data: data.pop("lattice_c"))
    with pytest.raises(MaterialError, match="lattice_c: is missing"):
        load_grain_material(path)


def test_a_file_without_measurements_needs_no_lattice_c(tmp_path):
    of_layers = ("lattice_c", "cation_barrier", "rock_salt")  # gliding of which is over c/3
    path = altered(tmp_path, lambda data: [data.pop(key) for key in ("cited", *of_layers)])
    assert load_grain_material(path).name == "NMC811"


def test_the_table_tells_where_a_value_was_measured_and_how_well():
    assert "14.03 +- 0.003 angstrom" in tables("NMC811")


def test_strains_count_from_the_occupancy_without_stress():
    oxide = load_grain_material("NMC811")
    assert oxide.swelling_since(None) == (oxide.strain_a, oxide.strain_c)
    within, across = oxide.swelling_since(0.5)
    x = np.linspace(0.0, 1.0, 11)
    assert within.value(np.array(0.5)) == across.value(np.array(0.5)) == 0.0
    assert np.diff(across.value(x)) == pytest.approx(np.diff(oxide.strain_c.value(x)))
    assert within.value(x)[2] == pytest.approx(
        oxide.strain_a.value(x)[2] - oxide.strain_a.value(np.array(0.5))
    )
    assert np.all(across.slope(x) == oxide.strain_c.slope(x))

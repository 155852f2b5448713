"""Oxides made from cells: what is whose, on the right scale, checked; problems with their lines."""

from dataclasses import replace

import numpy as np
import pytest

from solver.entries.files import MaterialError
from solver.entries.laws import arrhenius
from solver.materials.bpx import CellFileError, imported, read_cell, read_pybamm_set
from solver.materials.bpx.writing import write_imported
from solver.materials.library import load_grain_material
from solver.units.constants import FARADAY
from tests.unit.cell_example import OCP, cell, written


def oxide_of(folder, data=None, base="NMC811"):
    """The material of a cell, as it is loaded from its file, and that file."""
    write_imported(written(folder, data or cell()), folder, base)
    path = folder / "cell.yaml"
    return load_grain_material(str(path)), path.read_text()


def known_potential(x):
    return eval(OCP, {"x": x, "tanh": np.tanh, "exp": np.exp})  # of this test


def told(folder, data):
    with pytest.raises(CellFileError) as raised:
        read_cell(written(folder, data))
    return str(raised.value)


def test_the_potential_follows_the_formula_within_its_stoichiometries(tmp_path):
    oxide, _ = oxide_of(tmp_path)
    x = np.linspace(0.4, 0.95, 777)
    assert oxide.known_range == (0.4, 0.95)
    assert np.max(abs(oxide.potential.value(x) - known_potential(x))) < 1.1e-4


def test_the_potential_goes_on_by_falling_tails_beyond_them(tmp_path):
    oxide, text = oxide_of(tmp_path)
    ends = oxide.potential.value(np.array([0.05, 0.999]))
    assert ends[0] > 4.7
    assert ends[1] < 2.7
    assert text.count("logarithm as high as that of NMC811") == 2


def test_a_table_is_followed_at_its_own_points(tmp_path):
    x = np.array([0.3, 0.42, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
    table = {"x": x[::-1].tolist(), "y": known_potential(x)[::-1].tolist()}
    oxide, _ = oxide_of(tmp_path, cell(OCP=table))
    inside = x[1:-1]
    assert oxide.potential.value(inside) == pytest.approx(known_potential(inside), abs=1e-6)


def test_the_exchange_current_is_half_of_faraday_times_the_rate(tmp_path):
    """j = 2 F k sqrt(x (1 - x)) sinh of BPX is i = 2 i0 sinh with i0(1/2) = F k/2."""
    oxide, _ = oxide_of(tmp_path)
    law = oxide.exchange_current(298.15)
    assert float(law.value(np.array(0.5))) == pytest.approx(0.5 * FARADAY * 2.3e-5, rel=1e-6)
    assert float(law.value(np.array(0.9))) == pytest.approx(FARADAY * 2.3e-5 * 0.3, rel=1e-6)


def test_activation_energies_are_those_of_the_cell(tmp_path):
    oxide, _ = oxide_of(tmp_path)
    half = np.array(0.5)
    warm, cold = (float(oxide.diffusivity(t).value(half)) for t in (333.15, 298.15))
    assert cold / 3.1e-14 == pytest.approx(1.0)
    assert warm / cold == pytest.approx(arrhenius(15000, 333.15))


def test_values_at_another_temperature_are_brought_to_that_of_the_library(tmp_path):
    oxide, text = oxide_of(tmp_path, cell(temperature=313.15))
    warm = float(oxide.diffusivity(313.15).value(np.array(0.5)))
    assert warm / 3.1e-14 == pytest.approx(1.0, rel=1e-6)
    assert "from 313.15 K" in text


def test_activation_energies_that_are_missing_are_the_librarys_and_assumed(tmp_path):
    data = cell()
    electrode = data["Parameterisation"]["Positive electrode"]
    del electrode["Diffusivity activation energy [J.mol-1]"]
    oxide, text = oxide_of(tmp_path, data)
    half = np.array(0.5)
    ratio = float(oxide.diffusivity(333.15).value(half) / oxide.diffusivity(298.15).value(half))
    assert ratio == pytest.approx(arrhenius(12000, 333.15))
    assert "not given; as NMC811" in text


def test_functions_of_lithium_become_tables(tmp_path):
    data = cell(Entropic="1e-4 * (x - 0.6)", Diffusivity="1e-14 * exp(2 * x)")
    electrode = data["Parameterisation"]["Positive electrode"]
    electrode["Diffusivity activation energy [J.mol-1]"] = 15000
    oxide, _ = oxide_of(tmp_path, data)
    x = np.array([0.45, 0.73, 0.9])
    assert oxide.entropic.value(x) == pytest.approx(1e-4 * (x - 0.6), rel=1e-5)
    assert oxide.diffusivity(298.15).value(x) / 1e-14 == pytest.approx(np.exp(2 * x), rel=1e-5)


def test_a_full_site_weighs_what_the_formula_of_the_library_weighs(tmp_path):
    oxide, _ = oxide_of(tmp_path)
    assert oxide.max_concentration == 46200
    assert oxide.density == pytest.approx(46200 * 97.28e-3)


def test_what_a_cell_does_not_know_is_named(tmp_path):
    made = imported(read_cell(written(tmp_path, cell()))[0], "NMC811")
    assert {"stiffness", "strain_a", "strain_c", "rock_salt"} <= set(made.kept)
    assert set(made.assumed) == {"density", "diffusivity_ratio"}
    assert "# Not in it, and therefore of NMC811: lattice_a" in made.text
    assert "Nobody, No Journal" in made.text


def test_a_blend_makes_a_file_of_each_particle(tmp_path):
    data = cell(
        blend=lambda entries: {"Large": entries, "Small": entries | {"Particle radius [m]": 1e-6}}
    )
    write_imported(written(tmp_path, data), tmp_path, "NMC811")
    assert sorted(p.name for p in tmp_path.glob("*.yaml")) == ["cell_Large.yaml", "cell_Small.yaml"]


def test_what_is_missing_is_told_with_the_nearest_name(tmp_path):
    data = cell()
    electrode = data["Parameterisation"]["Positive electrode"]
    electrode["OCV [V]"] = electrode.pop("OCP [V]")
    assert "OCP [V]: is missing (did you mean 'OCV [V]'?)" in told(tmp_path, data)


def test_a_wrong_value_is_told_with_its_line(tmp_path):
    said = told(tmp_path, cell(Maximum="much"))
    line = next(
        n
        for n, text in enumerate((tmp_path / "cell.json").read_text().splitlines(), start=1)
        if "Maximum stoichiometry" in text
    )
    assert (
        f"cell.json:{line}: Maximum stoichiometry: expected a number from 0 to 1, got 'much'"
        in said
    )


def test_code_in_place_of_a_formula_is_refused(tmp_path):
    said = told(tmp_path, cell(OCP="__import__('os').remove(x)"))
    assert "OCP [V]: " in said
    assert "is not of numbers" in said


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"Header": {}, "Parameterisation": {}}', "[" * 9999]
)
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "cell.json"
    path.write_text(text)
    with pytest.raises(CellFileError, match=r"cell\.json"):
        read_cell(path)


def test_a_potential_that_rises_is_refused_and_nothing_is_written(tmp_path):
    path = written(tmp_path, cell(OCP="3 + x"))
    with pytest.raises(MaterialError, match=r"does not fall at x = 0\.4"):
        write_imported(path, tmp_path / "new", "NMC811")
    assert not (tmp_path / "new").exists()


def test_a_potential_without_a_value_somewhere_is_refused(tmp_path):
    with pytest.raises(MaterialError, match="no value somewhere"):
        write_imported(written(tmp_path, cell(OCP="log(x - 0.7)")), tmp_path, "NMC811")


def test_a_temperature_that_is_none_is_told(tmp_path):
    assert "Reference temperature [K]: expected a number" in told(
        tmp_path, cell(temperature="warm")
    )


def test_a_file_that_is_there_is_not_replaced(tmp_path):
    path = written(tmp_path, cell())
    write_imported(path, tmp_path, "NMC811")
    with pytest.raises(MaterialError, match="is there already"):
        write_imported(path, tmp_path, "NMC811")


@pytest.mark.parametrize("base", ["NMC811", "NMC76", "NMC532", "LCO"])
def test_any_oxide_of_the_library_can_lie_below(tmp_path, base):
    particle = read_cell(written(tmp_path, cell()))[0]
    assert imported(replace(particle, name="mine"), base).cautions == ()


def test_without_pybamm_its_sets_are_refused_in_a_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pybamm", None)
    with pytest.raises(MaterialError, match="pip install pybamm"):
        read_pybamm_set("Chen2020")


def test_a_set_of_pybamm_is_read():
    """i0(1/2) is 3.42e-6 sqrt(1000) 63104/2 A/m^2, which the library has from the same paper."""
    pytest.importorskip("pybamm")
    particle = read_pybamm_set("Chen2020")
    assert particle.exchange == pytest.approx(3.42e-6 * np.sqrt(1000.0) * 63104 / 2, rel=1e-6)
    assert particle.exchange_energy == pytest.approx(17800, rel=1e-4)
    assert (particle.concentration, particle.diffusivity) == (63104.0, 4e-15)
    assert imported(particle, "NMC811").cautions == ()

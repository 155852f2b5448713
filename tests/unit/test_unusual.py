"""Values far from where such values lie are told with their line, their range and a user's unit."""

from pathlib import Path

import pytest

from meshes import estimate
from solver.case import Case
from solver.case.load import read_source
from solver.case.unusual import unusual_values
from solver.checks.plan import plan
from solver.checks.plan.values import value_cautions
from solver.entries.files import FOLDER, names
from solver.materials import MaterialFileError
from solver.materials.catalogue import KINDS, cautions
from tests.particles import CASES, case_of
from tests.shipped import SHIPPED

QUICKSTART = CASES / "quickstart.yaml"


def told(*overrides, path=QUICKSTART):
    case = Case.load(path, overrides)
    found = plan(case, estimate(case.particle))
    return value_cautions(case, found, read_source(path, overrides)[0].where)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_shipped_case_is_unusual(path):
    assert told(path=path) == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_shipped_material_is_unusual(kind):
    for name in names(KINDS[kind].prefix):
        assert cautions(kind, name) == []


@pytest.mark.parametrize(
    ("override", "why"),
    [
        ("c_rate_basis=200 A/g", "2e+05 mA/g is far from what is usual, 10 to 5000 mA/g"),
        ("particle.radius=5 mm", "5000 um is far from what is usual, 0.05 to 200 um"),
        ("temperature=500 K", "500 K is far from what is usual, 230 to 400 K"),
        ("physics.cohesive.strength=2 kPa", "2e-06 GPa is far from what is usual, 0.001 to 50"),
        ("physics.cohesive.toughness=100 MJ/m^2", "1e+08 J/m^2 is far from what is usual"),
        ("physics.cohesive.penalty=1 MPa/mm", "1e+09 Pa/m is far from what is usual"),
        ("particle.coating={thickness: 3 um}", "3000 nm is far from what is usual"),
        ("electrode.contact=1e9 S/m^2", "1e+09 S/m^2 is far from what is usual"),
        ("physics.wetting={enabled: true, outer_area: 300 m^2/g}", "300 m^2/g is far from"),
        ("protocol.0.charge.rate=700C", "700 is far from what is usual, 0.001 to 50"),
    ],
)
def test_a_value_off_by_a_thousand_is_told_with_its_place_and_its_range(override, why):
    case = Case.load(QUICKSTART, [override])
    (found,) = [value for value in unusual_values(case) if why in value.why]
    place = ".".join(map(str, found.place))
    assert override.replace("={enabled: true, ", ".").replace("={", ".").startswith(place)


def test_a_value_is_told_with_the_file_and_line_that_say_it(tmp_path):
    path = tmp_path / "mine.yaml"
    text = QUICKSTART.read_text().replace("c_rate_basis: 200 mA/g", "c_rate_basis: 200 A/g")
    path.write_text(text)
    line = next(n for n, said in enumerate(text.splitlines(), 1) if "200 A/g" in said)
    assert told(path=path)[0].startswith(f"caution: {path}:{line}: c_rate_basis: 2e+05 mA/g is far")
    assert told("c_rate_basis=200 A/g")[0].startswith("caution: --set c_rate_basis=200 A/g: c_rate")


def test_a_switched_off_mechanism_may_say_what_it_wants():
    weak = "physics.cohesive.strength=2 kPa"
    assert unusual_values(case_of("['Rest for 1 s']", weak)) != []
    assert unusual_values(case_of("['Rest for 1 s']", weak, "physics.cohesive.enabled=false")) == []


def test_the_current_of_1c_is_compared_with_the_theoretical_capacity():
    (said,) = told("c_rate_basis=2 A/g")
    assert "1C is 2000 mA/g, 7.25 times the theoretical capacity of NMC76 (275.9 mAh/g)" in said
    assert told("c_rate_basis=400 mA/g") == []
    assert "0.181 times" in told("c_rate_basis=50 mA/g")[0]


def test_an_unusual_temperature_of_a_step_is_told():
    (said,) = told("protocol=['Rest for 1 h at 500 K']")
    assert "protocol.0.rest.temperature: 500 K is far from what is usual" in said
    assert told("protocol=['Rest for 1 h at 60 degC']") == []


def test_a_cycle_of_months_is_told():
    (said,) = told("protocol=['Rest for 1001 hours']")
    assert "protocol: cycle 1 takes about 1001 h, more than 1000 h" in said
    assert told("protocol=['Rest for 999 hours']") == []


def test_many_cycles_may_take_months():
    cycle = "'Charge at C/20 until 4.2 V', 'Discharge at C/20 until 3 V'"
    assert told(f"protocol=[{cycle}, 'Repeat 100 times']") == []


def altered(folder: Path, *pairs: tuple[str, str]) -> tuple[Path, str]:
    text = (FOLDER / "NMC811.yaml").read_text()
    for old, new in pairs:
        assert text.count(old) >= 1
        text = text.replace(old, new, 1)
    path = folder / "mine.yaml"
    path.write_text(text)
    return path, text


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("value: 49.1\n", "value: 49100\n", "value: 4.91e+04 kmol/m^3 is far from what is usual"),
        ("value: 4776", "value: 4.7", "density.value: 0.0047 g/cm^3 is far from what is usual"),
        ("value: 17.8", "value: 17800", "energy.value: 1.78e+04 kJ/mol is far from what is usual"),
        ("[-0.0214,", "[-2.2,", "strain_a.value: -2.2 is far from what is usual, -0.3 to 0.3"),
        ("value: 3.41", "value: 3410", "exchange_current.value: 3410 A/m^2 is far from what"),
        ("C33: 160", "C33: 160000", "stiffness.C33: 1.6e+05 GPa is far from what is usual"),
        ("[6.0e-15,", "[6.0e-6,", "diffusivity.value: 6e-06 m^2/s is far from what is usual"),
    ],
)
def test_a_material_off_by_a_thousand_is_told_with_its_line(tmp_path, old, new, why):
    path, text = altered(tmp_path, (old, new))
    line = next(n for n, said in enumerate(text.splitlines(), 1) if new.rstrip() in said)
    said = [caution for caution in cautions("grain", str(path)) if why in caution]
    assert len(said) == 1
    assert said[0].startswith(f"caution: {path}:{line}: ")


def test_density_is_compared_with_concentration_times_molar_mass(tmp_path):
    path, _ = altered(tmp_path, ("value: 4776", "value: 5500"))
    said, missed = cautions("grain", str(path))
    assert "density: over max_concentration it is 112 g/mol, but molar_mass is 97.28 g/mol" in said
    assert "all_lithium is 239.26 where 275.5 mAh/g was measured" in missed


def test_a_molar_mass_of_nothing_is_a_problem_of_its_own(tmp_path):
    path, _ = altered(tmp_path, ("value: 97.28", "value: 0"))
    with pytest.raises(
        MaterialFileError, match=r"molar_mass\.value: must be positive, got 0 g/mol"
    ):
        cautions("grain", str(path))


def test_without_a_molar_mass_the_density_must_suit_some_oxide(tmp_path):
    path, text = altered(tmp_path, ("value: 4776", "value: 900"))
    start = text.index("molar_mass:")
    path.write_text(text[:start] + text[text.index("\n\n", start) :])
    said = cautions("grain", str(path))[0]
    assert "it is 18.33 g per mole of sites, far from the 50 to 400 g/mol of oxides" in said


def test_cautions_of_a_material_reach_the_case(tmp_path):
    path, _ = altered(tmp_path, ("value: 17.8", "value: 17800"))
    assert any(f"caution: {path}:" in said for said in told(f"materials.grain={path}"))

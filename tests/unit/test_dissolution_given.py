"""What a case or a material may say about dissolution, what is refused or cautioned of."""

import pytest

from meshes.estimate import estimate
from solver.checks.plan import cautions, plan
from solver.materials.library import MaterialError, load_grain_material
from solver.text.problems import CaseError
from tests.particles import case_of

REST = "[{rest: {until: {time: 100 h}}}]"
ON = "physics.dissolution.enabled=true"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("physics.dissolution.rate=-1e-14 m/s", "rate"),
        ("physics.dissolution.rate=1e-14 1/s", "rate"),
        ("physics.dissolution.reference_potential=0 V", "reference_potential"),
        ("physics.dissolution.potential_scale=0 V", "potential_scale"),
        ("physics.dissolution.film_thickness=0 nm", "film_thickness"),
        ("physics.dissolution.acceleration=0", "acceleration"),
    ],
)
def test_a_case_with_an_impossible_dissolution_is_refused(given, place):
    with pytest.raises(CaseError, match=place):
        case_of(REST, given)


def test_it_is_off_unless_asked_for():
    assert not case_of(REST).physics.dissolution.enabled


def test_layered_oxides_know_it_and_bare_crystals_dissolve_from_lower_potentials_on():
    oxides = {name: load_grain_material(name).entries["dissolution"] for name in KNOWN}
    assert all(oxide.rate > 0 for oxide in oxides.values())
    assert oxides["NMC532"].reference_potential == 4.08
    assert oxides["NMC76"].reference_potential == oxides["NMC811"].reference_potential == 4.3
    assert load_grain_material("LCO").entries["dissolution"] is None


KNOWN = ("NMC811", "NMC76", "NMC532")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("value: 1.5", r"dissolution\.products\.volume_ratio\.value: must not exceed 1"),
        ("value: -0.5", r"dissolution\.products\.volume_ratio\.value: must be positive"),
    ],
)
def test_products_that_fill_more_than_has_dissolved_are_no_material(tmp_path, wrong, told):
    source = load_grain_material.__globals__["FOLDER"] / "NMC811.yaml"
    before, after = source.read_text().split("volume_ratio:")
    path = tmp_path / "wrong.yaml"
    path.write_text(before + "volume_ratio:" + after.replace("value: 0.5", wrong, 1))
    with pytest.raises(MaterialError, match=told):
        load_grain_material(str(path))


def told(*overrides):
    case = case_of(REST, *overrides)
    found = cautions(case, plan(case, estimate(case.particle)))
    return [caution for caution in found if "dissol" in caution]


def test_an_oxide_that_does_not_dissolve_is_cautioned_of():
    assert told(ON) == []
    (caution,) = told(ON, "materials.grain=LCO")
    assert "does nothing" in caution

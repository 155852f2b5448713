"""Grains of other oxides: which, by what names, and what is told of them before a run."""

import numpy as np
import pytest

from solver.case import CaseError
from solver.case.regions import RegionCase, RegionError, region_of_grains
from solver.entries import laws
from tests.particles import case_of

CHARGE = "Charge at 1C until 4.2 V"
NAMES = ["grain_0", "grain_1", "grain_2", "grain_3"]
CENTROIDS = 1e-6 * np.array([[5.0, 5.0], [7.0, 5.0], [3.0, 5.0], [5.0, 8.0]])
VOLUMES = np.array([3.0, 1.0, 1.0, 0.0])  # centre of all: (5, 5)


def numbers(*regions):
    return region_of_grains(regions, NAMES, CENTROIDS, VOLUMES).tolist()


def test_grains_near_the_centre_of_the_particle_are_its_core():
    assert numbers(RegionCase(material="A", within=1e-6)) == [1, 0, 0, 0]
    assert numbers(RegionCase(material="A", within=2.5e-6)) == [1, 1, 1, 0]


def test_where_two_regions_fit_the_first_counts():
    core = RegionCase(material="A", within=2.5e-6)
    named = RegionCase(material="B", grains=("grain_1", "grain_3"))
    assert numbers(core, named) == [1, 1, 1, 2]
    assert numbers(named, core) == [2, 1, 2, 1]


def test_a_region_without_a_grain_is_refused():
    away = CENTROIDS + 1e-6 * np.array([[0, 1.0], [0, 0], [0, 0], [0, 0]])
    with pytest.raises(RegionError, match=r"regions\.0\.within: .* the innermost is at 4e-07 m"):
        region_of_grains([RegionCase(material="A", within=1e-9)], NAMES, away, VOLUMES)


def test_an_unknown_grain_is_refused_with_the_nearest_name():
    wrong = RegionCase(material="A", grains=("grian_2",))
    with pytest.raises(RegionError, match="no grain is called 'grian_2'; did you mean 'grain_2'"):
        numbers(RegionCase(material="A", within=1e-6), wrong)


@pytest.mark.parametrize(
    ("overrides", "why"),
    [
        (["materials.regions=[{material: LCO}]"], "give within or grains"),
        (
            ["materials.regions=[{material: LCO, within: 1 um, grains: [grain_1]}]"],
            "give within or grains, and not both",
        ),
        (
            ["materials.regions=[{material: LCO, within: 1 um}]",
             "physics.grain_fracture={enabled: true, toughness: 2 J/m^2, length: 50 nm}"],
            "grain_fracture needs one oxide so far",
        ),
    ],
)  # fmt: skip
def test_what_no_region_can_be_is_refused(overrides, why):
    with pytest.raises(CaseError, match=why):
        case_of(f"[{CHARGE}]", *overrides)


def test_oxides_of_a_case_are_the_main_one_and_those_of_its_regions():
    regions = "materials.regions=[{material: LCO, within: 1 um}, {material: NMC532, within: 2 um}]"
    assert case_of(f"[{CHARGE}]", regions).materials.oxides() == ("NMC76", "LCO", "NMC532")


def test_a_law_by_place_follows_each_law_at_its_places():
    law = laws.by_place(np.array([1, 0, 1]), [laws.linear(1.0, 2.0), laws.bells([1], [0.5], [0.1])])
    x = np.array([0.3, 0.4, 0.5])
    bell = laws.bells([1], [0.5], [0.1])
    for name, line in (("value", 1.8), ("slope", 2.0), ("curvature", 0.0)):
        found, curve = getattr(law, name)(x), getattr(bell, name)(x)
        assert found == pytest.approx([curve[0], line, curve[2]], rel=1e-12)


@pytest.mark.parametrize(("level", "x"), [(3.5, 0.5), (9.0, 0.0), (1.0, 1.0)])
def test_the_occupancy_of_a_potential_is_found_or_the_nearest_end(level, x):
    found = laws.occupancy_where(laws.linear(4.0, -1.0).value, level)
    assert found == pytest.approx(x, abs=2e-6)

"""The final opening of the boundaries is told beside what swelling can open."""

import numpy as np
import pytest

from meshes import estimate
from solver.checks.plan import describe, plan
from solver.checks.plan.opening import final_opening, largest_mismatch, opening_caution, swelling
from solver.materials import load_grain_material
from tests.particles import case_of

CHARGE = "['Charge at C/2 until 4.3 V']"
PLAIN = ("physics.cohesive.strength=2 GPa", "physics.cohesive.toughness=10 J/m^2")
WEAK = ("physics.cohesive.strength=0.3 GPa", "physics.cohesive.toughness=10 J/m^2")


def planned(*overrides, protocol=CHARGE):
    case = case_of(protocol, *overrides)
    return case, plan(case, estimate(case.particle))


def test_a_bilinear_boundary_parts_at_twice_toughness_over_strength():
    assert final_opening(planned(*PLAIN)[0]).fresh == pytest.approx(10e-9)
    assert final_opening(planned(*WEAK)[0]).fresh == pytest.approx(66.7e-9, rel=1e-3)


def test_an_exponential_boundary_parts_where_its_own_law_ends():
    case, _ = planned(*PLAIN, "physics.cohesive.law=exponential")
    onset = 2e9 / 4e19
    tail = np.exp(-5.0)
    expected = onset + (10 / 2e9 - onset / 2) / (1 / 5 - tail / (1 - tail))
    assert final_opening(case).fresh == pytest.approx(expected, rel=1e-6)
    assert expected > 25e-9


def test_what_is_corroded_parts_at_the_opening_of_what_is_left():
    case, found = planned(*WEAK, "physics.corrosion.enabled=true")
    assert final_opening(case).corroded == pytest.approx(2 * 0.2 / 30e6)  # 2 % over 10 %
    assert opening_caution(case, found) is None
    assert "part fully at 66.7 nm (13.3 nm where corroded)" in describe(case, found)


@pytest.mark.parametrize(
    ("said", "parted"),
    [
        ("remaining_strength=0.4", 2 * 0.2 / 120e6),  # 2 % over 40 %
        ("remaining_toughness=0.08", 2 * 0.8 / 30e6),  # 8 % over 10 %
    ],
)
def test_what_a_case_says_corrosion_leaves_comes_before_the_material(said, parted):
    case, _ = planned(*WEAK, "physics.corrosion.enabled=true", f"physics.corrosion.{said}")
    assert final_opening(case).corroded == pytest.approx(parted)


def test_the_mismatch_is_the_largest_between_the_extremes_not_at_them():
    material = load_grain_material("NMC811")
    across = material.strain_c.value(np.array(0.42)) - material.strain_a.value(np.array(0.42))
    found = largest_mismatch(material, 0.25, 1.0)
    assert found >= across
    assert found == pytest.approx(across, rel=0.02)
    assert abs(largest_mismatch(material, 0.99, 1.0)) < 1e-3


def test_the_mismatch_counts_from_where_grains_fit():
    material = load_grain_material("NMC811")
    middle = float(material.strain_c.value(np.array(0.6)) - material.strain_a.value(np.array(0.6)))
    assert largest_mismatch(material, 0.6, 1.0, free=0.6) == pytest.approx(middle, rel=1e-6)
    case, found = planned(*PLAIN, "physics.swelling.stress_free_occupancy=0.5")
    since_half = swelling(case, found.mesh, found.steps).mismatch
    assert since_half == pytest.approx(largest_mismatch(material, 0.2, 0.95, free=0.5), rel=0.05)


def test_swelling_opens_mismatch_times_grain():
    case, found = planned(*PLAIN)
    there_is = swelling(case, found.mesh, found.steps)
    assert there_is.grain == pytest.approx(2 * 3e-6 / np.sqrt(30), rel=1e-3)
    assert there_is.opening == pytest.approx(there_is.mismatch * there_is.grain)
    assert 0.03 < there_is.mismatch < 0.04


def test_a_final_opening_out_of_reach_is_cautioned_with_both_figures():
    case, found = planned(*WEAK)
    told = opening_caution(case, found)
    assert "part fully only at 66.7 nm" in told
    assert f"can open about {swelling(case, found.mesh, found.steps).opening * 1e9:.3g} nm" in told
    assert opening_caution(*planned(*PLAIN)) is None
    assert opening_caution(*planned(*WEAK, "physics.cohesive.enabled=false")) is None


def test_a_small_swing_opens_less():
    case, found = planned(*PLAIN, "initial.occupancy=0.95", protocol="['Charge at C/2 for 6 min']")
    assert "part fully only at 10 nm" in opening_caution(case, found)


def test_what_does_not_swell_is_not_compared():
    case, found = planned(*WEAK, "physics.swelling.enabled=false")
    assert opening_caution(case, found) is None
    assert "swelling can open" not in describe(case, found)


def test_the_description_has_both_openings():
    case, found = planned(*PLAIN)
    assert "boundaries  part fully at 10 nm; swelling can open 4" in describe(case, found)


HEAT = (*PLAIN, "physics.thermal_expansion={enabled: true, a: 1.2e-5 1/K, c: 1.7e-5 1/K}")
FITS = "physics.swelling.stress_free_occupancy=0.95"


def test_heat_opens_by_what_differs_between_its_temperatures_and_that_where_grains_fit():
    case, found = planned(*HEAT, FITS, protocol="['Heat at 50 K/s to 550 degC']")
    told = opening_caution(case, found)
    assert swelling(case, found.mesh, found.steps).mismatch == pytest.approx(525 * 5e-6)
    assert "swelling and heat can open about 2.88 nm" in told
    assert "largest mismatch of strain, 0.26%, by heat alone 0.26%" in told
    furnace = "physics.thermal_expansion.stress_free=750 degC"
    cooled, same = planned(*HEAT, FITS, furnace, protocol="['Rest for 1 h']")
    assert swelling(cooled, same.mesh, same.steps).by_heat == pytest.approx(725 * 5e-6)


def test_heat_adds_to_what_lithium_does_where_both_have_one_sign():
    alone = swelling(*of_both(planned(*PLAIN, protocol=BOTH)))
    together = swelling(*of_both(planned(*HEAT, protocol=BOTH)))
    against = swelling(*of_both(planned(*HEAT, SHRINKING, protocol=BOTH)))
    assert together.mismatch == pytest.approx(alone.mismatch + 175 * 5e-6, rel=1e-6)
    assert against.mismatch == pytest.approx(alone.mismatch, rel=1e-6)
    assert (alone.by_heat, against.by_heat) == (None, pytest.approx(175 * 5e-6))


def test_heat_is_told_where_nothing_swells():
    still = (*HEAT, "physics.swelling.enabled=false")
    case, found = planned(*still, protocol="['Heat at 50 K/s to 550 degC']")
    assert swelling(case, found.mesh, found.steps).mismatch == pytest.approx(525 * 5e-6)


BOTH = "['Charge at C/2 until 4.2 V', 'Heat at 50 K/s to 200 degC']"
SHRINKING = "physics.thermal_expansion.c=0.7e-5 1/K"


def of_both(pair):
    """Case, mesh and steps of a case and its plan."""
    case, found = pair
    return case, found.mesh, found.steps

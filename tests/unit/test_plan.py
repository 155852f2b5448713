"""The estimate of what a case takes is near the truth, and finds steps that cannot start."""

from pathlib import Path

import numpy as np
import pytest

from meshes import estimate
from solver.case import Case
from solver.materials import load_grain_material
from solver.plan import MeshEstimate, PlanError, cautions, describe, in_c, occupancy_at
from solver.plan import plan as plan_on

CASES = Path(__file__).parents[2] / "cases"


def quickstart(*overrides):
    return Case.load(CASES / "quickstart.yaml", overrides)


def plan(case):
    return plan_on(case, MeshEstimate(*estimate(case.particle)))


def test_occupancy_at_inverts_the_potential():
    material = load_grain_material("NMC811")
    for voltage in (2.7, 3.6, 4.0, 4.5):
        x = np.array(occupancy_at(material, voltage))
        assert material.potential.value(x) == pytest.approx(voltage, abs=1e-3)


def test_duration_follows_from_charge_and_rate():
    charge, discharge = plan(quickstart()).steps
    passed = (0.95 - charge.occupancy) * 275.9 * 3.6  # A s per g
    assert charge.duration == pytest.approx(passed / 0.1, rel=1e-3)  # C/2 of 0.2 A/g
    assert discharge.occupancy == pytest.approx(0.99, abs=1e-3)


@pytest.mark.parametrize("until", ["{time: 60}", "{voltage: 4.4 V, capacity: 3.3333333 mAh/kg}"])
def test_the_first_condition_ends_a_step(until):
    steps = plan(quickstart(f"protocol.0.charge.until={until}")).steps
    assert steps[0].duration <= 60.0


def test_a_charge_that_ends_below_the_resting_voltage_cannot_start():
    with pytest.raises(PlanError, match=r"past its end: the particle rests at 3\.562 V"):
        plan(quickstart("protocol.0.charge.until.voltage=3.5 V"))


def test_description_names_the_numbers_a_user_asks_for():
    case = quickstart()
    text = describe(case, plan(case))
    for word in ("30 grains", "cells", "unknowns", "m^2/g", "charge at C/2 until 4.3 V", "memory"):
        assert word in text


def test_rates_are_shown_as_they_are_written():
    assert [in_c(rate) for rate in (1 / 3, 0.5, 1.0, 2.5, 0.3)] == [
        "C/3", "C/2", "1C", "2.5C", "0.3C",
    ]  # fmt: skip


def cautioned(case):
    return cautions(case, MeshEstimate(*estimate(case.particle)))


def test_a_mesh_too_coarse_for_the_cracks_is_pointed_out():
    strong = ["physics.cohesive.strength=4 GPa", "physics.cohesive.toughness=5 J/m^2"]
    assert "facets" in cautioned(quickstart(*strong))[0]
    assert cautioned(quickstart("physics.cohesive.strength=1 GPa")) == []
    assert cautioned(quickstart(*strong, "physics.cohesive.enabled=false")) == []


def test_shipped_particles_resolve_their_cracks():
    for name in ("quickstart.yaml", "yan2018/pristine.yaml", "sphere50.yaml"):
        assert cautioned(Case.load(CASES / name)) == []

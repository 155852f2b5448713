"""No slow law is fast without being named."""

from pathlib import Path

import pytest

from meshes import estimate
from solver.case import Case
from solver.case.acceleration import accelerations, declared
from solver.plan import MeshEstimate, describe, plan

QUICKSTART = Path(__file__).parents[2] / "cases/quickstart.yaml"
FAST = ("physics.interphase={enabled: true, acceleration: 20}", "physics.wetting.enabled=true")


def case_with(*overrides):
    return Case.load(QUICKSTART, overrides)


def test_a_factor_is_found_wherever_it_stands():
    physics = {"one": {"enabled": True, "acceleration": 3}, "two": {"part": {"acceleration": 2.0}}}
    assert accelerations(physics) == {"one": 3.0, "two.part": 2.0}


def test_a_law_that_is_slowed_down_is_named_too():
    slowed = accelerations({"slow": {"enabled": True, "acceleration": 0.25}})
    assert slowed == {"slow": 0.25}
    assert declared(slowed) == "accelerated: slow x0.25"


def test_factors_of_one_and_of_mechanisms_that_do_not_act_are_not_named():
    off = {"off": {"enabled": False, "acceleration": 9, "part": {"acceleration": 9}}}
    assert accelerations({"slow": {"acceleration": 1.0}} | off) == {}
    assert declared({}) is None


def test_the_factors_of_a_resolved_case_are_told_in_its_summary():
    assert accelerations(case_with().resolved()["physics"]) == {}
    case = case_with(*FAST)
    assert accelerations(case.resolved()["physics"]) == {"interphase": 20.0}
    text = describe(case, plan(case, MeshEstimate(*estimate(case.particle))))
    assert "accelerated: interphase x20" in text


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_a_factor_is_positive(factor):
    with pytest.raises(Exception, match="acceleration"):
        case_with(f"physics.interphase.acceleration={factor}")

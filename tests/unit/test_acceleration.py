"""No slow law is fast without being named."""

import json
from pathlib import Path

import pytest

from meshes import estimate
from solver.case import Case, CaseError
from solver.checks.plan import cautions, describe, plan
from solver.units.acceleration import accelerations, declared

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
    text = describe(case, plan(case, estimate(case.particle)))
    assert "accelerated: interphase x20" in text


COMMON = ("physics.acceleration=50", "physics.interphase.enabled=true")
WORN = ("physics.fatigue.enabled=true", "physics.corrosion={enabled: true}")


def factors_with(*overrides):
    return accelerations(case_with(*overrides).resolved()["physics"])


def test_all_ageing_that_acts_takes_the_common_factor():
    assert factors_with(*COMMON) == {"interphase": 50.0}
    assert factors_with(*COMMON, *WORN) == {"interphase": 50.0, "fatigue": 50.0, "corrosion": 50.0}
    assert "accelerated: fatigue x50, corrosion x50, interphase x50" in str(
        declared(factors_with(*COMMON, *WORN))
    )


def test_a_law_with_a_factor_of_its_own_is_named_with_all_others():
    found = factors_with(*COMMON, "physics.fatigue={enabled: true, acceleration: 1}")
    assert found == {"interphase": 50.0, "fatigue": 1.0}
    assert declared(found) == "unequally accelerated: fatigue x1, interphase x50"


def test_a_relaxation_keeps_its_own_time_and_is_named_only_if_that_is_not_its_true_one():
    assert factors_with(*COMMON, "physics.sliding.enabled=true") == {"interphase": 50.0}
    fast = "physics.sliding={enabled: true, acceleration: 3}"
    assert factors_with(*COMMON, fast) == {"interphase": 50.0, "sliding": 3.0}


def test_a_resolved_case_keeps_its_factors(tmp_path):
    case = case_with(*COMMON, "physics.fatigue={enabled: true, acceleration: 2}")
    (tmp_path / "resolved.yaml").write_text(json.dumps(case.resolved()))
    again = Case.load_resolved(tmp_path / "resolved.yaml")
    assert again.physics == case.physics
    assert (again.physics.fatigue.acceleration, again.physics.corrosion.acceleration) == (2.0, 50.0)


def cautions_of(*overrides):
    case = case_with(*overrides)
    return cautions(case, plan(case, estimate(case.particle)))


def test_factors_that_are_not_shared_are_cautioned_of():
    (told,) = [c for c in cautions_of(*FAST, *WORN) if "accelerated" in c]
    assert "fatigue x1, corrosion x1, interphase x20" in told
    assert not [c for c in cautions_of(*COMMON, *WORN) if "accelerated" in c]


def test_a_common_factor_that_no_law_takes_is_cautioned_of():
    (told,) = [c for c in cautions_of("physics.acceleration=50") if "acceleration" in c]
    assert "physics.acceleration (50) does nothing" in told


@pytest.mark.parametrize(("hours", "told"), [(0.5, False), (20, True), (1000, False)])
def test_sliding_that_would_relax_in_the_cycles_left_out_is_cautioned_of(hours, told):
    slides = f"physics.sliding={{enabled: true, relaxation_time: {hours} h, activation_energy: 0}}"
    found = [c for c in cautions_of(*COMMON, slides) if "slide slowly" in c]
    assert len(found) == told
    assert all("in 20 h" in c for c in found)


def test_sliding_counts_at_the_temperature_of_each_step():
    """Ten hours of twenty at 60 degC, and ten at 25 degC, where it takes 69.3 times as long."""
    slides = "{enabled: true, relaxation_time: 20 h, reference_temperature: 60 degC}"
    protocol = "protocol=[Rest for 10 h at 60 degC, Rest for 10 h at 25 degC]"
    (told,) = [
        c for c in cautions_of(*COMMON, f"physics.sliding={slides}", protocol) if "slide" in c
    ]
    assert "slowly in 39.4 h" in told


@pytest.mark.parametrize("place", ["physics", "physics.interphase"])
@pytest.mark.parametrize("factor", ["0", "-1"])
def test_a_factor_is_positive_and_told_once_if_it_is_not(place, factor):
    with pytest.raises(CaseError, match="acceleration") as found:
        case_with(f"{place}.acceleration={factor}")
    assert len(found.value.problems) == 1


@pytest.mark.parametrize(("rounds", "told"), [(7, 1), (8, 0)])
def test_a_repeat_too_short_for_jumps_is_cautioned_of(rounds, told):
    pair = "'Charge at C/3 until 4.3 V', 'Discharge at C/3 until 2.7 V'"
    protocol = f"protocol=[{{repeat: {{times: {rounds}, steps: [{pair}]}}}}]"
    found = cautions_of(protocol, "numerics.cycle_jump.enabled=true")
    assert len([c for c in found if "cycle_jump does nothing" in c]) == told
    assert not [c for c in cautions_of(protocol) if "cycle_jump" in c]

"""What a case may say about loads, and what it may not."""

from pathlib import Path

import pytest

from solver.case import Case, CaseError
from solver.protocol.load import Load

CASES = Path(__file__).parents[2] / "cases"
DCB = CASES / "benchmarks" / "dcb.yaml"


def problem(path, *overrides):
    with pytest.raises(CaseError) as caught:
        Case.load(path, overrides)
    return str(caught.value)


def test_a_specimen_needs_no_chemistry_and_comes_back_from_its_resolved_form():
    case = Case.load(DCB)
    assert case.loads[0].displacement == {"y": 3e-3}
    assert case.mechanics.thickness == 1e-3
    assert isinstance(case.steps()[0].step, Load)
    again = Case.model_validate(case.resolved())
    assert again == case


def test_what_belongs_to_chemistry_or_to_loads_is_refused_elsewhere():
    quick = CASES / "quickstart.yaml"
    assert "there are only load steps" in problem(DCB, "protocol=[Rest for 1 h]")
    assert "materials.solid has no chemistry" in problem(
        quick, "materials={solid: {young: 70 GPa, poisson: 0.3}}"
    )
    assert "give grain or solid, not both" in problem(DCB, "materials.grain=NMC76")


@pytest.mark.parametrize(
    ("load", "why"),
    [
        (
            "{surface: top}",
            "needs one of displacement, fixed, symmetry, traction, strain, stress, wall",
        ),
        ("{surface: top, fixed: [y], displacement: {y: 1 um}}", "y is both fixed and displaced"),
        ("{surface: top, fixed: [y], traction: {y: 1 MPa}}", "a traction along it has no effect"),
        ("{surface: top, fixed: [w]}", "expected 'x', 'y' or 'z', got 'w'"),
        ("{surface: top, displacement: {y: 1 MPa}}", "expected a length"),
        ("{surface: top, wall: {y: 0 nm}}", "a wall must move"),
        ("{surface: top, fixed: [y], wall: {y: 1 nm}}", "y is held: a wall across it"),
        ("{surface: top, strain: {yx: 1e-3}}", "expected 'xx', 'yy', 'zz', 'xy', 'yz' or 'xz'"),
        ("{surface: top, strain: {xx: 0}, fixed: [y]}", "a strain prescribes all components"),
    ],
)
def test_a_load_that_makes_no_sense_is_refused(load, why):
    assert why in problem(DCB, f"loads=[{load}]")


def test_a_patch_that_makes_no_sense_is_refused():
    nowhere = "patches={tip: {towards: [0, 0, 0], width: 1 um}}"
    assert "a direction must not be zero" in problem(DCB, nowhere)
    assert "width" in problem(DCB, "patches={tip: {towards: [0, 1, 0], width: 0 um}}")


def test_a_load_step_has_one_control():
    both = "protocol=[{load: {to: 1, opening: {between: [a], along: y, to: 1 um}}}]"
    assert "needs either to (a load factor) or opening" in problem(DCB, both)
    same = "protocol=[{load: {opening: {between: [a, a], along: y, to: 1 um}}}]"
    assert "one surface or two different ones" in problem(DCB, same)


HELD = "loads=[{surface: outer, fixed: [x]}]"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("{load: {to: 1}}", "takes time where there is chemistry: give it a duration"),
        (
            "{load: {opening: {between: [outer], along: x, to: 1 um}, duration: 1 s}}",
            "an opening finds its load only without chemistry",
        ),
        ("Impedance from 1 kHz to 1 Hz", "the impedance of a loaded particle needs"),
    ],
)
def test_a_loaded_particle_with_chemistry_knows_of_loads_in_time(step, why):
    assert why in problem(CASES / "quickstart.yaml", HELD, f"protocol=[{step}]")


def test_a_load_step_needs_loads_where_there_is_chemistry():
    step = "{load: {to: 1, duration: 1 s}}"
    told = problem(CASES / "quickstart.yaml", f"protocol=[{step}]")
    assert "there are no loads that it could increase" in told
    case = Case.load(CASES / "quickstart.yaml", [HELD, f"protocol=[{step}]"])
    assert case.steps()[0].step.longest_time_step == pytest.approx(1 / 20)


def test_slow_sliding_asks_for_a_step_that_takes_time():
    slides = "physics.sliding.enabled=true"
    assert "give a load step a duration" in problem(DCB, slides)
    Case.load(DCB, [slides, "protocol=[{load: {to: 1}}, {load: {to: 1, duration: 1 h}}]"])

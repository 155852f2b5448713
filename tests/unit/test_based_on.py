"""Cases that say only what differs from another one."""

import pytest

from solver.case import Case, CaseError
from solver.protocol.rest import Rest

BASE = """\
name: base
particle: {radius: 3 um, grains: {count: 12}, mesh: {size: 0.4 um}}
materials: {grain: NMC76}
c_rate_basis: 200 mA/g
physics:
  fatigue: {enabled: true, length: 5}
protocol:
  - rest: {until: {time: 10 min}}
  - rest: {until: {time: 20 min}}
"""


def load(tmp_path, text, base=BASE, overrides=()):
    (tmp_path / "base.yaml").write_text(base)
    (tmp_path / "derived.yaml").write_text(text)
    return Case.load(tmp_path / "derived.yaml", overrides)


def only_problem(tmp_path, text, base=BASE, overrides=()):
    with pytest.raises(CaseError) as caught:
        load(tmp_path, text, base, overrides)
    (problem,) = caught.value.problems
    return problem


def test_mappings_are_merged_key_by_key(tmp_path):
    case = load(tmp_path, "based_on: base.yaml\nphysics: {fatigue: {acceleration: 50}}\n")
    assert case.name == "base"
    assert (case.physics.fatigue.length, case.physics.fatigue.acceleration) == (5, 50)


def test_lists_are_replaced(tmp_path):
    case = load(tmp_path, "based_on: base.yaml\nprotocol: [Rest for 5 minutes]\n")
    (step,) = case.protocol
    assert isinstance(step, Rest)
    assert step.until.time == 300


def test_bases_may_have_bases(tmp_path):
    (tmp_path / "middle.yaml").write_text("based_on: base.yaml\ntemperature: 60 degC\n")
    case = load(tmp_path, "based_on: middle.yaml\nname: hot\n")
    assert (case.name, case.temperature, len(case.protocol)) == ("hot", 333.15, 2)


def test_overrides_come_last(tmp_path):
    text = "based_on: base.yaml\nphysics: {fatigue: {length: 6}}\n"
    assert load(tmp_path, text, overrides=["physics.fatigue.length=7"]).physics.fatigue.length == 7


@pytest.mark.parametrize(
    ("text", "base", "file", "line"),
    [
        ("based_on: base.yaml\nphysics: {fatige: {}}\n", BASE, "derived.yaml", 2),
        ("based_on: base.yaml\n", BASE.replace("length: 5", "lenght: 5"), "base.yaml", 6),
        ("based_on: base.yaml\n\nprotocol:\n  - rest: {until: {}}\n", BASE, "derived.yaml", 4),
    ],
    ids=["of the case", "of its base", "of a list that replaces another"],
)
def test_a_problem_is_told_where_it_stands(tmp_path, text, base, file, line):
    problem = only_problem(tmp_path, text, base)
    assert (problem.file, problem.line) == (str(tmp_path / file), line)


@pytest.mark.parametrize("name", ["other.yaml", "../base.yaml", "[1]"])
def test_a_base_that_is_not_beside_the_case_is_refused(tmp_path, name):
    problem = only_problem(tmp_path, f"name: x\nbased_on: {name}\n")
    assert problem.line == 2
    assert "expected a case beside it" in problem.message


def test_a_case_cannot_be_based_on_itself(tmp_path):
    problem = only_problem(tmp_path, "based_on: base.yaml\n", "based_on: derived.yaml\n")
    assert "derived.yaml is in the end based on itself" in problem.message

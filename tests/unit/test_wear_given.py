"""What a case or a material may say about wear, and what is refused."""

import pytest

from solver.materials.library import MaterialError, load_boundary_material
from solver.text.problems import CaseError
from tests.particles import case_of

REST = "[{rest: {until: {time: 1 s}}}]"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("physics.fatigue.endurance=1.2", "endurance"),
        ("physics.fatigue.endurance=-0.1", "endurance"),
        ("physics.fatigue.length=0", "length"),
        ("physics.fatigue.threshold=-1", "threshold"),
        ("physics.fatigue.acceleration=0", "acceleration"),
        ("physics.corrosion.rate=-1e-6 1/s", "rate"),
        ("physics.corrosion.rate=2 V", "rate"),
        ("physics.corrosion.remaining_strength=1.1", "remaining_strength"),
        ("physics.corrosion.remaining_toughness=0", "remaining_toughness"),
        ("physics.corrosion.potential_scale=0 V", "potential_scale"),
        ("numerics.time_step.damage=0", "damage"),
        ("numerics.time_step.damage=1.5", "damage"),
    ],
)
def test_a_case_with_impossible_wear_is_refused(given, place):
    with pytest.raises(CaseError, match=place):
        case_of(REST, given)


def test_wear_is_off_unless_asked_for():
    physics = case_of(REST).physics
    assert not physics.fatigue.enabled
    assert not physics.corrosion.enabled


def test_all_boundaries_tire_and_only_those_without_lpo_corrode():
    for state in ("dry", "liquid"):
        assert load_boundary_material(state).entries["corrosion"].rate(298.15) > 0
    assert load_boundary_material("lpo").entries["corrosion"] is None
    assert load_boundary_material("lpo").entries["fatigue"].endurance == 0.8


def test_an_endurance_beyond_the_strength_is_no_material(tmp_path):
    source = load_boundary_material.__globals__["FOLDER"] / "boundary_dry.yaml"
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(source.read_text().replace("value: 0.8\n", "value: 1.5\n"))
    with pytest.raises(MaterialError, match=r"fatigue\.endurance\.value: must not exceed 1"):
        load_boundary_material(str(wrong))

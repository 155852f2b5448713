"""Sections of mechanisms: one line in the physics of a case is all that one more of them takes."""

import subprocess
import sys

import pytest
from pydantic import Field, ValidationError

from solver.case.physics import PhysicsCase, entry_readers
from solver.mechanisms.base import Mechanism, MechanismCase, Slow


class Layer(Mechanism):
    name = "layer"

    def __init__(self, section):
        self.section = section


class LayerCase(Slow):
    """A layer grows."""

    rate: float = Field(1.0, gt=0)

    def mechanism(self, places):
        return Layer(self)

    def cautions(self, plan):
        return [f"caution: layers of {plan} cells"] if self.rate > 10 else []


class Physics(PhysicsCase):
    """With the one line that a mechanism takes."""

    layer: LayerCase = LayerCase()


def test_it_is_read_and_acts_after_those_before_it():
    physics = Physics.model_validate({"fatigue": {"enabled": True}, "layer": {"enabled": True}})
    assert list(physics.mechanisms()) == ["fatigue", "layer"], "nothing is wet without wetting"
    assert physics.mechanisms()["layer"].mechanism(None).section is physics.layer


def test_what_is_off_does_not_act():
    assert "layer" not in Physics().mechanisms()


def test_it_is_as_fast_as_all_that_ages_unless_it_says_so():
    both = {"acceleration": 7.0, "layer": {"enabled": True}}
    assert Physics.model_validate(both).layer.acceleration == 7.0
    own = {"acceleration": 7.0, "layer": {"enabled": True, "acceleration": 2.0}}
    assert Physics.model_validate(own).layer.acceleration == 2.0


def test_a_wrong_key_of_it_is_an_error():
    with pytest.raises(ValidationError, match=r"layer\.speed"):
        Physics.model_validate({"layer": {"enabled": True, "speed": 1.0}})


def test_every_section_of_the_package_makes_a_mechanism_of_its_name():
    sections = {
        name: field.annotation
        for name, field in PhysicsCase.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, MechanismCase)
    }
    assert list(sections) == [
        "thermal_expansion",
        "fatigue",
        "corrosion",
        "wetting",
        "initial_wetting",
        "rock_salt",
        "dissolution",
        "interphase",
        "oxide_ageing",
        "decomposition",
        "oxygen_release",
        "gliding",
        "front",
    ]
    for name, section in sections.items():
        assert section.mechanism is not MechanismCase.mechanism, name


def test_entries_of_boundaries_are_read_by_the_sections_that_have_them():
    assert set(entry_readers("of_boundaries")) == {"fatigue", "corrosion"}
    assert set(entry_readers("of_oxides")) == {
        *("rock_salt", "dissolution", "oxide_ageing"),
        *("thermal_expansion", "decomposition", "oxygen_release", "gliding", "front"),
    }


def test_mechanisms_do_without_dolfinx():
    code = (
        "import sys, solver.mechanisms.interphase, solver.mechanisms.fatigue, "
        "solver.mechanisms.oxide_ageing, solver.mechanisms.rock_salt, "
        "solver.mechanisms.dissolution, solver.mechanisms.thermal_expansion, "
        "solver.mechanisms.gliding, solver.mechanisms.decomposition, "
        "solver.mechanisms.oxygen_release, solver.mechanisms.front, "
        "solver.mechanisms.corrosion, solver.mechanisms.wetting, solver.mechanisms.initial_wetting;"
        "print([name for name in ('dolfinx', 'petsc4py', 'ufl', 'mpi4py') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_oxygen_leaves_by_a_layer_or_by_a_resolved_front_and_not_by_both():
    both = {"oxygen_release": {"enabled": True}, "front": {"enabled": True}}
    with pytest.raises(ValidationError, match="enable one of them"):
        PhysicsCase.model_validate(both)
    assert PhysicsCase.model_validate({**both, "oxygen_release": {}}).front.enabled


def test_gliding_that_an_assumed_limit_decides_is_cautioned_of():
    case = {"rock_salt": {"enabled": True, "gliding": {"enabled": True}}}
    (told,) = PhysicsCase.model_validate(case).rock_salt.cautions(None)
    assert "largest_factor" in told
    assert PhysicsCase().rock_salt.cautions(None) == []

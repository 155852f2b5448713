"""Editors show what every key of a case means, its unit, and an example that is right."""

import re
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter

from solver.case import Case
from solver.case.settings import quantity_of
from solver.case.teaching import example_of, examples_of, models_in, properties_of, taught
from solver.protocol import STEPS, keys_of
from solver.units import usual
from solver.units.measures import Length
from solver.units.section import Section

SCHEMA = Case.model_json_schema()
MODELS = [model for model in models_in(Case) if model is Case or model.__name__ in SCHEMA["$defs"]]


def keys_and_fields():
    for model in MODELS:
        schema = SCHEMA if model is Case else SCHEMA["$defs"][model.__name__]
        told = properties_of(model, schema)
        for name, key in keys_of(model).items():
            yield f"{model.__name__}.{key}", model.model_fields[name], told[key]


def test_all_sections_and_steps_are_looked_at():
    assert {Case, *STEPS.values()} <= set(MODELS)
    assert {"CohesiveCase", "FrontCase", "ImageCase", "Until"} <= {m.__name__ for m in MODELS}
    assert {model.__name__ for model in MODELS} - {"Case"} == set(SCHEMA["$defs"])


def test_every_key_has_a_description():
    lacking = [name for name, _, told in keys_and_fields() if len(told.get("description", "")) < 8]
    assert lacking == []


def test_what_must_be_given_says_so():
    """As `required` leaves it to the base of a case."""
    said = {name for name, _, told in keys_and_fields() if "Must be given" in told["description"]}
    assert {"ParticleCase.radius", "GrainsCase.count", "Check.at"} <= said
    assert not {"ParticleCase.seed", "CohesiveCase.strength"} & said


def test_every_key_has_an_example():
    assert [name for name, _, told in keys_and_fields() if not told.get("examples")] == []


def test_every_quantity_tells_its_unit():
    wrong = []
    for name, field, told in keys_and_fields():
        quantity = quantity_of(field)
        if quantity is not None and f"in {quantity.unit})" not in told["description"]:
            wrong.append(name)
    assert wrong == []


def read(field, example) -> Any:
    """What a field makes of an example, looking for no file; ValueError if it does not take it."""
    kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return TypeAdapter(kind).validate_python(example)


def accepted(field, example) -> bool:
    try:
        read(field, example)
    except ValueError:
        return False
    return True


FILES = {"OrientationCase.table", "OrientationCase.a_table"}  # their first example is a file


def test_every_example_is_accepted():
    wrong = [
        f"{name}: {example}"
        for name, field, told in keys_and_fields()
        for example in told["examples"][name in FILES :]
        if not accepted(field, example)
    ]
    assert wrong == []


@pytest.mark.parametrize("model", [m for m in MODELS if m is not Case], ids=lambda m: m.__name__)
def test_the_example_of_every_section_is_accepted(model):
    model.model_validate(example_of(model))


def test_examples_are_of_usual_size():
    far = []
    for name, field, told in keys_and_fields():
        ranges = [each for each in field.metadata if isinstance(each, usual.Usual)]
        for example in told["examples"] if ranges else []:
            value = read(field, example)
            if isinstance(value, float) and ranges[0].outside(value):
                far.append(f"{name}: {ranges[0].outside(value)}")
    assert far == []


def test_editors_show_nothing_else_in_place_of_a_description():
    """They prefer the words of alternatives, and show names of classes as titles."""
    for name, _, told in keys_and_fields():
        assert "title" not in told, name
        assert all("description" not in part for part in told.get("anyOf", ())), name


def test_no_default_is_offered_that_teaches_nothing():
    """Nothing at all, the whole of a section, or a number without its unit."""
    for name, field, told in keys_and_fields():
        default = told.get("default", "not said")
        assert default is not None, name
        assert not (isinstance(default, dict) and default), name
        assert not (quantity_of(field) and isinstance(default, int | float)), name


def test_examples_of_quantities_bear_units():
    """A plain number would teach nobody."""
    bare = [
        name
        for name, field, told in keys_and_fields()
        if quantity_of(field) and not all(re.search("[A-Za-z]", str(e)) for e in told["examples"])
    ]
    assert bare == []


class Bare(Section):
    """Says too little."""

    width: Length | None = None
    count: int = Field(ge=1)


class Whole(BaseModel):
    bare: Bare
    depth: Length = 5e-10


def test_what_is_lacking_stays_lacking():
    told: dict[str, Any] = taught(Whole.model_json_schema(), Whole)
    assert "description" not in told["$defs"]["Bare"]["properties"]["count"]
    assert "examples" not in told["$defs"]["Bare"]["properties"]["count"]


def test_what_follows_from_a_field_is_told():
    assert examples_of(Whole.model_fields["depth"]) == ["0.5 nm"]
    told = taught(Whole.model_json_schema(), Whole)["properties"]
    assert told["bare"]["description"] == "Says too little. Must be given"


def test_what_the_base_of_a_case_says_is_not_asked_for():
    """`particle: {boundary: {state: lpo}}` is all that some shipped cases say of a particle."""
    assert "required" not in SCHEMA["$defs"]["ParticleCase"]
    assert SCHEMA["$defs"]["ImageCase"]["required"] == ["shape"], "else every kind would fit"
    assert SCHEMA["$defs"]["Check"]["required"] == ["at", "steps"], "lists are replaced as a whole"
    assert {"required": ["based_on"]} in SCHEMA["anyOf"]

"""Editors show what every key of a fit file means, and what is lacking in one is told."""

import pytest
from pydantic import ValidationError

from solver.fitting.fit_file import FitCurve, FitFile, FitParameter, FitTarget
from solver.protocol import keys_of

SCHEMA = FitFile.model_json_schema()
MODELS = (FitFile, FitParameter, FitCurve, FitTarget)
GOOD = {
    "name": "a fit",
    "case": "case.yaml",
    "parameters": [{"key": "electrode.contact", "from": "3 S/m^2", "to": "300 S/m^2"}],
    "targets": [{"figure": "cracked", "value": 0.3, "precision": 0.1}],
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_has_a_description_and_an_example(model):
    told = (SCHEMA if model is FitFile else SCHEMA["$defs"][model.__name__])["properties"]
    assert set(told) == set(keys_of(model).values())
    assert [key for key, each in told.items() if len(each.get("description", "")) < 8] == []
    assert [key for key, each in told.items() if not each.get("examples")] == []


def test_what_must_be_given_is_asked_for():
    assert SCHEMA["required"] == ["name", "case", "parameters"]
    assert FitFile.model_validate(GOOD).parameters[0].title == "contact"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"targets": []}, "give measured or targets"),
        ({"parameters": []}, "at least one is needed"),
        ({"parameters": GOOD["parameters"] * 2}, "stands there twice"),
        ({"measured": [{"precision": "5 mV"}]}, "required key 'file' is missing"),
        ({"measured": [{"file": "x.csv", "precision": 0}]}, "greater than 0"),
        ({"parameters": [{**GOOD["parameters"][0], "from": 0, "log": True}]}, "a unit|above zero"),
    ],
)
def test_what_makes_no_fit_is_refused(changed, why):
    with pytest.raises(ValidationError, match=why):
        FitFile.model_validate(GOOD | changed)

"""Quantities: bare SI numbers and texts with units mean the same, wrong ones say what is right."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from solver.units import measures as units
from solver.units.measures import to_si


def read(kind, given):
    model = type("Given", (BaseModel,), {"__annotations__": {"value": kind}})
    return model(value=given).value


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (units.Length, "5 um", 5e-6),
        (units.Length, "5um", 5e-6),
        (units.Length, "5 µm", 5e-6),
        (units.Length, 5e-6, 5e-6),
        (units.Length, "1e-14", 1e-14),
        (units.Length, " .5 mm ", 5e-4),
        (units.Time, "1 h", 3600.0),
        (units.Time, 60, 60.0),
        (units.Voltage, "4200 mV", 4.2),
        (units.Stress, "2 GPa", 2e9),
        (units.Toughness, "10 J/m^2", 10.0),
        (units.Toughness, "10 N/m", 10.0),
        (units.Stiffness, "1e19 Pa/m", 1e19),
        (units.SpecificCurrent, "200 mA/g", 200.0),
        (units.SpecificCapacity, "100 mAh/g", 3.6e5),
        (units.SpecificCapacity, "100 mA.h/g", 3.6e5),
        (units.Temperature, "25 degC", 298.15),
        (units.Temperature, "60 °C", 333.15),
        (units.Temperature, "300 K", 300.0),
        (units.Temperature, 300, 300.0),
        (units.Rate, "C/3", 1 / 3),
        (units.Rate, "1C", 1.0),
        (units.Rate, "C", 1.0),
        (units.Rate, "0.5C", 0.5),
        (units.Rate, "2 C / 5", 0.4),
        (units.Rate, 0.333, 0.333),
    ],
)
def test_what_may_be_written(kind, given, value):
    assert read(kind, given) == value


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (units.Length, "5 V", 'a length such as "5 um"'),
        (units.Length, "5 m^2", 'a length such as "5 um"'),
        (units.Length, "5 blub", 'a length such as "5 um"'),
        (units.Length, "5 5 um", 'a length such as "5 um"'),
        (units.Length, "5,0 um", 'a length such as "5 um"'),
        (units.Length, "um", 'a length such as "5 um"'),
        (units.Length, "", 'a length such as "5 um"'),
        (units.Length, None, 'a length such as "5 um"'),
        (units.Length, True, 'a length such as "5 um"'),
        (units.Length, [5], 'a length such as "5 um"'),
        (units.Length, float("nan"), 'a length such as "5 um"'),
        (units.Length, "1e400 m", 'a length such as "5 um"'),
        (units.SpecificCurrent, "200 mA", 'a current per mass such as "200 mA/g"'),
        (units.Temperature, "25 degF", 'a temperature such as "25 degC"'),
        (units.Temperature, "25 m", 'a temperature such as "25 degC"'),
        (units.Rate, "C/x", 'a rate such as "C/3"'),
        (units.Rate, "C/0", 'a rate such as "C/3"'),
        (units.Rate, "5 m", 'a rate such as "C/3"'),
    ],
)
def test_what_is_wrong_is_told_what_was_expected(kind, given, expected):
    with pytest.raises(ValidationError) as caught:
        read(kind, given)
    assert f"expected {expected}, got" in str(caught.value)


def test_units_of_another_dimension_are_refused():
    assert to_si(4.7, "g/cm^3", "kg/m^3") == 4700.0
    with pytest.raises(ValueError, match="'g' is not a unit of the kind kg/m"):
        to_si(4.7, "g", "kg/m^3")


def test_a_temperature_of_a_material_counts_from_where_its_unit_does():
    assert to_si(1050, "degC", "K") == 1323.15
    assert to_si(200, "K", "K") == 200.0


def test_editors_are_offered_both_spellings():
    class Model(BaseModel):
        model_config = ConfigDict(extra="forbid")
        value: units.Length

    number, text = Model.model_json_schema()["properties"]["value"]["anyOf"]
    assert number == {"type": "number", "description": "a length in m"}
    assert text == {"type": "string", "description": 'a length such as "5 um"'}


@pytest.mark.parametrize(
    "text", ["1e30 m", "1e-20 m", "1e4", "5 m**9**9**9", f"5 {500 * 'u'}"], ids=len
)
def test_what_no_particle_can_be_is_refused(text):
    with pytest.raises(ValidationError, match=r"expected a length"):
        read(units.Length, text)


def test_a_length_may_be_zero():
    assert read(units.Length, "0 um") == 0.0

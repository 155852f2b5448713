"""Ramps of the temperature: how they are written, which cannot be, and how long they take."""

import pytest

from solver.checks.forecast import ForecastError, forecast
from solver.materials import load_grain_material
from solver.protocol import read_step
from solver.protocol.phases import Reading, Scale
from solver.text.problems import CaseError
from tests.particles import case_of, oxide

NMC = load_grain_material("NMC76")
EXPANSION = "physics.thermal_expansion.enabled=true"


@pytest.mark.parametrize(
    ("text", "kind", "rate", "to"),
    [
        ("Heat at 50 K/s to 550 degC", "heat", 50.0, 823.15),
        ("cool at 60 K/s to 25 degC", "cool", 60.0, 298.15),
        ("Ramp at 10 K/min to 300 degC", "ramp", 10 / 60, 573.15),
        ("Heat at 2.5 K/s to 700 K", "heat", 2.5, 700.0),
    ],
)
def test_a_ramp_is_written_as_people_say_it(text, kind, rate, to):
    settings = read_step(text)
    start = "'Rest for 1 s at 60 degC'"
    step = case_of(f"[{start}, {text!r}]").protocol[1]
    assert list(settings) == [kind]
    assert (step.kind, step.rate, step.to) == (kind, pytest.approx(rate, rel=1e-14), to)
    assert step.in_words().lower() == text.lower().replace("700 k", "426.85 degc")


@pytest.mark.parametrize(
    ("protocol", "why"),
    [
        ("['Heat at 50 K/s']", "expected 'to', got the end"),
        ("['Heat to 550 degC']", "expected 'at', got 'to'"),
        ("['Heat at 50 V to 550 degC']", "expected a heating rate"),
        ("['Heat at 50 K/s to 5000 degC']", "less than or equal to 1000"),
        ("['Cool at 50 K/s to -100 K']", "greater than or equal to 200"),
        ("['Heat at 50 K/s to 25 degC']", "heat to 25 degC starts there: it goes nowhere"),
        (
            "['Cool at 50 K/s to 80 degC']",
            "cool from 25 degC to 80 degC goes the other way: write heat",
        ),
        (
            "['Heat at 1 K/s to 80 degC', 'Heat at 1 K/s to 60 degC']",
            "heat from 80 degC to 60 degC goes the other way: write cool",
        ),
        ("[{heat: {rate: 0, to: 80 degC}}]", "greater than 0"),
        ("[{heat: {rate: 1 K/s}}]", "to"),
    ],
)
def test_a_ramp_that_cannot_be_is_refused_and_says_why(protocol, why):
    with pytest.raises(CaseError, match=why):
        case_of(protocol)


def test_steps_begin_at_the_temperature_that_the_one_before_has_left():
    case = case_of(
        "['Rest for 1 s', 'Heat at 1 K/s to 60 degC', 'Rest for 1 s', 'Rest for 1 s at 40 degC',"
        " 'Cool at 1 K/s to 30 degC', 'Rest for 1 s']"
    )
    kelvin = [298.15, 298.15, 333.15, 313.15, 313.15, 303.15]
    assert case.temperatures() == pytest.approx(kelvin, abs=1e-9)


def test_a_plan_knows_how_long_a_ramp_takes():
    case = case_of("['Heat at 10 K/min to 75 degC', 'Cool at 1 K/s to 65 degC']")
    heat, cool = forecast(case, NMC)
    assert heat.duration == pytest.approx(300.0, rel=1e-12)
    assert cool.duration == pytest.approx(10.0, rel=1e-12)
    assert heat.longest == pytest.approx(30.0)
    assert (heat.occupancy, cool.occupancy) == (0.95, 0.95)


def test_every_rise_of_the_temperature_begins_a_cycle():
    case = case_of(
        "[{repeat: {times: 3, steps: ['Heat at 1 K/s to 60 degC', 'Cool at 1 K/s to 25 degC']}}]"
    )
    assert [planned.cycle for planned in case.steps()] == [1, 1, 2, 2, 3, 3]


def test_the_temperature_moves_evenly_and_ends_where_it_should():
    step = case_of("['Heat at 2 K/s to 325.15 K']").protocol[0]
    (phase,) = step.phases(Reading(4.0, 0.0, 0.0, 0.0, temperature=315.15), Scale(1.0, 1.0))
    assert phase.duration == 5.0
    assert [phase.imposed(t).temperature for t in (0.0, 1.0, 4.0, 5.0)] == [
        315.15,
        pytest.approx(317.15, rel=1e-15),
        pytest.approx(323.15, rel=1e-15),
        325.15,
    ]
    assert phase.imposed(2.0).current == 0.0
    assert phase.time_left(Reading(4.0, 0.0, 2.0, 0.0)) == 3.0


def test_a_heated_oxide_without_expansion_is_named_with_what_to_give():
    bare = oxide(entries={**NMC.entries, "thermal_expansion": None})
    case = case_of("['Heat at 1 K/s to 60 degC']", EXPANSION)
    with pytest.raises(ForecastError, match=r"no entry thermal_expansion\.a: .* such as 1e-5 1/K"):
        forecast(case, bare)
    given = case_of(
        "['Heat at 1 K/s to 60 degC']",
        "physics.thermal_expansion={enabled: true, a: 1e-5 1/K, c: 2e-5 1/K}",
    )
    assert len(forecast(given, bare)) == 1


@pytest.mark.parametrize("setting", ["to 700 degC", "stress_free"])
def test_heating_beyond_the_table_is_refused_before_anything_runs(setting):
    table = NMC.entries["thermal_expansion"]
    short = table._replace(c=table.c._replace(temperature=(200.0, 900.0)))
    end, free = ("700 degC", "25 degC") if "to" in setting else ("60 degC", "950 K")
    case = case_of(
        f"['Heat at 1 K/s to {end}']",
        f"physics.thermal_expansion={{enabled: true, stress_free: {free}}}",
    )
    known = r"thermal_expansion\.c is known from 200 K to 900 K, and not at 9"
    with pytest.raises(ForecastError, match=known):
        forecast(case, oxide(entries={**NMC.entries, "thermal_expansion": short}))

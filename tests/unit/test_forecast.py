"""Steps that this material cannot follow are found before anything runs."""

from dataclasses import replace

import numpy as np
import pytest

from solver.checks.forecast import ForecastError, equilibrium, forecast, potential_window
from solver.entries import laws
from solver.materials import load_grain_material
from tests.particles import case_of

NMC = load_grain_material("NMC811")
CELL = equilibrium(case_of("['Rest for 1 s']"), NMC)


def told(*steps, overrides=()):
    protocol = ", ".join(f"'{step}'" for step in steps)
    return forecast(case_of(f"[{protocol}]", *overrides), NMC)


def refused(*steps, overrides=()):
    with pytest.raises(ForecastError) as caught:
        told(*steps, overrides=overrides)
    return caught.value


def test_occupancy_at_inverts_the_potential():
    for voltage in (2.7, 3.6, 4.0, 4.5):
        x = np.array(CELL.occupancy(voltage))
        assert NMC.potential.value(x) == pytest.approx(voltage, abs=1e-3)


def test_every_kind_of_step_has_a_duration_and_an_end():
    steps = told(
        "Charge at 1C until 4.2 V",
        "Hold at 4.2 V for 10 min",
        "Rest for 10 min",
        "Sweep at 1 mV/s to 3.7 V",
        "Pulse at C/10 for 10 min, rest for 1 hour, until 5 pulses",
    )
    assert [step.duration for step in steps[1:]] == pytest.approx([600, 600, 500, 5 * 4200], 1e-3)
    x = [step.occupancy for step in steps]
    assert x[:3] == pytest.approx([CELL.occupancy(4.2)] * 3)
    passed = 5 * 600 * 0.1 / 3600 * 200 / (NMC.max_concentration * 96485 / NMC.density / 3600)
    assert x[3] - x[4] == pytest.approx(passed, rel=1e-3)


def test_a_charge_that_ends_below_the_resting_voltage_cannot_start():
    error = refused("Charge at C/3 until 3.5 V")
    assert "past its end: the particle rests at 3.562 V" in str(error)
    assert error.place == ("protocol", 0)


def test_pulses_that_are_past_their_end_cannot_start():
    train = "Pulse discharge at C/10 for 10 min, rest for 1 h, until 3.9 V"
    assert "is already past its end" in str(refused(train))


@pytest.mark.parametrize(
    "step",
    [
        "Charge at C/3 until 5.0 V",
        "Hold at 1.5 V for 1 h",
        "Sweep at 1 mV/s from 1.2 V to 4 V",
        "Sweep at 1 mV/s to 5.6 V",
        "Pulse at C/3 for 60 s, rest for 60 s, until 5.5 V",
    ],
)
def test_a_voltage_beyond_the_tails_is_refused_with_the_window(step):
    error = refused("Rest for 1 s", step)
    low, high = potential_window(CELL)
    assert error.place == ("protocol", 1)
    assert f"tails included: {low:.2f} V to {high:.2f} V" in str(error)


def test_the_windows_people_use_lie_within_the_tails():
    for name in ("NMC76", "NMC811"):
        oxide = load_grain_material(name)
        low, high = potential_window(equilibrium(case_of("['Rest for 1 s']"), oxide))
        assert low < 2.5
        assert 4.7 < high < 4.8


@pytest.mark.parametrize(
    ("steps", "there"),
    [
        (["Charge at C/3 for 20 hours"], 0.95),
        (["Discharge at C/3 for 1 hour"], 0.05),
        (["Charge at C/3 until 300 mAh/g"], 0.95),
        (["Charge at C/3 until 4.2 V", "Discharge at C/3 until 300 mAh/g"], 1.0),
        (["Charge at C/3 for 2 h", "Rest for 1 h", "Charge at C/3 for 4 hours"], 0.466),
    ],
)
def test_an_end_that_needs_more_lithium_than_there_is_never_comes(steps, there):
    error = refused(*steps)
    assert f"at most {there:.3g} is possible: its end can never come" in str(error)
    assert error.place == ("protocol", len(steps) - 1)


def test_a_sweep_from_a_given_voltage_takes_its_whole_range():
    sweep, back = told("Sweep at 1 mV/s from 4 V to 3.7 V", "Sweep at 2 mV/s to 4.1 V")
    assert (sweep.duration, back.duration) == pytest.approx((300, 200), rel=1e-3)


def test_impedance_takes_no_time():
    rest, impedance = told("Rest for 1 s", "Impedance from 1 kHz to 1 Hz")
    assert (impedance.duration, impedance.occupancy) == (0.0, rest.occupancy)


def test_a_voltage_ends_what_the_charge_alone_would_not():
    assert told("Charge at C/3 until 4.3 V or 20 hours")[0].duration < 4 * 3600


def test_a_load_takes_its_time_in_increments_and_leaves_the_lithium_where_it_is():
    load = "{load: {to: 0.5, duration: 60 s, increments: 3}}"
    case = case_of(f"[{load}]", "loads=[{surface: outer, symmetry: true}]")
    (step,) = forecast(case, NMC)
    assert (step.text, step.duration, step.longest) == ("Load to 0.5", 60.0, 20.0)
    assert step.occupancy == case.initial.occupancy


def test_each_step_is_followed_at_its_own_temperature():
    case = case_of(
        "['Rest for 1 h', 'Hold at 4 V for 1 h at 60 degC', 'Rest for 1 h',"
        " 'Hold at 4 V for 1 h at 10 degC']",
        "temperature=30 degC",
    )
    oxide = replace(NMC, entropic=laws.constant(1e-3))
    steps = forecast(case, oxide)
    kelvin = [303.15, 333.15, 333.15, 283.15]
    assert case.temperatures() == pytest.approx(kelvin, abs=1e-9)
    assert [step.temperature for step in steps] == pytest.approx(kelvin, abs=1e-9)
    for step, temperature in zip(steps[1::2], kelvin[1::2], strict=True):
        x = np.array(step.occupancy)
        assert oxide.potential_at(temperature).value(x) == pytest.approx(4.0, abs=1e-3)
    assert steps[1].occupancy > steps[3].occupancy + 0.01
    assert steps[1].text == "Hold at 4 V for 1 hour at 60 degC"


def test_a_temperature_at_which_the_potential_would_not_fall_is_found_in_any_step():
    steep = replace(NMC, entropic=laws.linear(0.0, 0.02))
    case = case_of("['Rest for 1 h', 'Rest for 1 h at 90 degC']")
    with pytest.raises(ForecastError, match=r"protocol.1: NMC811 at 363.15 K: .*fall") as caught:
        forecast(case, steep)
    assert caught.value.place == ("protocol", 1)

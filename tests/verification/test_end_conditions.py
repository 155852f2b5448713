"""Steps of a protocol end where they should, fail with a reason, and stop when asked to."""

import pytest

from tests.particles import case_of, disc, meshed, model_of, ran

SMALL = disc(3, 0.6, 0.3, 0.25)


def follow(protocol, *overrides, **options):
    case = case_of(protocol, *SMALL, *overrides)
    return ran(model_of(case, meshed(case)), **options)


@pytest.fixture(scope="module")
def mixed():
    """One step of each kind, each with another end."""
    _, recorder, outcome = follow(
        "[{charge: {rate: 2C, until: {voltage: 4.0 V}}},"
        " {hold: {voltage: 4.0 V, until: {rate: C/5}}},"
        " {rest: {until: {time: 123.4 s}}},"
        " {discharge: {rate: 1C, until: {capacity: 20 mAh/g}}},"
        " {hold: {voltage: 3.7 V, until: {capacity: 15 mAh/g}}},"
        " {discharge: {current: 400 mA/g, until: {voltage: 3.4 V, time: 1000 h}}}]"
    )
    assert outcome.status == "finished", outcome.reason
    return recorder.ends


def test_a_charge_ends_at_its_voltage(mixed):
    error = abs(mixed[1]["Voltage / V"] - 4.0)
    print(f"end of charge: voltage off by {error:.1e} V")
    assert error < 1e-6


def test_a_discharge_ends_at_its_voltage(mixed):
    error = abs(mixed[6]["Voltage / V"] - 3.4)
    print(f"end of discharge: voltage off by {error:.1e} V")
    assert error < 1e-6
    assert mixed[6]["Specific Current / mA.g-1"] == pytest.approx(-400, rel=1e-9)


def test_a_hold_ends_at_its_current(mixed):
    current = mixed[2]["Specific Current / mA.g-1"]
    print(f"end of hold: {current:.8f} mA/g, wanted 40")
    assert current == pytest.approx(40.0, rel=1e-6)
    assert mixed[2]["Voltage / V"] == pytest.approx(4.0, abs=1e-12)


def test_a_rest_lasts_exactly_as_long_as_it_should(mixed):
    assert mixed[3]["Step Time / s"] == pytest.approx(123.4, rel=1e-12)
    assert abs(mixed[3]["Specific Current / mA.g-1"]) < 1e-6


def test_rounding_makes_no_time_step_of_its_own():
    _, recorder, _ = follow("[{rest: {until: {time: 1}}}]", "numerics.time_step.fixed=0.1")
    assert len(recorder.rows) == 1 + 10  # ten times 0.1 is a little less than 1
    assert recorder.rows[-1]["Step Time / s"] == pytest.approx(1.0, rel=1e-12)


def test_a_discharge_passes_exactly_its_charge(mixed):
    assert mixed[4]["Capacity / mA.h.g-1"] == pytest.approx(20.0, rel=1e-9)


def test_a_hold_ends_at_its_charge(mixed):
    charge = mixed[5]["Capacity / mA.h.g-1"]
    print(f"end of hold: {charge:.8f} mAh/g, wanted 15")
    assert charge == pytest.approx(15.0, rel=1e-6)


def test_a_step_that_is_already_past_its_end_fails_and_says_so():
    _, recorder, outcome = follow("[{charge: {rate: C/2, until: {voltage: 3.2 V}}}]")
    print(outcome.reason)
    assert outcome.status == "failed"
    assert "protocol.0 (charge) cannot be run: its voltage is already past its end" in (
        outcome.reason
    )
    assert recorder.rows[-1]["Test Time / s"] == 0.0


def test_a_later_step_that_is_past_its_end_keeps_what_came_before():
    _, recorder, outcome = follow(
        "[{charge: {rate: 1C, until: {capacity: 60 mAh/g}}},"
        " {discharge: {rate: C/10, until: {voltage: 4.3 V}}}]"
    )
    print(outcome.reason)
    assert outcome.status == "failed"
    assert "protocol.1 (discharge)" in outcome.reason
    assert recorder.rows[-1]["Capacity / mA.h.g-1"] == pytest.approx(60.0, rel=1e-9)


def test_a_step_that_cannot_be_solved_is_cut_to_the_floor_then_named():
    simulation, _, outcome = follow(
        "[{charge: {rate: 1C, until: {voltage: 4.0 V}}}]",
        "numerics.newton_iterations=1",
        "numerics.time_step.minimum=0.1",
    )
    print(outcome.reason)
    assert outcome.status == "failed"
    assert "the smallest time step, 0.1 s, cannot be solved" in outcome.reason
    assert "occupancy of grain_" in outcome.reason
    assert outcome.reason.startswith("at 0 s")
    assert outcome.totals["rejected_steps"] == 3  # 1 s, 0.3 s, 0.1 s
    occupancy = simulation.model.state.occupancy.x.array
    assert occupancy == pytest.approx(0.95, abs=1e-12)  # the last state that was accepted


def test_an_interrupt_ends_the_run_after_the_step_in_hand():
    asked = iter([False, False, True])
    _, recorder, outcome = follow(
        "[{charge: {rate: 1C, until: {voltage: 4.0 V}}}]", interrupted=lambda: next(asked)
    )
    print(outcome.reason)
    assert outcome.status == "interrupted"
    assert len(recorder.rows) == 3  # the start and two steps
    assert f"{recorder.rows[-1]['Test Time / s']:.6g} s" in outcome.reason


def test_too_many_steps_end_the_run():
    _, recorder, outcome = follow(
        "[{charge: {rate: 1C, until: {voltage: 4.0 V}}}]", "numerics.max_steps=4"
    )
    assert outcome.status == "failed"
    assert "4 time steps were not enough" in outcome.reason
    assert len(recorder.rows) == 5

"""Steps of a protocol end where they should, fail with a reason, and stop when asked to."""

import numpy as np
import pytest

from solver.drive import in_time
from solver.solve.impedance import ImpedanceError
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


@pytest.mark.parametrize("way, state", [("discharge", "full"), ("charge", "empty")])
def test_a_particle_that_gets_full_or_empty_ends_the_run_with_a_reason(way, state):
    start = "initial.occupancy=0.94" if state == "full" else "initial.occupancy=0.06"
    protocol = f"[{{{way}: {{rate: 2C, until: {{time: 30 min}}}}}}]"
    _, recorder, outcome = follow(protocol, start, "numerics.max_steps=2000")
    assert outcome.status == "failed"
    assert f"the particle is {state}, at " in outcome.reason
    assert "let the step end at a voltage" in outcome.reason
    assert all(0 <= row["Voltage / V"] <= 10 for row in recorder.rows)


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
    assert "step 0 (Charge at C/2 until 3.2 V) cannot be run: its voltage is already past" in (
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
    assert "step 1 (Discharge at C/10 until 4.3 V)" in outcome.reason
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
    occupancy = simulation.model.state["occupancy"]
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


@pytest.fixture(scope="module")
def swept():
    """Up and down again, over 0.2 V in 200 s each."""
    _, recorder, outcome = follow("['Sweep at 1 mV/s from 3.6 V to 3.8 V and back']")
    assert outcome.status == "finished", outcome.reason
    return recorder


def test_a_sweep_follows_its_ramp_exactly(swept):
    time, voltage = swept.column("Test Time / s")[1:], swept.column("Voltage / V")[1:]
    assert voltage == pytest.approx(3.8 - 1e-3 * abs(time - 200.0), abs=1e-9)
    assert time[-1] == pytest.approx(400.0, rel=1e-12)


def test_a_sweep_moves_less_than_five_millivolts_at_once(swept):
    steps = abs(swept.column("Time Step / s")[1:]) * 1e-3
    print(f"sweep: {len(steps)} steps, the largest {steps.max() * 1e3:.2f} mV")
    assert steps.max() < 5e-3 * (1 + 1e-9)
    assert len(swept.ends) == 3


def test_the_way_back_of_a_sweep_is_a_step_of_its_own(swept):
    steps, cycles = swept.column("Step Index / 1"), swept.column("Cycle Index / 1")
    assert (steps[-1], cycles[-1]) == (1, 1)
    assert swept.ends[1]["Voltage / V"] == pytest.approx(3.8, abs=1e-9)
    assert (
        swept.ends[1]["Specific Current / mA.g-1"] > 0 > swept.rows[-1]["Specific Current / mA.g-1"]
    )


def pulses_of(train, *overrides):
    _, recorder, outcome = follow(f"['{train}']", "initial.occupancy=0.6", *overrides)
    assert outcome.status == "finished", outcome.reason
    return recorder


def test_pulses_are_counted_and_each_has_its_rest():
    recorder = pulses_of("Pulse at C/2 for 60 s, rest for 120 s, until 3 pulses")
    assert recorder.rows[-1]["Test Time / s"] == pytest.approx(3 * 180, rel=1e-9)
    assert recorder.rows[-1]["Pulse Index / 1"] == 3
    assert recorder.rows[-1]["Net Charge / mA.h.g-1"] == pytest.approx(3 * 100 / 60, rel=1e-9)
    assert len(recorder.ends) == 2  # the start, and the end of the train
    flowing = recorder.column("Specific Current / mA.g-1")[1:]
    pulse = (recorder.column("Test Time / s")[1:] - 1e-6) % 180 < 60
    assert flowing == pytest.approx(100.0 * pulse, abs=1e-5)


def test_the_last_pulse_ends_at_the_charge_of_the_train():
    recorder = pulses_of("Pulse discharge at C/2 for 60 s, rest for 60 s, until 4 mAh/g")
    assert recorder.rows[-1]["Net Charge / mA.h.g-1"] == pytest.approx(-4.0, rel=1e-9)
    assert recorder.rows[-1]["Pulse Index / 1"] == 3


def test_the_pulse_that_reaches_the_voltage_is_the_last_and_rests_as_well():
    recorder = pulses_of("Pulse at C/2 for 10 min, rest for 60 s, until 3.95 V")
    voltage, current = recorder.column("Voltage / V"), recorder.column("Current / A.m-1")
    assert voltage.max() == pytest.approx(3.95, abs=1e-6)
    assert voltage[current > 1e-9 * current.max()][-1] == voltage.max()
    assert recorder.rows[-1]["Step Time / s"] % 60 == pytest.approx(
        recorder.rows[-1]["Test Time / s"] % 60
    )
    assert voltage[-1] < 3.95


def test_impedance_is_measured_where_it_stands_and_takes_no_time():
    _, recorder, outcome = follow(
        "['Rest for 10 s', 'Impedance from 1 kHz to 1 Hz', 'Rest for 5 s']",
        look=lambda snapshot: snapshot.spectrum,
    )
    assert outcome.status == "finished", outcome.reason
    (measured,) = [n for n, spectrum in enumerate(recorder.seen) if spectrum is not None]
    assert recorder.seen[measured].frequencies[[0, -1]] == pytest.approx([1e3, 1.0])
    assert recorder.rows[measured]["Test Time / s"] == 10.0
    assert recorder.rows[measured]["Step Index / 1"] == 1
    assert np.all(recorder.seen[measured].impedance.real > 0)
    assert recorder.rows[-1]["Test Time / s"] == 15.0


def test_impedance_where_there_is_none_ends_the_run(monkeypatch):
    def refuse(model, frequencies):
        raise ImpedanceError("no solution here")

    monkeypatch.setattr(in_time, "spectrum", refuse)
    _, _, outcome = follow("['Rest for 10 s', 'Impedance from 1 kHz to 1 Hz']")
    assert (outcome.status, outcome.reason) == ("failed", "at 10 s: no solution here")

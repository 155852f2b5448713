"""What protocol steps impose, and how far readings are from their ends."""

import math

import pytest

from solver.drive.in_time import impose
from solver.protocol.phases import Ended, Imposed, Reading, Scale
from tests.particles import case_of

MASS = 2e-14  # kg
ONE_C = 200.0 * MASS * 1e12  # pA, at 200 A/kg
MAH_PER_G = 3.6e3 * MASS * 1e12  # pC
SCALE = Scale(ONE_C, MASS * 1e12)


class Collector:
    """Remembers what was imposed."""

    def impose_current(self, density):
        self.density, self.voltage = density, None

    def impose_voltage(self, voltage):
        self.density, self.voltage = None, voltage


def phase_of(step, voltage=3.7):
    return next(case_of(f"[{step}]").steps()[0].step.phases(reading(voltage), SCALE))


def reading(voltage=3.7, current=0.0, time=0.0, charge=0.0):
    return Reading(voltage, current, time, charge)


@pytest.mark.parametrize(
    ("step", "times_c"),
    [
        ("{charge: {rate: C/2, until: {voltage: 4.2}}}", 0.5),
        ("{discharge: {rate: 2C, until: {voltage: 3}}}", -2.0),
        ("{charge: {current: 50 mA/g, until: {time: 1}}}", 0.25),
        ("{rest: {until: {time: 1}}}", 0.0),
    ],
)
def test_charging_currents_are_positive(step, times_c):
    assert phase_of(step).imposed(0.0).current == pytest.approx(times_c * ONE_C)


def test_a_current_is_spread_over_the_outside_and_a_voltage_is_that_of_the_collector():
    collector = Collector()
    impose(collector, Imposed(current=6.0), 8.0)
    assert (collector.density, collector.voltage) == (0.75, None)
    impose(collector, Imposed(voltage=4.1), 8.0)
    assert (collector.density, collector.voltage) == (None, 4.1)


def test_a_hold_imposes_its_voltage():
    hold = phase_of("{hold: {voltage: 4.1, until: {rate: C/20}}}")
    assert hold.imposed(10.0) == Imposed(voltage=4.1)


def test_time_left_is_the_sooner_of_time_and_charge():
    step = phase_of("{charge: {rate: 1C, until: {time: 1 h, capacity: 100 mAh/g}}}")
    # 100 mAh/g at 200 mA/g take 1800 s
    assert step.time_left(reading(time=600, charge=600 * ONE_C)) == pytest.approx(1200)
    assert step.time_left(reading(time=3599, charge=0)) == pytest.approx(1)


def test_charge_counts_without_its_sign_in_a_discharge():
    step = phase_of("{discharge: {rate: 1C, until: {capacity: 100 mAh/g}}}")
    assert step.time_left(reading(charge=-50 * MAH_PER_G)) == pytest.approx(900)


def test_nothing_is_known_beforehand_of_an_end_by_voltage():
    assert phase_of("{charge: {rate: 1C, until: {voltage: 4.2}}}").time_left(reading()) == math.inf


@pytest.mark.parametrize(("kind", "sign"), [("charge", 1), ("discharge", -1)])
def test_a_voltage_is_passed_in_the_direction_of_the_current(kind, sign):
    step = phase_of(f"{{{kind}: {{rate: 1C, until: {{voltage: 3.7}}}}}}")
    assert step.furthest(reading(3.7 + 2e-6 * sign)).excess == pytest.approx(2, rel=1e-6)
    assert step.furthest(reading(3.7 - 2e-6 * sign)).excess == pytest.approx(-2, rel=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_hold_ends_when_the_current_has_fallen_whatever_its_sign(sign):
    step = phase_of("{hold: {voltage: 4.1, until: {rate: C/10}}}")
    gap = step.furthest(reading(current=sign * 0.1 * ONE_C * (1 + 3e-6)))
    assert gap.name == "current"
    assert gap.excess == pytest.approx(-3, rel=1e-4)
    assert step.furthest(reading(current=sign * 0.05 * ONE_C)).excess > 1


def test_the_furthest_of_several_ends_counts():
    step = phase_of("{hold: {voltage: 4.1, until: {rate: C/10, capacity: 10 mAh/g}}}")
    gap = step.furthest(reading(current=0.2 * ONE_C, charge=11 * MAH_PER_G))
    assert gap.name == "capacity"
    assert gap.excess == pytest.approx(1e5, rel=1e-6)


def test_a_step_without_such_ends_is_never_past_them():
    assert phase_of("{rest: {until: {time: 1}}}").furthest(reading()).excess < -1e100


def test_a_sweep_imposes_a_ramp_from_where_the_voltage_is():
    sweep = phase_of("Sweep at 1 mV/s to 3.8 V", voltage=3.7)
    assert sweep.time_left(reading()) == pytest.approx(100)
    for time, voltage in ((0.0, 3.7), (25.0, 3.725), (100.0, 3.8), (101.0, 3.8)):
        assert sweep.imposed(time).voltage == pytest.approx(voltage, abs=1e-12)


def test_a_sweep_may_start_elsewhere_and_go_down():
    sweep = phase_of("Sweep at 1 mV/s from 4 V to 3.8 V")
    assert sweep.imposed(50.0).voltage == pytest.approx(3.95)
    assert sweep.time_left(reading(time=50.0)) == pytest.approx(150)


def test_time_steps_of_a_sweep_move_the_voltage_by_five_millivolts():
    assert phase_of("Sweep at 0.1 mV/s to 3.8 V").longest_time_step == pytest.approx(50)
    assert phase_of("{rest: {until: {time: 1}}}").longest_time_step == math.inf


def test_a_sweep_to_where_the_voltage_is_ends_at_once():
    sweep = phase_of("Sweep at 1 mV/s to 3.7 V")
    assert 0 < sweep.time_left(reading()) < 1e-2


def test_a_train_of_pulses_goes_on_until_its_charge_has_passed():
    """Three pulses of 2 mA h/g, the last one shortened to what is left of 5."""
    train = case_of("['Pulse discharge at C/2 for 72 s, rest for 60 s, until 5 mAh/g']")
    phases = train.steps()[0].step.phases(reading(), SCALE)
    told, phase, charge = [], next(phases), 0.0
    while phase is not None:
        current, time = phase.imposed(0.0).current, phase.time_left(reading(charge=0.0))
        charge += current * time
        told.append((phase.pulse, current / ONE_C, time))
        try:
            phase = phases.send(Ended("time", charge))
        except StopIteration:
            phase = None
    expected = [
        (1, -0.5, 72), (1, 0, 60), (2, -0.5, 72), (2, 0, 60), (3, -0.5, 36), (3, 0, 60)
    ]  # fmt: skip
    assert told == [pytest.approx(row) for row in expected]


def test_a_train_of_pulses_rests_after_the_pulse_that_reached_its_voltage():
    train = case_of("['Pulse at C/2 for 72 s, rest for 60 s, until 3.9 V']").steps()[0].step
    phases = train.phases(reading(), SCALE)
    pulse = next(phases)
    assert pulse.words == "Charge at C/2 until 3.9 V or 1.2 minutes"
    assert phases.send(Ended("voltage", 1.0)).imposed(0.0) == Imposed(current=0.0)
    with pytest.raises(StopIteration):
        phases.send(Ended("time", 1.0))

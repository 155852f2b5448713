"""What protocol steps impose, and how far readings are from their ends."""

import math

import pytest

from solver.drive.active_step import ActiveStep, Reading
from solver.model.extent import Extent
from tests.particles import case_of

MASS = 2e-14  # kg
EXTENT = Extent(volume=4.0, outer_area=8.0, mass=MASS, sites=200.0)
ONE_C = 200.0 * MASS * 1e12  # pA, at 200 A/kg
MAH_PER_G = 3.6e3 * MASS * 1e12  # pC


class Collector:
    """Remembers what was imposed."""

    def impose_current(self, density):
        self.density, self.voltage = density, None

    def impose_voltage(self, voltage):
        self.density, self.voltage = None, voltage


def active(step, voltage=3.7):
    case = case_of(f"[{step}]")
    return ActiveStep(case.steps()[0].step, case, EXTENT, voltage)


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
def test_charging_currents_are_positive_and_spread_over_the_outside(step, times_c):
    collector = Collector()
    active(step).impose(collector, 0.0)
    assert active(step).current == pytest.approx(times_c * ONE_C)
    assert collector.density == pytest.approx(times_c * ONE_C / EXTENT.outer_area)


def test_a_hold_imposes_its_voltage():
    collector, hold = Collector(), active("{hold: {voltage: 4.1, until: {rate: C/20}}}")
    hold.impose(collector, 10.0)
    assert hold.current is None
    assert collector.voltage == 4.1


def test_time_left_is_the_sooner_of_time_and_charge():
    step = active("{charge: {rate: 1C, until: {time: 1 h, capacity: 100 mAh/g}}}")
    # 100 mAh/g at 200 mA/g take 1800 s
    assert step.time_left(reading(time=600, charge=600 * ONE_C)) == pytest.approx(1200)
    assert step.time_left(reading(time=3599, charge=0)) == pytest.approx(1)


def test_charge_counts_without_its_sign_in_a_discharge():
    step = active("{discharge: {rate: 1C, until: {capacity: 100 mAh/g}}}")
    assert step.time_left(reading(charge=-50 * MAH_PER_G)) == pytest.approx(900)


def test_nothing_is_known_beforehand_of_an_end_by_voltage():
    assert active("{charge: {rate: 1C, until: {voltage: 4.2}}}").time_left(reading()) == math.inf


@pytest.mark.parametrize(("kind", "sign"), [("charge", 1), ("discharge", -1)])
def test_a_voltage_is_passed_in_the_direction_of_the_current(kind, sign):
    step = active(f"{{{kind}: {{rate: 1C, until: {{voltage: 3.7}}}}}}")
    assert step.furthest(reading(3.7 + 2e-6 * sign)).excess == pytest.approx(2, rel=1e-6)
    assert step.furthest(reading(3.7 - 2e-6 * sign)).excess == pytest.approx(-2, rel=1e-6)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_hold_ends_when_the_current_has_fallen_whatever_its_sign(sign):
    step = active("{hold: {voltage: 4.1, until: {rate: C/10}}}")
    gap = step.furthest(reading(current=sign * 0.1 * ONE_C * (1 + 3e-6)))
    assert gap.name == "current"
    assert gap.excess == pytest.approx(-3, rel=1e-4)
    assert step.furthest(reading(current=sign * 0.05 * ONE_C)).excess > 1


def test_the_furthest_of_several_ends_counts():
    step = active("{hold: {voltage: 4.1, until: {rate: C/10, capacity: 10 mAh/g}}}")
    gap = step.furthest(reading(current=0.2 * ONE_C, charge=11 * MAH_PER_G))
    assert gap.name == "capacity"
    assert gap.excess == pytest.approx(1e5, rel=1e-6)


def test_a_step_without_such_ends_is_never_past_them():
    assert active("{rest: {until: {time: 1}}}").furthest(reading()).excess < -1e100


def test_a_sweep_imposes_a_ramp_from_where_the_voltage_is():
    collector, sweep = Collector(), active("Sweep at 1 mV/s to 3.8 V", voltage=3.7)
    assert sweep.time_left(reading()) == pytest.approx(100)
    for time, voltage in ((0.0, 3.7), (25.0, 3.725), (100.0, 3.8), (101.0, 3.8)):
        sweep.impose(collector, time)
        assert collector.voltage == pytest.approx(voltage, abs=1e-12)


def test_a_sweep_may_start_elsewhere_and_go_down():
    collector, sweep = Collector(), active("Sweep at 1 mV/s from 4 V to 3.8 V")
    sweep.impose(collector, 50.0)
    assert collector.voltage == pytest.approx(3.95)
    assert sweep.time_left(reading(time=50.0)) == pytest.approx(150)


def test_time_steps_of_a_sweep_move_the_voltage_by_five_millivolts():
    assert active("Sweep at 0.1 mV/s to 3.8 V").longest_time_step == pytest.approx(50)
    assert active("{rest: {until: {time: 1}}}").longest_time_step == math.inf


def test_a_sweep_to_where_the_voltage_is_ends_at_once():
    sweep = active("Sweep at 1 mV/s to 3.7 V")
    assert 0 < sweep.time_left(reading()) < 1e-2

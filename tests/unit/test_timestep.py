"""The choice of time steps: growth, rejection, cuts, floor, and no dependence on rounding."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from solver.case.models import TimeStepCase
from solver.drive.in_time import InTime
from solver.solve.staggered import StepWork
from solver.solve.timestep import Stepper, StepSize, StepSizeError
from tests.networks import brick_particle, built, static_case
from tests.particles import case_of, ran


def size(**limits):
    return StepSize(TimeStepCase(**limits))


def test_steps_grow_where_the_error_is_small_and_not_beyond_the_largest():
    steps = size(initial=10.0, maximum=20.0)
    assert steps.accepts(10.0, 1e-3)
    assert steps.next == pytest.approx(16.0)
    assert steps.accepts(16.0, 1e-3)
    assert steps.next == 20.0


@pytest.mark.parametrize(
    ("limits", "length"), [({}, 30.0), ({"maximum": 20.0}, 20.0), ({"fixed": 5.0}, 5.0)]
)
def test_a_run_goes_on_with_no_longer_step_than_is_allowed_by_now(limits, length):
    steps = size(**limits)
    steps.load({"next": 30.0})
    assert steps.next == length


def test_a_step_with_the_allowed_error_is_kept_and_the_next_is_a_little_shorter():
    steps = size()
    assert steps.accepts(10.0, 1.0)
    assert steps.next == pytest.approx(9.0)


def test_a_step_with_too_large_an_error_is_rejected_and_shortened():
    steps = size()
    assert not steps.accepts(10.0, 9.0)
    assert steps.next == pytest.approx(3.0)


def test_the_error_falls_with_the_square_of_the_step_so_the_choice_settles():
    steps, dt = size(initial=1.0), 1.0
    for _ in range(50):
        steps.accepts(dt, 1e-2 * dt**2)
        dt = steps.next
    assert dt == pytest.approx(0.9 * 10.0, rel=0.02)


def test_the_shortest_step_is_kept_whatever_its_error():
    assert size(minimum=0.1, initial=0.1).accepts(0.1, 100.0)


def test_errors_do_not_take_the_next_step_below_the_shortest():
    steps = size(minimum=0.1, initial=0.1)
    assert steps.accepts(0.1, 100.0)
    assert steps.next == 0.1


def test_a_first_step_without_an_estimate_is_kept():
    steps = size()
    assert steps.accepts(1.0, None)
    assert steps.next == pytest.approx(1.6)


@pytest.mark.parametrize("error", [1.0, 2.0, 0.37])
def test_errors_that_differ_by_rounding_lead_to_the_same_decision(error):
    decisions = set()
    for noise in (1 - 1e-9, 1.0, 1 + 1e-9):
        steps = size()
        decisions.add((steps.accepts(10.0, error * noise), steps.next))
    assert len(decisions) == 1


def test_a_failure_cuts_the_step_down_to_the_floor_and_then_gives_up():
    steps, tried = size(initial=1.0, minimum=0.1), [1.0]
    with pytest.raises(StepSizeError, match=r"the smallest time step, 0.1 s.*it would not settle"):
        while True:
            steps.cut(tried[-1], "it would not settle")
            tried.append(steps.next)
    assert tried == pytest.approx([1.0, 0.3, 0.1])


def test_fixed_steps_are_kept_whatever_the_error_and_never_cut():
    steps = size(fixed=5.0)
    assert steps.accepts(5.0, 100.0)
    assert steps.next == 5.0
    with pytest.raises(StepSizeError, match="the fixed time step of 5 s"):
        steps.cut(5.0, "no solution")


def test_a_new_protocol_step_starts_afresh():
    steps = size(initial=2.0)
    steps.accepts(100.0, 1e-6)
    steps.restart()
    assert steps.next == 2.0


def test_wear_shortens_no_step_that_the_error_wants_shorter_still():
    steps = size(damage=0.02)
    steps.next = 5.0
    steps.follow_damage(100.0, 0.1)
    assert steps.next == 5.0


def test_wear_shortens_no_step_below_a_share_of_the_longest():
    steps = size(damage=0.02, maximum=100.0)
    steps.next = 80.0
    for _ in range(3):
        steps.follow_damage(steps.next, 0.5)
    assert steps.next == 2.0


class Euler:
    """In the place of the solver: implicit Euler steps of dx/dt = slope t, from a time on."""

    def __init__(self, model, slope):
        self.model, self.slope, self.time = model, slope, 0.0

    def begin_step(self, old):
        """Keep where the step begins."""
        self.old = old["occupancy"].copy()

    def step(self, dt, linearly):
        """Go there."""
        self.model.state["occupancy"][:] = self.old + dt * self.slope * (self.time + dt)
        return StepWork(1)


@pytest.mark.parametrize("filler", [False, True])
@pytest.mark.parametrize(("before", "dt"), [(10.0, 10.0), (10.0, 16.0), (20.0, 5.0)])
def test_the_error_of_a_step_is_that_of_implicit_euler(before, dt, filler):
    """x = slope t^2/2: an implicit step is off by slope dt^2/2, however long the last one was.

    In a filler the same array holds a potential, which is no occupancy: the error is that of the
    oxide alone.
    """
    particle = brick_particle((2.0, 1.0), (4, 2), (2, 1))
    model = built(static_case(), replace(particle, is_filler=np.array([False, filler])))
    slope, start = 1e-5, 30.0
    solver = Euler(model, slope)
    stepper = Stepper(model, solver)
    for solver.time, last in ((start, 0.0), (start + before, before)):
        model.state["occupancy"][:] = 0.3 + 0.5 * slope * solver.time**2
        stepper.accept(last)
    _, error = stepper.attempt(dt)
    exact = 0.3 + 0.5 * slope * (solver.time + dt) ** 2
    assert model.state["occupancy"] - exact == pytest.approx(0.5 * slope * dt**2)
    assert error == pytest.approx(0.5 * slope * dt**2 / model.case.numerics.occupancy_error)


class Charging(Euler):
    """The same at the collector: dV/dt = slope t, from V = slope t^2 / 2 on; nothing else moves."""

    def step(self, dt, linearly):
        """Go there."""
        exact = 0.5 * self.slope * (self.time + dt) ** 2
        self.model.state["collector_potential"][:] = exact + 0.5 * self.slope * dt**2
        return StepWork(1)


def test_the_error_of_the_voltage_is_held_against_what_is_allowed_for_it():
    model = built(static_case(), brick_particle((2.0, 1.0), (4, 2), (2, 1)))
    slope, start, before, dt = 1e-5, 30.0, 10.0, 16.0
    solver = Charging(model, slope)
    stepper = Stepper(model, solver)
    for solver.time, last in ((start, 0.0), (start + before, before)):
        model.state["collector_potential"][:] = 0.5 * slope * solver.time**2
        stepper.accept(last)
    _, error = stepper.attempt(dt)
    assert error == pytest.approx(0.5 * slope * dt**2 / model.case.numerics.voltage_error)


@pytest.mark.parametrize("level", [1.02, -0.01])
def test_a_grain_beyond_its_bounds_is_foretold_to_stay_there(level):
    """Sites may go faster than their lithium. What no step can meet would make all steps tiny."""
    model = built(static_case(), brick_particle((2.0, 1.0), (4, 2), (2, 1)))
    stepper = Stepper(model, Euler(model, 0.0))
    for last in (0.0, 10.0):
        model.state["occupancy"][:] = level
        stepper.accept(last)
    _, error = stepper.attempt(16.0)
    assert error == 0.0


def test_a_point_that_fell_past_a_fold_is_foretold_to_stay():
    """All others go on as before; it would be carried beyond where it came to rest."""
    model = built(static_case(), brick_particle((2.0, 1.0), (20, 10), (2, 1)))
    stepper = Stepper(model, Euler(model, 0.0))
    model.state["occupancy"][:], model.state["stress_potential"][:] = 0.33, 0.01
    stepper.accept(0.0)
    model.state["occupancy"][:] -= 0.002
    model.state["occupancy"][7], model.state["stress_potential"][7] = 0.25, -0.02
    stepper.accept(10.0)
    stepper._predict(20.0)
    assert model.state["occupancy"][7] == 0.25
    assert model.state["stress_potential"][7] == -0.02
    others = np.delete(model.state["occupancy"], 7)
    assert others == pytest.approx(0.328 - 0.004)


def test_what_corrodes_in_a_step_shortens_the_next_one():
    """Wet from the start and at full rate: the second step is as short as the case allows."""
    rate, allowed = 1e-3, 0.05
    case = case_of(
        "[{rest: {until: {time: 500 s}}}]",
        "physics.swelling.enabled=false",
        "physics.wetting.enabled=true",
        f"physics.corrosion={{enabled: true, rate: {rate} 1/s, reference_potential: 1 V}}",
        f"numerics.time_step={{initial: 100 s, maximum: 400 s, damage: {allowed}}}",
    )
    liquid = brick_particle((2.0, 1.0), (4, 2), (2, 1), states={(0, 1): "liquid"})
    _, recorder, outcome = ran(built(case, liquid))
    assert outcome.status == "finished", outcome.reason
    corroded, dt = recorder.column("Mean Corrosion / 1"), np.diff(recorder.column("Test Time / s"))
    assert corroded[-1] == pytest.approx(-np.expm1(-rate * 500), rel=1e-6)
    first, *later = np.diff(corroded)
    assert first == pytest.approx(-np.expm1(-rate * 100), rel=1e-6)
    assert dt[1] == pytest.approx(100 * allowed / first, rel=1e-2)
    assert max(later) < 1.6 * allowed  # steps grow by no more than that


@pytest.mark.parametrize(
    ("time", "told"),
    [(60.0, "at 60 s"), (0.25, "at 0.25 s"), (5152540.4, "at 1431 h 15 min, 5152540 s")],
)
def test_a_moment_is_told_in_hours_as_well_once_there_are_any(time, told):
    assert InTime.where(SimpleNamespace(_clock=SimpleNamespace(time=time))) == told

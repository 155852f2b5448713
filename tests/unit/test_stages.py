"""Steps in two stages: their accuracy, and what they tell of it, by themselves."""

from types import SimpleNamespace

import numpy as np
import pytest

from solver.case.models import TimeStepCase
from solver.solve.second_order import StagedStepper
from solver.solve.stages import FIRST, SECOND, C
from solver.solve.staggered import StepError, StepWork
from solver.solve.timestep import StepSize
from tests.networks import brick_particle, built, static_case

DECAY = 1e-3  # 1/s
START = 0.5


class Decaying:
    """In the place of the solver: implicit Euler for dx/dt = -decay x. fails: calls that do."""

    def __init__(self, model, fails=()):
        self.model, self.fails, self.calls, self.moments = model, fails, 0, []

    def begin_step(self, old):
        """Keep what the nodes held."""
        electro = self.model.electro
        electro.aside_old.x.array[:] = 0.0
        self.old = old["occupancy"].copy()

    def step(self, dt, linearly=False, stage=None):
        """Solve for the lithium from where the stage begins."""
        self.calls += 1
        if self.calls in self.fails:
            raise StepError("for the sake of the test")
        length = dt if stage is None else stage.length * dt
        state = self.model.state
        begin = self.old + self.model.electro.aside_old.x.array / state["sites"]
        state["occupancy"][:] = begin / (1.0 + DECAY * length)
        return StepWork(1)


def stepper_of(fails=()):
    """A stepper of a plain brick, in which nothing flows."""
    model = built(static_case(), brick_particle((2.0, 1.0), (4, 2), (2, 1)))
    model.state["occupancy"][:] = START
    nothing = SimpleNamespace()
    return model, StagedStepper(model, Decaying(model, fails), lambda: nothing)


def after_one_step(dt):
    """How far a step goes, of one half."""
    model, stepper = stepper_of()
    stepper.attempt(dt)
    return model.state["occupancy"] / START


@pytest.mark.parametrize("z", [-0.1, -1.0, -50.0])
def test_a_step_amplifies_as_the_method_does(z):
    """R(z) = (1 + (1 - 2 c) z) / (1 - c z)^2 for dx/dt = z x / dt."""
    expected = (1 + (1 - 2 * C) * z) / (1 - C * z) ** 2
    assert after_one_step(-z / DECAY) == pytest.approx(expected, rel=1e-10)


def test_fast_modes_die_in_one_step():
    assert np.abs(after_one_step(1e9)).max() < 1e-5


def test_the_shares_of_both_stages_are_the_whole_step():
    assert FIRST.weight + SECOND.weight == pytest.approx(1.0, rel=1e-15)
    assert FIRST.weight * FIRST.end + SECOND.weight * SECOND.end == pytest.approx(0.5, rel=1e-15)


def test_the_estimate_is_the_error_of_a_step():
    """Behind a first step, whose rate at its end is known."""
    dt = 20.0
    model, stepper = stepper_of()
    assert stepper.attempt(dt)[1] is None
    stepper.accept(dt)
    before = model.state["occupancy"].copy()
    _, error = stepper.attempt(dt)
    off = np.abs(model.state["occupancy"] - before * np.exp(-DECAY * dt)).max()
    assert error * model.case.numerics.occupancy_error == pytest.approx(off, rel=0.05)


def test_no_rate_is_taken_over_a_jump_of_the_current():
    _, stepper = stepper_of()
    stepper.attempt(20.0)
    stepper.accept(20.0)
    stepper.forget()
    assert stepper.attempt(20.0)[1] is None


@pytest.mark.parametrize("failing", [1, 2])
def test_after_a_stage_that_fails_the_step_is_eulers(failing):
    model, stepper = stepper_of(fails=(failing,))
    with pytest.raises(StepError):
        stepper.attempt(100.0)
    assert np.array_equal(model.state["occupancy"], stepper.old["occupancy"])
    stepper.attempt(30.0)
    assert stepper.order == 1
    assert stepper.earlier is None
    assert model.state["occupancy"] == pytest.approx(START / (1 + DECAY * 30.0), rel=1e-12)
    stepper.accept(30.0)
    stepper.attempt(30.0)
    assert stepper.order == 2


def test_each_stage_is_solved_under_what_is_imposed_at_its_own_moment():
    _, stepper = stepper_of()
    moments = []
    stepper.attempt(100.0, impose=moments.append)
    assert moments == pytest.approx([100.0 * C, 100.0])


def test_boundaries_begin_each_stage_from_where_the_step_began(monkeypatch):
    """What breaks in the first stage breaks in the second one again, not twice."""
    model, stepper = stepper_of()
    decay, damage = Decaying.step, model.state["damage"]

    def breaking(self, dt, linearly=False, stage=None):
        damage[:] += 0.25
        return decay(self, dt, linearly, stage)

    monkeypatch.setattr(Decaying, "step", breaking)
    stepper.attempt(10.0)
    assert len(damage) > 0
    assert damage == pytest.approx(0.25)


def test_the_error_of_second_order_falls_with_the_cube_so_the_choice_settles():
    steps, dt = StepSize(TimeStepCase(initial=1.0)), 1.0
    for _ in range(50):
        steps.accepts(dt, 1e-3 * dt**3, order=2)
        dt = steps.next
    assert dt == pytest.approx(0.9 * 10.0, rel=0.02)

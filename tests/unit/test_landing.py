"""A time step ends where an end of the protocol is met, or before what it jumps over."""

import math

import pytest

from solver.drive.landing import Trial, land
from solver.protocol.phases import Gap
from solver.solve.staggered import StepWork

SHORTEST = 1e-3
LACKING = -40.0


class Steps:
    """Steps whose excess is a function of their length, and what was solved of them."""

    def __init__(self, excess):
        self.excess, self.lengths = excess, []

    def __call__(self, dt):
        self.lengths.append(dt)
        return Trial(dt, StepWork(0, False), Gap("voltage", self.excess(dt)))

    def landed(self, dt, lacking=LACKING, shortest=SHORTEST):
        landing = land(self, dt, self.excess(dt), lacking, shortest)
        assert landing.step.dt == self.lengths[-1], "what is kept is what was solved last"
        return landing


def curved(dt):
    """Meets its end at 300 s, less and less steep before."""
    return 40.0 * ((dt / 300.0) ** 2 - 1.0)


@pytest.mark.parametrize("lacking", [LACKING, None])
def test_a_step_ends_where_the_end_is_met(lacking):
    landing = Steps(curved).landed(1200.0, lacking)
    assert landing.step.dt == pytest.approx(300.0, rel=0.02)
    assert abs(landing.step.gap.excess) <= 1.0
    assert landing.following is None
    assert not landing.at_once


def absurd(dt):
    """Rises slowly to its end at 145 s, and by what an empty particle would need behind."""
    return -1.6e5 + 1.6e5 * (dt / 145.0) ** 3 + 1e-3 * math.expm1(min(dt / 20.0, 32.0))


@pytest.mark.parametrize(
    ("excess", "end", "most"), [(curved, 300.0, 5), (absurd, 145.0, 9)], ids=["curved", "absurd"]
)
def test_few_steps_are_tried(excess, end, most):
    steps = Steps(excess)
    landing = steps.landed(1200.0, excess(0.0))
    print(f"{len(steps.lengths)} steps")
    assert landing.step.dt == pytest.approx(end, rel=0.02)
    assert abs(landing.step.gap.excess) <= 1.0
    assert len(steps.lengths) <= most


def test_a_step_ends_before_a_jump_and_the_next_one_is_short():
    landing = Steps(lambda dt: 500.0 if dt > 700.0 else -30.0).landed(1200.0)
    assert landing.step.gap.excess == -30.0
    assert landing.step.dt <= 700.0 < landing.step.dt + 2 * landing.following
    assert landing.following < 100.0


def test_a_jump_at_the_beginning_is_passed_by_the_shortest_step():
    """A step of 1e-12 s would pass it as well, and rounding would be divided by that."""
    landing = Steps(lambda dt: 300.0 + dt).landed(1200.0)
    assert landing.at_once
    assert landing.step.dt == SHORTEST


def test_no_step_is_lengthened():
    landing = Steps(lambda dt: 300.0).landed(2e-4)
    assert landing.at_once
    assert landing.step.dt == 2e-4


def test_an_end_within_the_shortest_step_is_met():
    steps = Steps(lambda dt: 40.0 * (dt / 4e-5 - 1.0))
    assert steps.landed(1200.0).step.dt == pytest.approx(4e-5, rel=0.03)

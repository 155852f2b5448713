"""A kind of step that is defined here: the time loop, the forecast and the progress take it."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from solver.case import Case
from solver.checks.forecast import forecast, material_rate
from solver.materials import load_grain_material
from solver.output.progress import fraction_done
from solver.protocol import PlannedStep, SimpleStep
from solver.protocol.equilibrium import Estimate, Moment
from solver.protocol.phases import Imposed, Phase
from tests.particles import case_of, disc, meshed, model_of, ran

ONE_C = 200.0  # mA/g
NUMBER = 8  # of time steps


@dataclass(frozen=True, kw_only=True)
class RampPhase(Phase):
    """A current that grows steadily."""

    highest: float
    duration: float

    def imposed(self, time):
        return Imposed(current=self.highest * time / self.duration)

    def time_left(self, reading):
        return self.duration - reading.time


class Ramp(SimpleStep):
    """A charge whose rate grows from nothing."""

    kind: ClassVar[str] = "ramp"
    rate: float
    duration: float

    def in_words(self):
        return f"Ramp to {self.rate:g}C in {self.duration:g} s"

    def way(self, voltage):
        return 1

    def forecast(self, now, oxide):
        passed = self.rate * oxide.speed * self.duration / 2
        return Estimate(self.duration, Moment(now.occupancy - passed))

    def shares_done(self, start, now, one_c):
        return [now["Step Time / s"] / self.duration]

    @property
    def longest_time_step(self):
        return self.duration / NUMBER

    def phases(self, voltage, scale):
        highest = self.rate * scale.one_c
        step = self.longest_time_step
        yield RampPhase(
            self.in_words(), longest_time_step=step, highest=highest, duration=self.duration
        )


@pytest.fixture
def ramp(monkeypatch):
    case = case_of("[Rest for 1 s]", *disc(3, 0.6, 0.3, 0.25), "numerics.time_step={initial: 100}")
    planned = (PlannedStep(Ramp(rate=1.0, duration=72.0), 1, (0,)),)
    monkeypatch.setattr(Case, "steps", lambda self: planned)
    return case


def test_its_current_flows_in_time_steps_as_short_as_it_asks(ramp):
    """The current of a time step is that at its end: 1/8, 2/8, ... of the highest."""
    _, recorder, outcome = ran(model_of(ramp, meshed(ramp)))
    assert outcome.status == "finished", outcome.reason
    current = recorder.column("Specific Current / mA.g-1")[1:]
    expected = [ONE_C * (k + 1) / NUMBER for k in range(NUMBER)]
    assert current == pytest.approx(expected, rel=1e-9)
    passed = ONE_C * 72 / 3600 * (NUMBER + 1) / NUMBER / 2
    assert recorder.column("Net Charge / mA.h.g-1")[-1] == pytest.approx(passed, rel=1e-9)
    shares = [fraction_done(ramp, ramp.steps(), recorder.rows[0], row) for row in recorder.rows]
    assert shares[::4] == pytest.approx([0.0, 0.5, 1.0])


def test_it_tells_its_own_forecast(ramp):
    oxide = load_grain_material("NMC811")
    (told,) = forecast(ramp, oxide)
    assert (told.text, told.duration, told.longest) == ("Ramp to 1C in 72 s", 72.0, 9.0)
    passed = ONE_C * 72 / 2 * material_rate(oxide)
    assert told.occupancy == pytest.approx(ramp.initial.occupancy - passed)

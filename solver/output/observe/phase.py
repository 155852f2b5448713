"""Where in its step a run is."""

from solver.output.observe.now import BodyNow
from solver.units.instruments import PULSE_INDEX, STEP_TIME, TIME_STEP

columns = (PULSE_INDEX, STEP_TIME, TIME_STEP)


def observe(now: BodyNow) -> dict[str, float]:
    """Pulse, time since the step began, and length of the last time step."""
    return {
        PULSE_INDEX.title: float(now.clock.pulse),
        STEP_TIME.title: now.clock.step_time,
        TIME_STEP.title: now.clock.dt,
    }

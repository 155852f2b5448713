"""Where in its protocol a run is."""

from solver.output.observe.now import BodyNow
from solver.units.instruments import CYCLE_INDEX, STEP_INDEX, TEMPERATURE, TEST_TIME

columns = (TEST_TIME, CYCLE_INDEX, STEP_INDEX, TEMPERATURE)


def observe(now: BodyNow) -> dict[str, float]:
    """Time and place in the protocol, and the temperature that it has given."""
    return {
        TEST_TIME.title: now.clock.time,
        CYCLE_INDEX.title: float(now.clock.cycle),
        STEP_INDEX.title: float(now.clock.step),
        TEMPERATURE.title: now.model.temperature,
    }

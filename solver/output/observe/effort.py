"""What the time step just taken cost."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import EFFORT

NEWTON = Column("Newton Iterations", "1", EFFORT, "Newton iterations of the step just taken.")

columns = (NEWTON,)


def observe(now: BodyNow) -> dict[str, float]:
    """Iterations of Newton's method."""
    return {NEWTON.title: float(now.taken.newton)}

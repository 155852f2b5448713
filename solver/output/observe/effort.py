"""What the time step just taken cost."""

from solver.output.observe.now import Now
from solver.units.columns import Column

NEWTON = Column("Newton Iterations", "1", "effort", "Newton iterations of the step just taken.")

columns = (NEWTON,)


def observe(now: Now) -> dict[str, float]:
    """Iterations of Newton's method."""
    return {NEWTON.title: float(now.newton)}

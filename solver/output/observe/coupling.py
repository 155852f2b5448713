"""How often chemistry and mechanics took turns."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import EFFORT

TURNS = Column(
    "Coupling Iterations", "1", EFFORT, "Turns of chemistry and mechanics in the step just taken."
)

columns = (TURNS,)


def observe(now: BodyNow) -> dict[str, float]:
    """Turns of the step just taken."""
    return {TURNS.title: float(now.taken.turns)}

"""Slip of the boundaries over the lattice parameter."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import SLIDING

columns = (
    Column(
        "Mean Sliding",
        "1",
        SLIDING,
        "Mean slip of the bonded boundaries over the lattice parameter a.",
    ),
    Column(
        "Largest Sliding",
        "1",
        SLIDING,
        "Largest slip of a bonded boundary over the lattice parameter a.",
    ),
)


def observe(now: BodyNow) -> dict[str, float]:
    """Mean and largest over the boundaries."""
    sliding = now.model.sliding()
    return {
        "Mean Sliding": now.mean(sliding),
        "Largest Sliding": now.boundaries.maximum(sliding),
    }

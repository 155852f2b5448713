"""Slip of the boundaries over the lattice parameter."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import GLIDING

columns = (
    Column(
        "Mean Gliding",
        "1",
        GLIDING,
        "Mean slip of the bonded boundaries over the lattice parameter a.",
    ),
    Column(
        "Largest Gliding",
        "1",
        GLIDING,
        "Largest slip of a bonded boundary over the lattice parameter a.",
    ),
)


def observe(now: BodyNow) -> dict[str, float]:
    """Mean and largest over the boundaries."""
    gliding = now.model.gliding()
    return {
        "Mean Gliding": now.mean(gliding),
        "Largest Gliding": now.boundaries.maximum(gliding),
    }

"""Cracks inside grains."""

from solver.model.phase_field import measure_cracks
from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import GRAIN_CRACKS

columns = (
    Column(
        "Largest Grain Crack",
        "1",
        GRAIN_CRACKS,
        "Largest value of the crack field inside the grains: 0 intact, 1 cracked.",
    ),
    Column(
        "Mean Grain Crack", "1", GRAIN_CRACKS, "Mean of the crack field over the grains' volume."
    ),
    Column(
        "Cracked Grain Fraction",
        "1",
        GRAIN_CRACKS,
        "Share of the grains' volume in which the crack field says cracked.",
    ),
)


def observe(now: BodyNow) -> dict[str, float]:
    """Largest and mean of the crack field, and the share that is cracked."""
    seen = measure_cracks(now.state, now.model.mechanics, now.in_oxide)
    return {
        "Largest Grain Crack": seen.largest,
        "Mean Grain Crack": seen.mean,
        "Cracked Grain Fraction": seen.cracked,
    }

"""Damage and opening of the grain boundaries."""

from solver.output.observe.now import BodyNow
from solver.physics import cohesive
from solver.units.columns import Column
from solver.units.constants import METRE
from solver.units.groups import DAMAGE, OPENING

CRACKED = Column(
    "Cracked Fraction",
    "1",
    DAMAGE,
    "Share of the boundaries, by area, whose damage is 0.99 or more.",
)
SOFTENED = Column(
    "Softened Fraction",
    "1",
    DAMAGE,
    "Share of the boundaries, by area, that were opened beyond their onset, cracked or not.",
)
HALF_SOFTENED = Column(
    "Half Softened Fraction",
    "1",
    DAMAGE,
    "Share of the boundaries, by area, whose damage is above one half.",
)
MEAN_DAMAGE = Column(
    "Mean Damage",
    "1",
    DAMAGE,
    "Mean damage of the boundaries: the share of their toughness that is spent.",
)
LARGEST_OPENING = Column(
    "Largest Opening",
    "m",
    OPENING,
    "Largest distance of the two sides of a boundary at present, cracked or not.",
)

columns = (CRACKED, SOFTENED, HALF_SOFTENED, MEAN_DAMAGE, LARGEST_OPENING)


def observe(now: BodyNow) -> dict[str, float]:
    """Stages of damage, its mean, and the largest opening."""
    damage = now.opened.damage
    shares = {
        f"{stage} Fraction": now.mean(there.astype(float))
        for stage, there in cohesive.stages(damage).items()
    }
    return shares | {
        MEAN_DAMAGE.title: now.mean(damage),
        LARGEST_OPENING.title: now.boundaries.maximum(now.opened.opening) / METRE,
    }

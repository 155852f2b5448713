"""Cycles that are not resolved: how large the gaps between those that are may be."""

from pydantic import Field

from solver.case.physics import Switch

NEEDED = 3  # rounds that tell how it goes, before the first jump; one before them settles
LEAST = 2  # rounds that are worth a jump: it costs one in which the body settles
FEWEST_ROUNDS = 1 + NEEDED + LEAST + 2  # of a repeat in which there is a jump


class CycleJumpCase(Switch):
    """Resolve some rounds of a repeat, and extrapolate what is slow over those between them."""

    enabled: bool = Field(False, description="Whether rounds of a repeat may be jumped")
    tolerance: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Error that a jump may make in the mean of a slow field, over that mean",
    )
    damage: float = Field(
        0.05,
        gt=0,
        le=1,
        description="Growth of the mean damage of the boundaries that a jump may bring, with what "
        "breaks in the round after it",
    )
    largest: int = Field(50, ge=1, description="Rounds that are jumped at once, at most")
    resolved: int = Field(
        2,
        ge=2,
        description="Rounds that are resolved between two jumps, at least: in the first the "
        "particle settles, the others tell how fast everything goes",
    )

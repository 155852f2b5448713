"""What was measured on what a case describes: shown beside its results, never computed with."""

from pydantic import Field, field_validator

from solver.units.section import Section


class RetentionCase(Section):
    """What is left of the discharge capacity after a round of a repeat."""

    round: int = Field(ge=1, description="Of the repeat")
    share: float = Field(ge=0, le=2, description="Of the capacity in its first round")


class MeasuredCase(Section):
    """Published points that a page about a run sets beside it; nothing is computed with them."""

    source: str = Field(min_length=1, description="Where they were published")
    retention: tuple[RetentionCase, ...] = Field(
        description="Capacity that was left", json_schema_extra={"minItems": 1}
    )

    @field_validator("retention")
    @classmethod
    def _some(cls, points: tuple[RetentionCase, ...]) -> tuple[RetentionCase, ...]:
        if not points:
            raise ValueError("needs at least one point")
        return points

"""What was measured on what a case describes: shown beside its results, never computed with."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from solver.measured.description import MeasuredFile, as_description
from solver.units import usual
from solver.units.measures import COLDEST, HOTTEST, HeatPerMass, Temperature
from solver.units.section import Section


def _names_too(schema: dict[str, Any]) -> None:
    """Let editors know that a name alone will do."""
    name = {"type": "string"}
    several = {"type": schema.pop("type"), "items": {"anyOf": [name, schema.pop("items")]}}
    schema["anyOf"] = [name, several]


class RetentionCase(Section):
    """What is left of the discharge capacity after a round of a repeat."""

    round: int = Field(ge=1, description="Of the repeat", examples=[200])
    share: float = Field(
        ge=0, le=2, description="Of the capacity in its first round", examples=[0.79]
    )


class ExothermCase(Section):
    """Heat that a calorimeter measured."""

    peak: Annotated[Temperature, usual.FURNACE] = Field(
        ge=COLDEST,
        le=HOTTEST,
        description="Temperature of the largest heat flow",
        examples=["249.2 degC"],
    )
    heat: HeatPerMass = Field(ge=0, description="All heat per mass of oxide", examples=["1582 J/g"])


class MeasuredCase(Section):
    """Points and curves that a page about a run sets beside it; nothing is computed with them."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "source": "Yan et al., Nature Energy 3 (2018) 600",
        "retention": [{"round": 200, "share": 0.79}],
    }

    source: str = Field(
        min_length=1,
        description="Where they were published",
        examples=["Yan et al., Nature Energy 3 (2018) 600"],
    )
    retention: tuple[RetentionCase, ...] = Field(
        (), description="Capacity that was left", examples=[[{"round": 200, "share": 0.79}]]
    )
    exotherm: ExothermCase | None = Field(None, description="What a calorimeter showed")
    compare: tuple[MeasuredFile, ...] = Field(
        (),
        description="Files of measured curves: one name, or a list of names and mappings",
        json_schema_extra=_names_too,
        examples=[[{"file": "cell.csv", "label": "half cell"}]],
    )

    @field_validator("compare", mode="before")
    @classmethod
    def _names_alone(cls, given: Any) -> Any:
        several = given if isinstance(given, list | tuple) else [given]
        return [as_description(each) for each in several]

    @field_validator("compare")
    @classmethod
    def _of_files(cls, compare: tuple[MeasuredFile, ...]) -> tuple[MeasuredFile, ...]:
        if any(each.file is None for each in compare):
            raise ValueError("each needs its file")
        return compare

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.retention or self.compare or self.exotherm):
            raise ValueError(
                "needs something to compare: files, points of retention, or an exotherm"
            )
        return self

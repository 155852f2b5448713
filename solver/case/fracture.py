"""What a case may say about cracks inside grains."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from solver.units import usual
from solver.units.measures import Length, Stress, Toughness
from solver.units.references import Cites
from solver.units.section import Section


class GrainFractureCase(Section):
    """Grains crack inside: a phase field in each of them, not shared over boundaries."""

    example: ClassVar[Mapping[str, Any] | None] = {
        "enabled": True,
        "toughness": "5 J/m^2",
        "length": "40 nm",
    }
    references: ClassVar[tuple[str, ...]] = (
        "francfort1998",
        "bourdin2000",
        "pham2011",
        "tanne2018",
    )

    enabled: bool = Field(False, description="Whether this mechanism acts")
    model: Literal["AT1", "AT2"] = Field(
        "AT1", description="AT1: intact up to the strength; AT2: softens from the beginning"
    )
    split: Annotated[
        Literal["none", "volumetric_deviatoric", "spectral"],
        Cites(("amor2009",), ("volumetric_deviatoric",)),
        Cites(("miehe2010",), ("spectral",)),
    ] = Field(
        "volumetric_deviatoric",
        description="What drives cracks: all energy, all but that of compression, or that of "
        "principal tension (isotropic, in 2D)",
    )
    toughness: Annotated[Toughness | None, usual.TOUGHNESS] = Field(
        None, gt=0, description="Energy to open a unit of area along the basal planes"
    )
    length: Length | None = Field(
        None, gt=0, description="Width of a crack in the field", examples=["40 nm"]
    )
    strength: Annotated[Stress | None, usual.STRENGTH] = Field(
        None, gt=0, description="Tensile strength along c, which gives the length"
    )
    cleavage: Annotated[float, Cites(("clayton2014", "teichtmeister2017"))] = Field(
        0.0,
        ge=0,
        description="b: across the basal planes the toughness is sqrt(1 + b) times as large",
    )
    irreversibility: Annotated[
        Literal["bounds", "history"], Cites(("miehe2010",), ("history",))
    ] = Field(
        "bounds", description="What cannot fall: the crack itself, or the energy that drives it"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.enabled:
            return self
        if self.toughness is None:
            raise ValueError("needs a toughness")
        if (self.length is None) == (self.strength is None):
            raise ValueError("needs either a length or the strength that gives it")
        return self

"""What a case may say about how a particle is divided into grains."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from solver.units.references import Cites
from solver.units.section import Section

MOST_GRAINS = 1_000_000


class GrainsCase(Section):
    """How the particle is divided into grains."""

    count: int = Field(ge=1, le=MOST_GRAINS, description="Number of grains", examples=[100])
    structure: Annotated[
        Literal["voronoi", "laguerre", "columnar"],
        Cites(("aurenhammer1987", "aurenhammer1998", "kitagawa2019"), ("laguerre",)),
    ] = Field(
        "voronoi",
        description="voronoi: equiaxed, of similar size; laguerre: equiaxed, of log-normal size; "
        "columnar: columns along the radius around an equiaxed core",
    )
    relaxation: int = Field(3, ge=0, le=100, description="Lloyd steps: more make grains more even")
    size_spread: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Standard deviation of the logarithm of the grain diameter if laguerre",
        examples=[0.3],
    )
    shortest_edge: float = Field(
        0.12,
        gt=0,
        le=0.25,
        description="Edges of grains shorter than this part of the mean grain diameter are drawn "
        "together, each to one point",
    )
    core_radius: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Radius of the core, as a part of the particle's, if columnar",
        examples=[0.3],
    )
    aspect_ratio: float | None = Field(
        None, ge=1, le=6, description="Length over width of the columns if columnar", examples=[2]
    )

    @model_validator(mode="after")
    def _keys_belong_to_structure(self) -> Self:
        needed = _KEYS_OF_STRUCTURE[self.structure]
        named = {"size_spread", "core_radius", "aspect_ratio"} & set(
            self.model_dump(exclude_none=True)
        )
        if missing := sorted(needed - named):
            raise ValueError(f"{missing[0]} is needed with structure: {self.structure}")
        if strange := sorted(named - needed):
            raise ValueError(f"{strange[0]} has no meaning with structure: {self.structure}")
        return self


_KEYS_OF_STRUCTURE: dict[str, set[str]] = {
    "voronoi": set(),
    "laguerre": {"size_spread"},
    "columnar": {"core_radius", "aspect_ratio"},
}

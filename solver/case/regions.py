"""Which grains are of another oxide than the rest: a core in a shell, grains by their names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationInfo, field_validator, model_validator

from solver.text.problems import Place, nearest
from solver.units.measures import Length
from solver.units.section import Section

LIBRARY_OR_PATH = "name in the library, or a path ending in .yaml"


class RegionError(Exception):
    """A region that the particle does not have. place: where the case asks for it."""

    def __init__(self, number: int, key: str, why: str) -> None:
        self.place: Place = ("materials", "regions", number, key)
        super().__init__(f"{'.'.join(map(str, self.place))}: {why}")


def path_from_case(name: str, info: ValidationInfo) -> str:
    """Return the name of a material; a path is given relative to the case."""
    folder = (info.context or {}).get("folder")
    if folder is None or not name.endswith((".yaml", ".yml")):
        return name
    return str(Path(folder, name).resolve())


class RegionCase(Section):
    """Grains of another oxide: those near the centre, or some by name."""

    example: ClassVar[Mapping[str, Any] | None] = {"material": "NMC811", "within": "1.9 um"}

    material: str = Field(
        min_length=1, description=f"Oxide of these grains: {LIBRARY_OR_PATH}", examples=["NMC811"]
    )
    within: Length | None = Field(
        None,
        gt=0,
        description="Grains whose centroids lie so near to that of the particle",
        examples=["1.9 um"],
    )
    grains: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="Names of grains, such as grain_12",
        examples=[["grain_0", "grain_12"]],
    )

    @field_validator("material")
    @classmethod
    def _path_from_case(cls, name: str, info: ValidationInfo) -> str:
        return path_from_case(name, info)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.within is None) == (self.grains is None):
            raise ValueError("give within or grains, and not both")
        return self


def region_of_grains(
    regions: Sequence[RegionCase],
    names: Sequence[str],
    centroids: npt.NDArray[np.floating],
    volumes: npt.NDArray[np.floating],
) -> npt.NDArray[np.intp]:
    """Return the number of each grain's region from 1, 0 where it is in none; the first counts.

    centroids: (grains, d) in m. Raises RegionError where a region has no grain.
    """
    distance = np.linalg.norm(centroids - volumes @ centroids / volumes.sum(), axis=1)
    oxide_of = np.zeros(len(names), dtype=np.intp)
    for number, region in reversed(list(enumerate(regions))):
        if region.within is None:
            inside = _named(number, region.grains or (), names)
        else:
            inside = _near(number, region.within, distance)
        oxide_of[inside] = number + 1
    return oxide_of


def _named(number: int, wanted: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.bool_]:
    for name in wanted:
        if name not in names:
            why = f"no grain is called '{name}'; {nearest(name, names)}"
            raise RegionError(number, "grains", why)
    return np.isin(names, wanted)


def _near(number: int, within: float, distance: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = distance <= within
    if not inside.any():
        why = f"no grain lies so near: the innermost is at {distance.min():.3g} m"
        raise RegionError(number, "within", why)
    return inside

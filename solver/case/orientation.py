"""What a case may say about the directions in which grains lie: textures, tables of axes."""

from collections.abc import Sequence
from math import hypot, pi
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, FiniteFloat, ValidationInfo, field_validator, model_validator

from solver.case.grains import MOST_GRAINS
from solver.text.files import read_text
from solver.text.messages import shown
from solver.units.measures import Angle
from solver.units.section import Section

Vector = tuple[FiniteFloat, FiniteFloat, FiniteFloat]
LARGEST_TABLE = 16 * 1024**2  # bytes of a CSV file
MOST_ALONG = 0.1  # cosine of the angle between given c and a axes, which is a right one


def _or_a_file(schema: dict[str, Any]) -> None:
    """A table of axes may be a file."""
    schema["anyOf"] = [{"type": "string"}, *schema["anyOf"]]


class OrientationCase(Section):
    """Directions of the c axes, and of the a axes across them."""

    texture: Literal["random", "uniform", "radial", "columnar", "table", "file"] = Field(
        "random",
        description="random: evenly over the sphere; uniform: all along `axis`; radial: layers "
        "along the radius; columnar: arrays of neighbours with nearly one axis, layers along the "
        "radius; table: as given in `table`; file: as the mesh file gives them "
        "($ElsetOrientations of Neper)",
    )
    axis: Vector | None = Field(
        None, description="c axis [x, y, z] if uniform", examples=[[0, 0, 1]]
    )
    a_axis: Vector | None = Field(
        None,
        description="a axis [x, y, z] if uniform; default: any, each grain its own",
        examples=[[1, 0, 0]],
    )
    spread: Angle | None = Field(
        None,
        ge=0,
        le=0.5 * pi,
        description="Standard deviation of each of the two tilts away from the texture's axis",
        examples=["10 deg"],
    )
    arrays: int | None = Field(
        None,
        ge=1,
        le=MOST_GRAINS,
        description="Number of arrays if columnar, default 12",
        examples=[12],
    )
    table: tuple[Vector, ...] | None = Field(
        None,
        description="c axis [x, y, z] of every grain, or a CSV file of such lines",
        examples=["c_axes.csv", [[0, 0, 1], [1, 0, 0]]],
        json_schema_extra=_or_a_file,
    )
    a_table: tuple[Vector, ...] | None = Field(
        None,
        description="a axis of every grain beside `table`; default: any, each grain its own",
        examples=["a_axes.csv", [[1, 0, 0], [0, 1, 0]]],
        json_schema_extra=_or_a_file,
    )

    @field_validator("table", "a_table", mode="before")
    @classmethod
    def _table_from_file(cls, table: Any, info: ValidationInfo) -> Any:
        if not isinstance(table, str):
            return table
        return read_vectors(Path((info.context or {}).get("folder", "."), table))

    @model_validator(mode="after")
    def _keys_belong_to_texture(self) -> Self:
        optional, needed = _KEYS_OF_TEXTURE[self.texture]
        named = set(self.model_dump(exclude_none=True)) - {"texture"}
        if missing := needed - named:
            raise ValueError(f"{missing.pop()} is needed with texture: {self.texture}")
        if strange := sorted(named - needed - optional):
            raise ValueError(f"{strange[0]} has no meaning with texture: {self.texture}")
        for vector in (self.axis or (1.0,), *(self.table or ())):
            if not any(vector):
                raise ValueError("a c axis must not be zero")
        return self

    @model_validator(mode="after")
    def _a_stands_across_c(self) -> Self:
        if self.a_axis is not None and self.axis is not None:
            _require_across("a_axis", self.axis, self.a_axis)
        if self.a_table is not None and self.table is not None:
            if len(self.a_table) != len(self.table):
                raise ValueError(
                    f"a_table has {len(self.a_table)} axes, table has {len(self.table)}"
                )
            for number, axes in enumerate(zip(self.table, self.a_table, strict=True), start=1):
                _require_across(f"a_table: axis {number}", *axes)
        return self


def _require_across(name: str, c: Sequence[float], a: Sequence[float]) -> None:
    """Raise ValueError for an a axis that is zero or not at right angles to c, rounding apart."""
    if not any(a):
        raise ValueError(f"{name} must not be zero")
    along = sum(x * y for x, y in zip(a, c, strict=True))
    if abs(along) > MOST_ALONG * hypot(*a) * hypot(*c):
        raise ValueError(f"{name} must be at right angles to the c axis")


_KEYS_OF_TEXTURE: dict[str, tuple[set[str], set[str]]] = {  # those it may have, those it must
    "random": (set(), set()),
    "uniform": ({"spread", "a_axis"}, {"axis"}),
    "radial": ({"spread"}, set()),
    "columnar": ({"spread", "arrays"}, set()),
    "table": ({"a_table"}, {"table"}),
    "file": (set(), set()),
}


def read_vectors(path: Path) -> list[list[float]]:
    """Return the vectors in a CSV file, x, y, z in a line; ValueError says what is wrong with it.

    Empty lines, and a first line that holds no numbers, are passed over.
    """
    try:
        lines = read_text(path, LARGEST_TABLE).splitlines()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    vectors = []
    for number, line in enumerate(lines, start=1):
        try:
            vectors.append([float(word) for word in line.split(",")])
        except ValueError as error:
            if line.strip() and number > 1:
                raise ValueError(f"{path}:{number}: expected x,y,z, got {shown(line)}") from error
    return vectors

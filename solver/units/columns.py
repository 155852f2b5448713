"""Columns of tables and arrays of maps: name, unit, group and meaning, each declared once.

A row is put together from values by name, in SI; its keys are headers, `Name / unit`. A file
`columns.json` in the run says the same of the tables that the run writes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from solver.units.quantities import Depth

COLUMNS_FILE = "columns.json"
Amount = TypeVar("Amount", float, npt.NDArray[np.floating])


@dataclass(frozen=True)
class Column:
    """A column of a table.

    unit: SI, such as `mA.h.g-1`, or 1. group: of columns that are looked at together. about: its
    meaning in one plain sentence. extensive: whether it grows with the depth of a body, so that
    in two dimensions it is per metre, or for the thickness that the case declares. of: which of
    several alike it is, such as `top y` of all forces.
    """

    name: str
    unit: str
    group: str
    about: str
    extensive: bool = False
    of: str = ""

    @property
    def title(self) -> str:
        """Name of the column, with what it is of."""
        return f"{self.name} {self.of}".strip()

    @property
    def header(self) -> str:
        """Header of what does not grow with the depth of a body."""
        assert not self.extensive, f"the header of {self.title} depends on the depth"
        return f"{self.title} / {self.unit}"

    def header_for(self, depth: Depth) -> str:
        """Return the header in a run of this depth."""
        return f"{self.title} / {self.unit}{depth.per if self.extensive else ''}"

    def at(self, of: str) -> "Column":
        """Return the same of a certain surface, axis or component."""
        return replace(self, of=of)


@dataclass(frozen=True)
class Array:
    """An array of the maps in `fields/`. on: what it is a map of. unit: as written, or 1."""

    name: str
    unit: str
    on: str
    about: str

    @property
    def header(self) -> str:
        """Name in the file; pure numbers have no unit."""
        return self.name if self.unit == "1" else f"{self.name} / {self.unit}"


def row_of(
    columns: Iterable[Column], values: Mapping[str, Amount], depth: Depth | None = None
) -> dict[str, Amount]:
    """Return header -> value for all columns, in their order.

    values: title -> value in SI, of extensive columns in two dimensions that of 1 um of depth.
    depth: of the body; None where nothing depends on it.
    """
    if depth is None:
        return {column.header: values[column.title] for column in columns}
    return {
        column.header_for(depth): values[column.title] * (depth.factor if column.extensive else 1)
        for column in columns
    }


def told_of(column: Column, depth: Depth) -> dict[str, str]:
    """Return what `columns.json` says of a column in a run of this depth."""
    return {
        "header": column.header_for(depth),
        "name": column.name,
        "of": column.of,
        "unit": column.unit + (depth.per if column.extensive else ""),
        "group": column.group,
        "about": column.about,
    }


def read_entry(entry: Mapping[str, Any]) -> Column:
    """Return the column that an entry of `columns.json` tells of, with its unit in that run.

    Raises KeyError if the entry lacks anything.
    """
    name, unit, group, about, of = (
        str(entry[key]) for key in ("name", "unit", "group", "about", "of")
    )
    return Column(name, unit, group, about, of=of)

"""Groups of columns, and the row that they make together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from solver.units.columns import Column, row_of
from solver.units.quantities import Depth


class Group(Protocol):
    """Columns and their values; modules of this package are such, and so may be any object."""

    @property
    def columns(self) -> tuple[Column, ...]:
        """What it adds to the history."""

    @property
    def observe(self) -> Callable[[Any], Mapping[str, float]]:
        """What returns the value of each column at a moment, in SI, by title. Collective.

        In two dimensions extensive values are those of 1 um of depth.
        """


@dataclass(frozen=True)
class ColumnGroup:
    """A group whose columns depend on the body."""

    columns: tuple[Column, ...]
    observe: Callable[[Any], Mapping[str, float]]


def columns_of(groups: Iterable[Group]) -> tuple[Column, ...]:
    """Return the columns of all groups in their order."""
    return tuple(column for group in groups for column in group.columns)


def row(groups: Iterable[Group], now: Any, depth: Depth) -> dict[str, float]:
    """Return the row of a moment, header -> value. Collective."""
    return {
        header: value
        for group in groups
        for header, value in row_of(group.columns, group.observe(now), depth).items()
    }

"""A study read from its folder: its table, its axes, its runs. Needs no DOLFINx."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from solver.results.names import UnknownNameError
from solver.results.result import Result
from solver.study import table
from solver.study.evaluations import FINISHED
from solver.study.values import PLAIN
from solver.units.quantities import unit_of

SEPARATOR = " / "  # of name and unit in a header


def axis_unit(header: str) -> str:
    """Return the unit of an axis, nothing for pure numbers and texts."""
    unit = unit_of(header) if SEPARATOR in header else PLAIN
    return "" if unit == PLAIN else unit


class Study:
    """What a sweep has gathered so far."""

    def __init__(self, directory: str | Path) -> None:
        """Raises OSError or ValueError if the directory holds no study."""
        self.directory = Path(directory).absolute()
        self.about, self.table = table.read_table(self.directory)

    def __repr__(self) -> str:
        """Where it is, and how much of it is done."""
        done = int(np.count_nonzero(self.finished))
        return f"<Study {self.directory}: {done} of {len(self)} runs finished>"

    def __len__(self) -> int:
        """Number of runs."""
        return len(self.table[table.RUN])

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a column (runs,) by its header, or by its name where that is clear.

        A name that there is not raises a KeyError that tells the nearest one.
        """
        found = [
            header for header in self.table if name in (header, header.rpartition(SEPARATOR)[0])
        ]
        if len(found) != 1:
            raise UnknownNameError(f"{self.directory} has no column", name, self.table)
        return self.table[found[0]]

    @cached_property
    def axes(self) -> dict[str, np.ndarray]:
        """What was changed, by header."""
        return {axis["header"]: self.table[axis["header"]] for axis in self.about["axes"]}

    @cached_property
    def outputs(self) -> dict[str, np.ndarray]:
        """What came of it, by header; nan where a run did not finish."""
        return {header: self.table[header] for header in self.about["outputs"]}

    @property
    def finished(self) -> np.ndarray:
        """Which runs came to their end, (runs,)."""
        return self.table[table.STATUS] == FINISHED

    def runs(self) -> Iterator[tuple[dict[str, Any], Result]]:
        """Yield every finished run: values of its axes by header, and what it left behind."""
        for number in np.flatnonzero(self.finished):
            values = {header: column[number] for header, column in self.axes.items()}
            yield values, Result(self.directory / str(self.table[table.DIRECTORY][number]))

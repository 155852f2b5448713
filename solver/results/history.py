"""Reads tables as columns, and cuts the history into the half cycles that people look at."""

import csv
import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.results import headers
from solver.results.names import UnknownNameError
from solver.units.columns import COLUMNS_FILE, Column, read_entry

Floats = npt.NDArray[np.float64]
NOTHING: Mapping[str, Column] = MappingProxyType({})

NOISE = 1e-9  # mA h/g: what a rest may pass in a time step


class History(dict[str, Floats]):
    """Columns of a table by header. about: what `columns.json` says of them, by header."""

    def __init__(
        self,
        columns: Mapping[str, Floats],
        about: Mapping[str, Column] = NOTHING,
        file: str = "the table",
    ) -> None:
        super().__init__(columns)
        self.about, self._file = about, file

    def __missing__(self, name: str) -> Floats:
        """Say which file lacks it."""
        raise UnknownNameError(f"{self._file} has no column", name, self)

    def group(self, *names: str) -> dict[str, Column]:
        """Return the columns of these groups that are there, by header, in their order."""
        there = {header: column for header, column in self.about.items() if header in self}
        return {header: column for header, column in there.items() if column.group in names}

    def named(self, name: str) -> dict[str, Column]:
        """Return the columns of a name that are there, by header: of forces every one."""
        there = {header: column for header, column in self.about.items() if header in self}
        return {header: column for header, column in there.items() if column.name == name}

    def of_rows(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "History":
        """Return the same table with some of its rows, in the order given."""
        chosen = {header: values[rows] for header, values in self.items()}
        return History(chosen, self.about, self._file)

    def header(self, name: str) -> str:
        """Return the header of the column of a name, whatever its unit."""
        for header in self.named(name):
            return header
        known = (column.name for column in self.about.values())
        raise UnknownNameError(f"{self._file} has no column", name, known)


class HalfCycle(NamedTuple):
    """Consecutive rows while current flows one way. capacity: mA h/g passed since its start."""

    cycle: int
    charging: bool
    capacity: Floats
    voltage: Floats

    def middle_voltage(self) -> float:
        """Return the voltage at half of its charge, on a curve without kinks between time steps."""
        from scipy.interpolate import PchipInterpolator  # slow to load, and needed late

        flowing = np.diff(self.capacity, prepend=-1.0) > NOISE
        curve = PchipInterpolator(self.capacity[flowing], self.voltage[flowing])
        return float(curve(self.capacity[-1] / 2))


def read_history(path: Path) -> History:
    """Return columns by header; a last line that was cut off by a kill is left out.

    Raises OSError if there is no such file, ValueError if it holds something else, and when a
    column is asked for that it has not.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is not an ordinary file")
    try:
        return History(_columns(path.read_text(encoding="utf-8"), path), _about(path), str(path))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file") from error
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from error


def _columns(text: str, path: Path) -> dict[str, Floats]:
    whole = text[: text.rfind("\n") + 1]
    header, *rows = [row for row in csv.reader(whole.splitlines()) if row] or [[]]
    if not header:
        raise ValueError(f"{path} is empty")
    if any(len(row) != len(header) for row in rows):
        raise ValueError(f"{path}: not all lines have {len(header)} values")
    try:
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(header))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return {name: table[:, number] for number, name in enumerate(header)}


def figure_of(group: str) -> str:
    """Return the name of the figure of a group of columns."""
    return group.replace(" ", "_")


def _about(path: Path) -> dict[str, Column]:
    """What the file beside a table says of its columns, by header; nothing where it cannot."""
    try:
        tables = json.loads((path.parent / COLUMNS_FILE).read_text(encoding="utf-8"))
        return {entry["header"]: read_entry(entry) for entry in tables.get(path.name, [])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def half_cycles(history: History) -> list[HalfCycle]:
    """Charges and discharges one after another; rests belong to what was before them."""
    net, voltage = history[headers.NET_CHARGE], history[headers.VOLTAGE]
    cycle = history[headers.CYCLE_INDEX]
    passed = np.diff(net)
    direction = np.sign(np.where(abs(passed) > NOISE, passed, 0.0))
    flowing = np.flatnonzero(direction)
    if len(flowing) == 0:
        return []
    turns = flowing[1:][direction[flowing[1:]] != direction[flowing[:-1]]]
    bounds = [0, *turns, len(net) - 1]
    halves = []
    for first, last in pairwise(bounds):
        rows = slice(first, last + 1)
        charging = bool(net[last] > net[first])
        halves.append(
            HalfCycle(int(cycle[last]), charging, np.abs(net[rows] - net[first]), voltage[rows])
        )
    return halves

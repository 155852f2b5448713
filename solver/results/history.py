"""Reads `history.csv` as columns, and cuts it into the half cycles that people look at."""

import csv
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.results.names import UnknownNameError

Floats = npt.NDArray[np.float64]
History = dict[str, Floats]

NOISE = 1e-9  # mA h/g: what a rest may pass in a time step


class _Columns(History):
    """Columns of a file, which is named when one is missing."""

    def __init__(self, path: Path, columns: History) -> None:
        super().__init__(columns)
        self._path = path

    def __missing__(self, name: str) -> Floats:
        raise UnknownNameError(f"{self._path} has no column", name, self)


class HalfCycle(NamedTuple):
    """Consecutive rows while current flows one way. capacity: mA h/g passed since its start."""

    cycle: int
    charging: bool
    capacity: Floats
    voltage: Floats


def read_history(path: Path) -> History:
    """Return columns by header; a last line that was cut off by a kill is left out.

    Raises OSError if there is no such file, ValueError if it holds something else, and when a
    column is asked for that it has not.
    """
    if path.exists() and not path.is_file():
        raise ValueError(f"{path} is not an ordinary file")
    try:
        return _columns(path.read_text(encoding="utf-8"), path)
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file") from error
    except csv.Error as error:
        raise ValueError(f"{path}: {error}") from error


def _columns(text: str, path: Path) -> History:
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
    return _Columns(path, {name: table[:, number] for number, name in enumerate(header)})


def half_cycles(history: History) -> list[HalfCycle]:
    """Charges and discharges one after another; rests belong to what was before them."""
    net, voltage = history["Net Charge / mA.h.g-1"], history["Voltage / V"]
    cycle = history["Cycle Index / 1"]
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

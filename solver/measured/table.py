"""Text of a table of numbers: its separator, its header, its columns, and which line is which."""

import csv
from math import nan
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.measured.problems import MeasuredFileError
from solver.text.files import read_text
from solver.text.messages import shown
from solver.text.problems import Problem

Floats = npt.NDArray[np.float64]
LARGEST = 256 * 1024**2  # bytes
SEPARATORS = ("\t", ";", ",")
COMMENT = "#"
HUGE = 1e15  # no measured number, and squares of it can be added up


class MeasuredTable(NamedTuple):
    """Cells of a table: by header, (rows,). lines: number of each row in the file, (rows,).

    comma: whether it has decimal commas. line: of the header.
    """

    file: Path
    line: int
    cells: dict[str, list[str]]
    lines: list[int]
    comma: bool

    def problem(self, why: str, line: int | None = None) -> Problem:
        """Return what is wrong, in a line, or in the header."""
        return Problem(str(self.file), self.line if line is None else line, why)

    def numbers(self, header: str) -> Floats:
        """Return a column; an empty cell is NaN. MeasuredFileError for what is no number."""
        cells = self.cells[header]
        try:
            return np.array([_number(cell, self.comma) for cell in cells], dtype=np.float64)
        except ValueError:
            wrong = next(row for row, cell in enumerate(cells) if not _is_number(cell, self.comma))
            why = f"expected a number for '{header}', got {shown(cells[wrong])}"
            raise MeasuredFileError([self.problem(why, self.lines[wrong])]) from None


def read_table(file: Path) -> MeasuredTable:
    """Return the cells of a CSV file. Raises MeasuredFileError."""
    try:
        text = read_text(file, LARGEST)
    except ValueError as error:
        raise MeasuredFileError([Problem(str(file), None, str(error))]) from error
    there = [
        (number, line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.startswith(COMMENT)
    ]
    if not there:
        raise MeasuredFileError([Problem(str(file), None, "is empty")])
    separator = max(SEPARATORS, key=there[0][1].count)
    try:
        cells = csv.reader((text for _, text in there), delimiter=separator)
        rows = [[cell.strip() for cell in row] for row in cells]
    except csv.Error as error:
        raise MeasuredFileError([Problem(str(file), None, f"is no table: {error}")]) from error
    return _table(file, rows, [number for number, _ in there], separator)


def _table(file: Path, rows: list[list[str]], lines: list[int], separator: str) -> MeasuredTable:
    header, *values = rows
    while header and not header[-1]:
        header.pop()
    table = MeasuredTable(file, lines[0], {}, lines[1:], separator != ",")
    double = sorted({name for name in header if header.count(name) > 1})
    if double:
        raise MeasuredFileError([table.problem(f"two columns have the header {shown(double[0])}")])
    for row, line in zip(values, table.lines, strict=False):
        if len(row) < len(header):
            why = f"expected {len(header)} values as in the header, got {len(row)}"
            raise MeasuredFileError([table.problem(why, line)])
    if not values:
        raise MeasuredFileError([table.problem("has a header, and no row of values")])
    table.cells.update({name: [row[k] for row in values] for k, name in enumerate(header)})
    return table


def _number(cell: str, comma: bool) -> float:
    if not cell:
        return nan
    number = float(cell.replace(",", ".") if comma else cell)
    if abs(number) > HUGE:
        raise ValueError
    return number


def _is_number(cell: str, comma: bool) -> bool:
    try:
        _number(cell, comma)
    except ValueError:
        return False
    return True

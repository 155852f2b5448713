"""The table of a study: a row for each run, as CSV and, where pyarrow is there, as Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from io import BytesIO, StringIO
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from solver.results.records import entries
from solver.run_files import write_whole
from solver.study.checked import Checked
from solver.study.evaluations import FINISHED, Evaluations, RunState
from solver.study.values import as_yaml
from solver.text.messages import one_line

CSV, PARQUET, ABOUT = "study.csv", "study.parquet", "study.json"
RUN, SECONDS, STATUS, REASON, DIRECTORY = (
    "Run / 1",
    "Wall Time / s",
    "Status",
    "Reason",
    "Directory",
)
MOST_TOLD = 12  # values of an axis in words
Columns = dict[str, np.ndarray]


class RunRow(NamedTuple):
    """A row. axes: values by header. outputs: numbers by header, nan where there is none.

    directory: of the run, from the folder of the study.
    """

    number: int
    axes: Mapping[str, Any]
    outputs: Mapping[str, float]
    state: RunState
    directory: str


class TableRows:
    """Reads the rows of a study; of a run that is done once only."""

    def __init__(self, study: Checked, evaluations: Evaluations) -> None:
        self._study, self._runs = study, evaluations
        self._known: dict[str, dict[str, float]] = {}

    def all(self) -> list[RunRow]:
        """Return all rows as they are now."""
        return [self._row(number) for number in range(len(self._study.runs))]

    def _row(self, number: int) -> RunRow:
        wanted = self._study.runs[number]
        directory, state = self._runs.directory(wanted), self._runs.state(wanted)
        axes = {column.header: column.values[number] for column in self._study.columns}
        where = directory.relative_to(self._runs.folder).as_posix()
        return RunRow(number + 1, axes, self._outputs(directory, state), state, where)

    def _outputs(self, directory: Path, state: RunState) -> dict[str, float]:
        """Numbers of a run that came to its end; of others they would be those of other moments."""
        if state.status != FINISHED:
            return {output.header: nan for output in self._study.outputs}
        key = directory.name
        if key not in self._known:
            self._known[key] = {each.header: each.of(directory) for each in self._study.outputs}
        return self._known[key]


def written(folder: Path, study: Checked, rows: Sequence[RunRow]) -> list[Path]:
    """Write the table and what it is about; return the files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(about(study), indent=1, ensure_ascii=False) + "\n"
    write_whole(folder / ABOUT, text)
    write_whole(folder / CSV, as_csv([cells(row) for row in rows]))
    packed = as_parquet(rows)
    if packed is None:
        return [folder / CSV]
    write_whole(folder / PARQUET, packed)
    return [folder / CSV, folder / PARQUET]


def about(study: Checked) -> dict[str, Any]:
    """Return what a table of a study does not say, for its page and for whoever reads it later."""
    file, axes = study.file, study.file.axes
    return {
        "name": file.name,
        "about": file.about,
        "file": str(study.path.resolve()),
        "case": str((study.path.parent / file.case).resolve()),
        "set": {key: as_yaml(value) for key, value in file.set.items()},
        "combine": file.combine,
        "maps": file.maps,
        "axes": [
            {
                "header": column.header,
                "axis": column.axis,
                "short": column.short,
                "keys": list(column.keys),
                "seeds": axes[column.axis].seeds is not None,
                "log": axes[column.axis].log_range is not None,
            }
            for column in study.columns
        ],
        "outputs": [output.header for output in study.outputs],
    }


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows by header as text; a number that does not exist is empty."""
    stream = StringIO()
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerows(rows[:1])  # their keys: the headers
    lines.writerows([as_text(value) for value in row.values()] for row in rows)
    return stream.getvalue()


def cells(row: RunRow) -> dict[str, Any]:
    """Return a row by header."""
    return {
        RUN: row.number,
        **row.axes,
        **row.outputs,
        SECONDS: row.state.seconds or nan,
        STATUS: row.state.status,
        REASON: "" if row.state.status == FINISHED else one_line(row.state.reason),
        DIRECTORY: row.directory,
    }


def as_parquet(rows: Sequence[RunRow]) -> bytes | None:
    """Return the table as a Parquet file; None without pyarrow."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return None
    columns = {header: [cells(row)[header] for row in rows] for header in cells(rows[0])}
    stream = BytesIO()
    parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


def read_table(folder: Path) -> tuple[dict[str, Any], Columns]:
    """Return what a study is about, and its table as arrays by header. Raises OSError, ValueError.

    Columns whose every cell is a number or empty are numbers, empty ones nan; others are texts.
    """
    text = (folder / CSV).read_text(encoding="utf-8")
    rows = list(csv.DictReader(StringIO(text)))
    if not rows:
        raise ValueError(f"{folder / CSV} has no rows")
    headers = list(rows[0])
    return entries(folder / ABOUT), {
        header: _column([row[header] for row in rows], header in (STATUS, REASON, DIRECTORY))
        for header in headers
    }


def _column(texts: Sequence[str], in_words: bool) -> np.ndarray:
    if in_words:
        return np.array(texts)
    try:
        return np.array([float(text) if text else nan for text in texts])
    except ValueError:
        return np.array(texts)


def as_text(value: Any) -> str:
    """Return a value as the table has it."""
    if isinstance(value, float):
        return "" if isnan(value) else f"{value:.12g}"
    return str(value)

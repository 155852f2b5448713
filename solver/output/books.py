"""Trackers of tables with one row for many time steps: a cycle, a pulse, a sweep."""

from collections.abc import Callable, Mapping
from typing import Protocol

from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.table import Table

Row = Mapping[str, float]


class Book(Protocol):
    """Condenses rows of the history."""

    def add(self, row: Row, step_ended: bool) -> Row | None:
        """Take in one row of the history; return the row that it completes, if it does."""

    def close(self) -> Row | None:
        """Return what was not complete but is worth a row."""


class BookTracker:
    """Tracker that writes what a book condenses, row by row; no file if there is no row."""

    def __init__(self, file: str, book: Callable[[Run], Book]) -> None:
        self._file, self._make = file, book

    def start(self, run: Run) -> None:
        """Open the book; the file comes with the first row."""
        self._comm, self._book = run.comm, self._make(run)
        self._table = Table(run.directory / self._file)

    def record(self, snapshot: Snapshot) -> None:
        """Take in one row of the history."""
        self._write(self._book.add(snapshot.row, snapshot.step_ended))

    def finish(self, outcome: Outcome) -> None:
        """Write what is left."""
        self._write(self._book.close())
        on_rank_zero(self._comm, self._table.close)

    def _write(self, row: Row | None) -> None:
        if row is not None:  # on every rank alike: rows are the same everywhere
            on_rank_zero(self._comm, lambda: self._table.append(row))

"""Trackers of tables with rows for more than a time step: a cycle, a pulse, a spectrum."""

from collections.abc import Callable, Sequence
from functools import partial

from solver.output.collective import of_rank_zero, on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.table import Table
from solver.protocol.kinds import TABLES
from solver.protocol.tables import Basis, Book, Row, StepTable
from solver.units.memory import Memory


class BookTracker:
    """Tracker that writes what a book condenses, row by row; no file if there is no row."""

    def __init__(self, file: str, book: Callable[[Run], Book]) -> None:
        self.name, self._make = file, book

    def start(self, run: Run) -> None:
        """Open the book; the file comes with the first row."""
        self._comm, self._book = run.comm, self._make(run)
        self._table = Table(run.directory / self.name)

    def record(self, snapshot: Snapshot) -> None:
        """Take in one row of the history."""
        self._write(self._book.add(snapshot.row, snapshot.step_ended, snapshot.spectrum))

    def finish(self, outcome: Outcome) -> None:
        """Write what is left."""
        self._write(self._book.close())
        on_rank_zero(self._comm, self._table.close)

    def save(self) -> Memory:
        """Return what the book holds, and how far its table is."""
        table = of_rank_zero(self._comm, self._table.save)
        return {"book": self._book.save(), "table": table}

    def load(self, memory: Memory) -> None:
        """Go on with the book, behind the rows that there were."""
        self._book.load(memory["book"])
        on_rank_zero(self._comm, lambda: self._table.load(memory["table"]))

    def _write(self, rows: Sequence[Row]) -> None:
        if rows:  # on every rank alike: rows are the same everywhere
            on_rank_zero(self._comm, lambda: self._append(rows))

    def _append(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._table.append(row)


def trackers_of_steps() -> list[BookTracker]:
    """Return the trackers of the tables of all kinds of steps."""
    return [BookTracker(table.file, partial(book_of, table)) for table in TABLES]


def books_of_steps(run: Run) -> list[Book]:
    """Return the books of all kinds of steps."""
    return [book_of(table, run) for table in TABLES]


def book_of(table: StepTable, run: Run) -> Book:
    """Return the book of a table for a run."""
    steps = [planned.step for planned in run.case.steps()]
    return table.book(steps, Basis(run.case.c_rate_basis, run.diffusion_length))

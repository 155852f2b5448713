"""`history.csv`: one line per accepted time step, on the disk as soon as the step is done."""

from solver.output.collective import of_rank_zero, on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot
from solver.output.table import Table
from solver.units.memory import Memory

FILE = "history.csv"


class HistoryTracker:
    """Tracker of the rows of all snapshots."""

    name = FILE

    def start(self, run: Run) -> None:
        """Create the file."""
        self._comm, self._table = run.comm, Table(run.directory / FILE)
        on_rank_zero(self._comm, self._table.open)

    def record(self, snapshot: Snapshot) -> None:
        """Append the row, after a header if it is the first one."""
        on_rank_zero(self._comm, lambda: self._table.append(snapshot.row))

    def finish(self, outcome: Outcome) -> None:
        """Make sure that everything is on the disk."""
        on_rank_zero(self._comm, self._table.close)

    def save(self) -> Memory:
        """Return how far the table is."""
        return of_rank_zero(self._comm, self._table.save)

    def load(self, memory: Memory) -> None:
        """Go on behind the rows that there were."""
        on_rank_zero(self._comm, lambda: self._table.load(memory))

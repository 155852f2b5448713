"""`history.csv`: one line per accepted time step, on the disk as soon as the step is done."""

import errno
import os
import time
from collections.abc import Iterable, Mapping
from io import FileIO
from pathlib import Path

from solver.output.collective import on_rank_zero
from solver.output.snapshot import Outcome, Run, Snapshot

FILE = "history.csv"
SECONDS_BETWEEN_SYNCS = 1.0


class History:
    """Tracker of the rows of all snapshots.

    Each line is a single write without a buffer: whatever ends the program, all lines before
    are there. A crash of the machine itself costs about a second of them.
    """

    def start(self, run: Run) -> None:
        """Create the file."""
        self._comm = run.comm
        self._columns: tuple[str, ...] = ()
        self._synced = time.monotonic()
        on_rank_zero(self._comm, lambda: self._open(run.directory / FILE))

    def record(self, snapshot: Snapshot) -> None:
        """Append the row, after a header if it is the first one."""
        on_rank_zero(self._comm, lambda: self._append(snapshot.row))

    def finish(self, outcome: Outcome) -> None:
        """Make sure that everything is on the disk."""
        on_rank_zero(self._comm, self._close)

    def _open(self, path: Path) -> None:
        self._file = FileIO(path, "w")

    def _append(self, row: Mapping[str, float]) -> None:
        if not self._columns:
            self._columns = tuple(row)
            self._write(self._columns)
        self._write(_exactly(row[column]) for column in self._columns)
        if time.monotonic() - self._synced > SECONDS_BETWEEN_SYNCS:
            os.fsync(self._file.fileno())
            self._synced = time.monotonic()

    def _write(self, words: Iterable[str]) -> None:
        line = (",".join(words) + "\n").encode()
        if self._file.write(line) != len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._file.name))

    def _close(self) -> None:
        if not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()


def _exactly(value: float) -> str:
    """Shortest text that reads back as the same number."""
    return repr(int(value)) if isinstance(value, int) else repr(float(value))

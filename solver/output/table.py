"""A CSV file that grows line by line, each on the disk as soon as it is written."""

import errno
import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from solver.run_files import claim
from solver.units.memory import Memory

SECONDS_BETWEEN_SYNCS = 1.0
LONGEST_ROW = 1 << 16  # bytes


class Table:
    """Rows of numbers and names under a header, which comes with the first row.

    Each line is a single write without a buffer: whatever ends the program, all lines before
    are there. A crash of the machine itself costs about a second of them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self._columns: tuple[str, ...] = ()
        self._synced = time.monotonic()

    def open(self) -> FileIO:
        """Open the file in its run directory, or create it; `append` does so if need be.

        What is in it goes with the first row, unless `load` keeps it.
        """
        if self._file is None:
            claim(self._path.parent, self._path.name)
            self._file = FileIO(self._path, "a")
        return self._file

    def save(self) -> Memory:
        """Return its columns, how long it is, bytes, and its last row, all on the disk. OSError."""
        told = {"file": self._path.name, "columns": list(self._columns), "size": 0, "last": ""}
        if self._file is None or not self._columns:
            return told
        self._sync(self._file)
        size = os.fstat(self._file.fileno()).st_size
        return told | {"size": size, "last": _last_row(self._path, size)}

    def load(self, memory: Memory) -> None:
        """Go on behind the rows that there were: later ones go. Raises OSError."""
        self._columns = tuple(memory["columns"])
        if not self._columns:
            if self._file is None:
                self._path.unlink(missing_ok=True)
            return
        file = self.open()
        if os.fstat(file.fileno()).st_size < memory["size"]:
            raise OSError(errno.EINVAL, "rows are gone that it had", str(self._path))
        os.ftruncate(file.fileno(), memory["size"])

    def append(self, row: Mapping[str, float | str]) -> None:
        """Write a row, after a header if it is the first one. Raises OSError."""
        file = self.open()
        if os.fstat(file.fileno()).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "it was deleted", str(self._path))
        if not self._columns:
            os.ftruncate(file.fileno(), 0)
            self._columns = tuple(row)
            _write(file, self._columns)
        _write(file, (_exactly(row[column]) for column in self._columns))
        if time.monotonic() - self._synced > SECONDS_BETWEEN_SYNCS:
            self._sync(file)

    def close(self) -> None:
        """Make sure that everything is on the disk."""
        if self._file is not None and not self._file.closed:
            os.fsync(self._file.fileno())
            self._file.close()

    def _sync(self, file: FileIO) -> None:
        """Wait until the disk has all rows."""
        os.fsync(file.fileno())
        self._synced = time.monotonic()


def edited(directory: Path, memory: Any) -> list[str]:
    """Say which tables of a run are no longer what they were when this was saved, and why.

    memory: of trackers, anywhere in which there are those of tables.
    """
    if isinstance(memory, list):
        return [said for item in memory for said in edited(directory, item)]
    if not isinstance(memory, dict):
        return []
    if not isinstance(memory.get("file"), str):
        return [said for item in memory.values() for said in edited(directory, item)]
    path, size = directory / memory["file"], memory["size"]
    there = path.stat().st_size if path.is_file() else 0
    if there < size:
        return [f"{path} has lost rows: it has {there} bytes, and had {size}"]
    if size and _last_row(path, size) != memory["last"]:
        return [f"{path} was edited: its row that ends at byte {size} is another one"]
    return []


def _last_row(path: Path, size: int) -> str:
    """Checksum of the last row of the first bytes of a table."""
    with path.open("rb") as file:
        file.seek(max(0, size - LONGEST_ROW))
        rows = file.read(size - file.tell())
    return hashlib.sha256(rows[rows[:-1].rfind(b"\n") + 1 :]).hexdigest()


def _write(file: FileIO, words: Iterable[str]) -> None:
    """Write a line, or nothing of it."""
    line, size = (",".join(words) + "\n").encode(), os.fstat(file.fileno()).st_size
    try:
        while line:  # a disk that fills up takes a part of it, and says why with the next
            line = line[file.write(line) :]
    except OSError as error:
        os.ftruncate(file.fileno(), size)
        raise OSError(error.errno, error.strerror, str(file.name)) from error


def _exactly(value: float | str) -> str:
    """Shortest text that reads back as the same number; a name as it is."""
    if isinstance(value, str):
        return value
    return repr(int(value)) if isinstance(value, int) else repr(float(value))

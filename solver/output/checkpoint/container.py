"""The file of a checkpoint: HDF5 behind a first block that holds the checksum of the rest.

HDF5 writes through a file of Python's: where it does so itself, a full disk ends the program.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

import h5py
import numpy.typing as npt
from mpi4py import MPI

from solver.output.checkpoint.slabs import passed_to_rank_zero
from solver.run_files.lenient import LenientFile

FOLDER = "checkpoints"
FORMAT = 2
BLOCK = 512  # bytes of the first block, the fewest that HDF5 allows


class CheckpointError(Exception):
    """A checkpoint from which no run can go on, in a sentence; the same on every rank."""


def name_of(number: int) -> str:
    """Name of a checkpoint in its run directory."""
    return f"{FOLDER}/{number:06d}.h5"


def numbered(directory: Path) -> dict[int, Path]:
    """Return the checkpoints of a run directory, the newest first."""
    files = (directory / FOLDER).glob("[0-9]" * 6 + ".h5")
    return {int(path.stem): path for path in sorted(files, reverse=True)}


class _Written(LenientFile):
    """A file that only seems to be written after its first error."""

    def write(self, content: Any) -> int:
        """Write all of it, or seem to."""
        left = memoryview(content)
        self.attempt(lambda: self._write(left))
        return left.nbytes

    def truncate(self, size: int | None = None) -> int:
        """Give it a size, or seem to."""
        self.attempt(lambda: FileIO.truncate(self, size))
        return self.tell() if size is None else size

    def _write(self, left: memoryview) -> None:
        while left.nbytes:  # a disk that fills up takes a part of it, and says why with the next
            left = left[super().write(left) :]


class Draft:
    """A checkpoint while it is written, by rank 0.

    After an error nothing more is written; `seal` raises it.
    """

    def __init__(self, comm: MPI.Comm, path: Path) -> None:
        self._comm, self._path = comm, path
        self._file: _Written | None = None
        self._error: OSError | None = None
        if comm.rank != 0:
            return
        try:
            file = _Written(path, "w+")
            self._content, self._file = h5py.File(file, "w", userblock_size=BLOCK), file
        except OSError as error:
            self._error = error

    def put(self, name: str, value: Any) -> None:
        """Write a text or an array, which all ranks have."""
        if self._goes_on:
            self._content[name] = value

    def put_table(self, name: str, slab: npt.NDArray[Any]) -> None:
        """Write the slabs of all ranks, (rows, columns), one behind the other. Collective."""
        n_rows = self._comm.allreduce(len(slab))
        if self._goes_on:
            self._content.create_dataset(name, (n_rows, *slab.shape[1:]), slab.dtype)
        for first, rows in passed_to_rank_zero(self._comm, slab):
            if self._goes_on:
                self._content[name][first : first + len(rows)] = rows

    @property
    def _goes_on(self) -> bool:
        """Whether this rank writes, and nothing went wrong yet."""
        return self._file is not None and self._file.error is None

    def seal(self) -> None:
        """On rank 0: write the checksum, and wait until the disk has it all. Raises OSError."""
        if self._file is not None:
            self._content.close()
            self._error = self._file.error or self._finished(self._file)
        if self._error is not None:
            with suppress(OSError):  # it takes the place that a full disk lacks
                self._path.unlink()
            raise OSError(self._error.errno, self._error.strerror, str(self._path))

    def _finished(self, file: _Written) -> OSError | None:
        """Why it cannot be finished."""
        with file:
            try:
                block = _block(file)
                file.seek(0)
                file.write(block)
                os.fsync(file.fileno())
            except OSError as error:
                return error
        return file.error


def fault(path: Path) -> str | None:
    """Say what is wrong with the file of a checkpoint, None if nothing is."""
    try:
        with path.open("rb") as file:
            block = file.read(BLOCK)
            if block == _block(file):
                return None
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return f"{path} is cut short, or was altered"


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a checkpoint to be read. Raises CheckpointError."""
    if wrong := fault(path):
        raise CheckpointError(wrong)
    with h5py.File(path, "r") as content:
        yield content


def _block(file: BufferedReader | FileIO) -> bytes:
    """The first block that fits what is behind it."""
    file.seek(BLOCK)
    checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return f"intergrain checkpoint\nsha256 {checksum}\n".encode().ljust(BLOCK, b"\n")

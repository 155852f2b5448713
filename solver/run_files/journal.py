"""A file that is changed as a whole: killed at any moment, it is as before or as after.

What is written behind the end of the file is not looked at yet, and goes there at once. What
changes before it is kept aside, put into a journal `X.part`, and then in place; a journal that is
whole tells all that was to be changed, so that `mend` can finish it, and a reader need not wait.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from solver.run_files.lenient import LenientFile
from solver.run_files.manifest import PART

PAGE = 512  # bytes that are kept aside together
HEAD = b"intergrain journal\n"
ENTRY = struct.Struct("<qq")  # offset and length of a page; at first size of the file, and none
Pages = dict[int, bytearray]


class Change(NamedTuple):
    """What is to be changed: pages by their offsets, and the size of the file afterwards."""

    pages: Pages
    size: int


class AmendedFile(LenientFile):
    """A file with what is to be changed in it; it is changed by `commit`, or not at all.

    After its first error it only seems to be written.
    """

    def __init__(self, path: Path, read_only: bool = False) -> None:
        """Open a file to be read, with what is still to be changed, or to be amended. OSError."""
        change = pending(path) if read_only else None
        super().__init__(path, "r" if read_only else "r+")
        self._path = path
        self._end = os.fstat(self.fileno()).st_size
        self._change = change or Change({}, self._end)

    def readinto(self, buffer: Any) -> int:
        """Read as if all were in place."""
        start, read = self.tell(), int(super().readinto(buffer) or 0)
        view = memoryview(buffer).cast("B")
        for offset, page in self._touched(start, read):
            low, high = max(start, offset), min(start + read, offset + len(page))
            view[low - start : high - start] = page[low - offset : high - offset]
        return read

    def write(self, content: Any) -> int:
        """Write all of it, or seem to."""
        left = memoryview(content).cast("B")
        self.attempt(lambda: self._put(self.tell(), left))
        return left.nbytes

    def truncate(self, size: int | None = None) -> int:
        """Give it a size, once it is changed."""
        self._change = self._change._replace(size=self.tell() if size is None else size)
        return self._change.size

    def commit(self) -> None:
        """Change the file, which the disk then has, and close it. OSError: then it is as it was."""
        part, change = _part_of(self._path), self._change
        self.attempt(lambda: os.fsync(self.fileno()))
        if change.pages or change.size < self._end:
            self.attempt(lambda: _write_journal(part, change))
        self.require()
        _apply(self.fileno(), change)
        part.unlink(missing_ok=True)
        self.close()

    def require(self) -> None:
        """Raise OSError if something could not be written; then the file is as it was."""
        if self.error is not None:
            self.discard()
            raise OSError(self.error.errno, self.error.strerror, str(self._path))

    def discard(self) -> None:
        """Leave the file as it was, and close it."""
        with suppress(OSError):
            _part_of(self._path).unlink(missing_ok=True)
        with suppress(OSError):
            os.ftruncate(self.fileno(), self._end)
        self.close()

    def _put(self, start: int, content: memoryview) -> None:
        inside = max(0, min(self._end - start, content.nbytes))
        for offset in range(start - start % PAGE, start + inside, PAGE) if inside else ():
            page = self._page(offset)
            low, high = max(start, offset), min(start + inside, offset + len(page))
            page[low - offset : high - offset] = content[low - start : high - start]
        done = inside
        while done < content.nbytes:  # a full disk takes a part, and says why with the next
            done += os.pwrite(self.fileno(), content[done:], start + done)
        self.seek(start + content.nbytes)

    def _page(self, offset: int) -> bytearray:
        """A page that changes, no longer than the file was."""
        if offset not in self._change.pages:
            size = min(PAGE, self._end - offset)
            self._change.pages[offset] = bytearray(os.pread(self.fileno(), size, offset))
        return self._change.pages[offset]

    def _touched(self, start: int, size: int) -> Iterator[tuple[int, bytearray]]:
        pages = self._change.pages
        for offset in range(start - start % PAGE, start + size, PAGE) if pages else ():
            if offset in pages:
                yield offset, pages[offset]


def mend(path: Path) -> None:
    """Finish what a program that was killed had begun to change; remove what is left of it.

    For whoever may write the file alone. Raises OSError.
    """
    part = _part_of(path)
    change = pending(path)
    if change is not None:
        with path.open("r+b") as file:
            _apply(file.fileno(), change)
    part.unlink(missing_ok=True)


def pending(path: Path) -> Change | None:
    """Return what is still to be changed in a file, None if nothing is. Raises OSError."""
    if not path.exists() or not _part_of(path).exists():
        return None
    content = _part_of(path).read_bytes()
    checksum, body = content[len(HEAD) : len(HEAD) + 32], content[len(HEAD) + 32 :]
    if not content.startswith(HEAD) or hashlib.sha256(body).digest() != checksum:
        return None
    size, _ = ENTRY.unpack_from(body)
    pages, at = {}, ENTRY.size
    while at < len(body):
        offset, length = ENTRY.unpack_from(body, at)
        at += ENTRY.size
        pages[offset] = bytearray(body[at : at + length])
        at += length
    return Change(pages, size)


def _part_of(path: Path) -> Path:
    return path.with_name(path.name + PART)


def _write_journal(part: Path, change: Change) -> None:
    body = b"".join(
        [
            ENTRY.pack(change.size, 0),
            *(ENTRY.pack(offset, len(page)) + page for offset, page in change.pages.items()),
        ]
    )
    with part.open("wb") as file:
        file.write(HEAD + hashlib.sha256(body).digest() + body)
        file.flush()
        os.fsync(file.fileno())


def _apply(file: int, change: Change) -> None:
    for offset, page in change.pages.items():
        os.pwrite(file, page, offset)
    os.ftruncate(file, change.size)
    os.fsync(file)

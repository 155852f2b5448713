"""Whether a run still goes on in a directory: a lock that ends with its process, however it ends.

Where the lock cannot be asked (another machine, a file system without locks) the age of the file
tells: a run touches it every half minute. It also keeps some space in reserve, so that a run that
has filled the disk can still say so.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from typing import Self

FILE = "run.lock"
BEAT, PATIENCE = 30.0, 600.0  # s between signs of life; without one, a run is dead
RESERVE = 64 * 1024  # bytes
TRIALS, PAUSE = 5, 0.05  # who only asks holds the lock for an instant


class RunLock:
    """The right to write into a run directory, until it is released or the process ends."""

    def __init__(self, directory: Path) -> None:
        """Take the lock; BlockingIOError if another run has it, OSError if it cannot be made."""
        self._path = directory / FILE
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            _take(self._file)
            owner = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
            os.ftruncate(self._file, 0)
            os.write(self._file, f"{owner}\n".encode().ljust(RESERVE))
        except OSError:
            os.close(self._file)
            raise

    def hand_on(self) -> None:
        """Let the program that this process is about to become keep the lock."""
        os.set_inheritable(self._file, True)

    def release(self) -> None:
        """Give it back: an empty file says that nothing goes on."""
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            flock(self._file, LOCK_UN)
        os.close(self._file)

    def __enter__(self) -> Self:
        """Keep the lock for a while."""
        return self

    def __exit__(self, *reason: object) -> None:
        """Release it."""
        self.release()


@contextmanager
def heartbeat(directory: Path) -> Iterator[None]:
    """Give signs of life of a run; to be done on one rank."""
    path, ended = directory / FILE, threading.Event()

    def beat() -> None:
        with suppress(OSError):  # the directory is gone
            while not ended.wait(BEAT):
                os.utime(path)

    threading.Thread(target=beat, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        with suppress(OSError):
            os.truncate(path, 0)


def alive(directory: Path) -> bool:
    """Whether a run still goes on in a directory."""
    path = directory / FILE
    held = _held(path)
    if held:
        return True
    try:
        owner = json.loads(path.read_text(encoding="utf-8") or "null")
        age = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return False
    here = isinstance(owner, dict) and owner.get("host") == socket.gethostname()
    ended = owner is None or (here and held is False)
    return not ended and age < PATIENCE


def free_reserve(directory: Path) -> None:
    """Give the space in reserve back to the disk."""
    with suppress(OSError):
        first = (directory / FILE).read_bytes().find(b"\n") + 1
        os.truncate(directory / FILE, first)


def _take(file: int) -> None:
    """Take the lock, where there are locks; BlockingIOError if it is held for longer."""
    for trial in range(TRIALS):
        try:
            flock(file, LOCK_EX | LOCK_NB)
            return
        except BlockingIOError:
            if trial == TRIALS - 1:
                raise
            time.sleep(PAUSE)
        except OSError:
            return


def _held(path: Path) -> bool | None:
    """Whether a process holds the lock, None if that cannot be told."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(file)
    return False

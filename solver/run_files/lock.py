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
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path

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
        self._life = Heartbeat(directory)

    def hand_on(self) -> None:
        """Let the program that this process is about to become keep the lock."""
        os.set_inheritable(self._file, True)

    def release(self) -> None:
        """Give it back."""
        self._life.end()
        with suppress(OSError):
            flock(self._file, LOCK_UN)
        os.close(self._file)


class Heartbeat:
    """Signs of life of a run, until it ends; to be begun on one rank."""

    def __init__(self, directory: Path) -> None:
        self._path, self._ended = directory / FILE, threading.Event()
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        with suppress(OSError):  # the directory is gone
            while not self._ended.wait(BEAT):
                os.utime(self._path)

    def end(self) -> None:
        """Say that nothing goes on any more: an empty file."""
        self._ended.set()
        with suppress(OSError):
            os.truncate(self._path, 0)


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

"""Run a function of a test module on several ranks, in processes of their own; on one, in this.

The function takes the communicator and JSON-able arguments; what rank 0 returns (a dict that
JSON can hold) comes back. Whether more ranks than cores are allowed, and as whom, is up to the
environment.

Starting ranks takes longer than most of these functions. The ranks are therefore started at the
first call for so many, and serve all such calls of this process. A crew in which something fails
or hangs is ended, and the next call starts another. Between calls the ranks wait for words from
here, not for each other, which would keep the cores busy.
"""

import atexit
import faulthandler
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import Any

from mpi4py import MPI

ROOT = Path(__file__).parents[1]
BUSY_MACHINE = {"OMPI_MCA_mpi_yield_when_idle": "1"}  # else waiting ranks keep working ones out
PATIENCE = 180.0  # s until all ranks have started
GRACE = 10.0  # seconds in which mpirun may end its ranks by itself
ENDS = ((None, 2.0), (signal.SIGTERM, GRACE), (signal.SIGKILL, GRACE))  # and s to wait after each


def on_ranks(n: int, function: str, *args: Any, timeout: float = 400.0) -> dict[str, Any]:
    """Return what `function` ("package.module:name") returns on rank 0 of n ranks."""
    if n == 1:
        return dict(json.loads(json.dumps(_named(function)(MPI.COMM_SELF, *args))))
    if n not in _CREWS:
        _CREWS[n] = Crew(n)
        atexit.register(_CREWS[n].end)
    try:
        return _CREWS[n].call(function, args, timeout)
    except BaseException:
        _CREWS.pop(n).end()
        raise


class Crew:
    """Ranks that wait for calls, and end when this process does."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._folder = tempfile.TemporaryDirectory()
        self._said = Path(self._folder.name, "said.txt")
        address = str(Path(self._folder.name, "door"))
        with socket.socket(socket.AF_UNIX) as door, self._said.open("w") as said:
            door.bind(address)
            door.listen(n)
            command = ["mpirun", "-n", str(n), sys.executable, "-m", "mpi4py"]
            self._process = subprocess.Popen(
                [*command, "-m", "tests.ranks", address],
                cwd=ROOT,
                env=BUSY_MACHINE | os.environ,  # without what an MPI of this process added
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._lines = [self._let_in(door) for _ in range(n)]
        self._lines.sort(key=Connection.recv)

    def _let_in(self, door: socket.socket) -> Connection:
        """The line to the next rank that comes to the door."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            if select.select([door], [], [], 1.0)[0]:
                return Connection(door.accept()[0].detach())
        raise AssertionError(f"{self._n} ranks did not start:\n{self._said.read_text()}")

    def call(self, function: str, args: tuple[Any, ...], timeout: float) -> dict[str, Any]:
        """What rank 0 returns. AssertionError with what ranks said unless all come to an end."""
        begun = self._said.stat().st_size
        deadline = time.monotonic() + timeout + GRACE
        try:
            for line in self._lines:
                line.send(json.dumps([function, args, timeout]))
            answers = [_answer(line, deadline) for line in self._lines]
        except (OSError, EOFError, TimeoutError):  # a rank has ended, or does not answer
            self.end()
            said = self._said.read_bytes()[begun:].decode(errors="replace")
            raise AssertionError(f"{function} failed on {self._n} ranks:\n{said}") from None
        return dict(json.loads(answers[0]))

    def end(self) -> None:
        """End mpirun and all it started, gently first; nothing if it ended by itself."""
        for line in self._lines:
            line.close()
        for number, patience in ENDS:
            with suppress(subprocess.TimeoutExpired):
                if number is not None and self._process.poll() is None:
                    os.killpg(self._process.pid, number)
                self._process.wait(patience)


_CREWS: dict[int, Crew] = {}


def _answer(line: Connection, deadline: float) -> str:
    """What a rank answers."""
    if not line.poll(max(0.0, deadline - time.monotonic())):
        raise TimeoutError
    return str(line.recv())


def _serve(address: str) -> None:
    """Entry of every rank: answer calls until the line is closed."""
    with Client(address, "AF_UNIX") as line, suppress(EOFError):
        line.send(MPI.COMM_WORLD.rank)
        while True:
            line.send(json.dumps(_called(MPI.COMM_WORLD, *json.loads(line.recv()))))


def _named(function: str) -> Callable[..., Any]:
    module, name = function.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _called(comm: Any, function: str, args: list[Any], timeout: float) -> Any:
    """What the function returns on rank 0; one that hangs shows where it stands and ends."""
    faulthandler.dump_traceback_later(timeout, exit=True)
    try:
        result = _named(function)(comm, *args)
    except BaseException:
        traceback.print_exc()
        comm.Abort(1)  # at once: on its way out PETSc would wait for the other ranks
    gc.collect()  # on all ranks at the same time, as some objects are freed together
    faulthandler.cancel_dump_traceback_later()
    return result if comm.rank == 0 else None


if __name__ == "__main__":
    _serve(*sys.argv[1:])

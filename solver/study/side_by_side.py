"""Programs side by side on this machine, from one thread, all ended in good order on an interrupt.

Runs of a kind compile the same equations: the first of a kind goes alone until it has shown that
it is past that, since those that wait for another's compiler give up after some seconds.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from solver.drive.interrupt import END_WITH_PARENT

PAUSE = 0.1  # s between two looks at the programs
LINES = 3  # of a table: its head, the state at the beginning, one time step
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Program(NamedTuple):
    """A program to be run. said: file for what it says. kind: of those that compile alike.

    past: a table that has a row of a time step once nothing of its kind is left to be compiled.
    """

    key: str
    words: tuple[str, ...]
    said: Path
    kind: str = ""
    past: Path | None = None


class EndOfProgram(NamedTuple):
    """How a program ended: its exit code, and how long it took by the clock on the wall, s."""

    task: Program
    code: int
    seconds: float


Tell = Callable[[EndOfProgram], None]
Carry = Callable[[Iterable[Program], Tell], None]  # what carries programs out, and tells of each


class _Running(NamedTuple):
    task: Program
    program: subprocess.Popen[bytes]
    since: float
    said: IO[bytes]


def side_by_side(tasks: Iterable[Program], at_once: int, tell: Tell) -> None:
    """Run programs, so many at once, and tell of each as it ends.

    KeyboardInterrupt: every program was asked to end, has ended, and was told of.
    """
    waiting, running, past = list(tasks), list[_Running](), set[str]()
    try:
        while waiting or running:
            for task in _next(waiting, running, past, at_once):
                waiting.remove(task)
                running.append(_begun(task))
            _take_ended(running, past, tell)
            if running:
                time.sleep(PAUSE)
    except BaseException:
        _end_all(running, past, tell)
        raise


def at_once(number: int) -> Carry:
    """Return what carries programs out on this machine, so many at once."""

    def carry(programs: Iterable[Program], tell: Tell) -> None:
        side_by_side(programs, number, tell)

    return carry


def one_thread() -> dict[str, str]:
    """Return the variables of a program: one thread, as two are slower on blocks of this size."""
    return os.environ | dict.fromkeys(ONE_THREAD, "1")


def _next(
    waiting: Sequence[Program], running: Sequence[_Running], past: set[str], at_once: int
) -> list[Program]:
    """The tasks that may begin now."""
    compiling = {each.task.kind for each in running} - past
    chosen: list[Program] = []
    for task in waiting:
        if len(running) + len(chosen) >= at_once:
            break
        if task.kind not in compiling:
            chosen.append(task)
            compiling |= {task.kind} - past
    return chosen


def _begun(task: Program) -> _Running:
    task.said.parent.mkdir(parents=True, exist_ok=True)
    said = task.said.open("wb")
    program = subprocess.Popen(
        task.words,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        env=one_thread(),
        start_new_session=True,  # Ctrl-C of a terminal is handed on, once
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    return _Running(task, program, time.monotonic(), said)


def _end_with_parent() -> None:
    """Let the system ask this program to end when the one that began it has gone, however."""
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)


def _take_ended(running: list[_Running], past: set[str], tell: Tell) -> None:
    for each in list(running):
        task, code = each.task, each.program.poll()
        if code is not None or task.past is None or _lines(task.past) >= LINES:
            past.add(task.kind)
        if code is not None:
            running.remove(each)
            each.said.close()
            tell(EndOfProgram(task, code, time.monotonic() - each.since))


def _lines(file: Path) -> int:
    try:
        return file.read_bytes().count(b"\n")
    except OSError:
        return 0


def _end_all(running: list[_Running], past: set[str], tell: Tell) -> None:
    """Ask every program to end, and wait until it has."""
    for each in running:
        each.program.send_signal(signal.SIGINT)
    while running:
        _take_ended(running, past, tell)
        time.sleep(PAUSE)

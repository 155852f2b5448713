"""The runs of a study on the workers of a Dask cluster, which see the same files."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from solver.start import GAVE_UP, RunError
from solver.study.side_by_side import Carry, EndOfProgram, Program, Tell, one_thread

if TYPE_CHECKING:
    from distributed import Client

LOOK = 1.0  # s between two looks at a program
PATIENCE = 20  # s for a scheduler to answer
NOT_BEGUN = -signal.SIGINT


def carry(address: str) -> Carry:
    """Return what carries programs out on a cluster. RunError without the library.

    address: of the scheduler, such as tcp://host:8786; where none answers, a RunError comes later.
    """
    try:
        from distributed import Client
    except ImportError as error:
        why = "--dask needs the library distributed (pip install distributed), which is not there"
        raise RunError(why) from error

    def on_cluster(programs: Iterable[Program], tell: Tell) -> None:
        try:
            client = Client(address, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise RunError(f"no Dask scheduler answers at {address}", GAVE_UP) from error
        with client:
            _carried_out(client, list(programs), tell)

    return on_cluster


def _carried_out(client: Client, programs: Sequence[Program], tell: Tell) -> None:
    """Let workers run all programs; an interrupt asks those that run to end, and waits for them."""
    from distributed import Event, as_completed

    stop = f"stop-{uuid4()}"
    here = str(Path.cwd())
    sent = {
        client.submit(run, each.words, str(each.said), here, stop, pure=False): each
        for each in programs
    }
    left = dict(sent)

    def take_all() -> None:
        for future in as_completed(list(left)):
            program = left.pop(future)
            code, seconds = future.result()
            tell(EndOfProgram(program, code, seconds))

    try:
        take_all()
    except BaseException:
        Event(stop, client=client).set()
        take_all()
        raise


def run(words: Sequence[str], said: str, folder: str, stop: str) -> tuple[int, float]:
    """Run a program on a worker, unless all are to stop; return its exit code, and how long, s."""
    from distributed import Event

    to_stop, since = Event(stop), time.monotonic()
    if to_stop.is_set():
        return NOT_BEGUN, 0.0
    Path(said).parent.mkdir(parents=True, exist_ok=True)
    with Path(said).open("wb") as output:
        program = subprocess.Popen(
            [sys.executable, *words[1:]],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=one_thread(),
        )
        asked = False
        while True:
            try:
                return program.wait(LOOK), time.monotonic() - since
            except subprocess.TimeoutExpired:
                if not asked and to_stop.is_set():
                    asked = True
                    program.send_signal(signal.SIGINT)

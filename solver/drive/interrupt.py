"""Interrupts: a signal sets a flag, and all ranks agree on it once per time step."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mpi4py import MPI

EARLY = (signal.SIGINT, signal.SIGUSR2)  # the launcher passes Ctrl-C on to every rank as SIGUSR2
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR2)


END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def end_with_parent() -> None:
    """Let the system kill this rank when mpirun is killed: it would wait for the others for ever.

    Only on Linux; elsewhere MPI alone sees to it.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before
        os.kill(os.getpid(), signal.SIGKILL)


class Raising:
    """Signal handler that raises KeyboardInterrupt once, and remembers: libraries may swallow one.

    Once, because the launcher asks again until the run has ended, also while it writes its end.
    """

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take the signal."""
        if not self.asked:
            self.asked = True
            raise KeyboardInterrupt


def raise_from_now() -> Raising:
    """Take signals until there are time steps; what an earlier such handler was asked counts."""
    taken = Raising()
    earlier = [signal.signal(number, taken) for number in EARLY]
    taken.asked |= any(isinstance(handler, Raising) and handler.asked for handler in earlier)
    return taken


class Interrupt:
    """Whether the user asked this run to end, on any rank."""

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm, self._asked = comm, False
        self._earlier = {number: signal.signal(number, self._take) for number in SIGNALS}
        for handler in self._earlier.values():
            self._asked |= isinstance(handler, Raising) and handler.asked

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def asked(self) -> bool:
        """Whether any rank got a signal. Collective."""
        from mpi4py import MPI

        return bool(self._comm.allreduce(self._asked, MPI.LOR))

    def release(self) -> None:
        """Give the signals back to who had them."""
        for number, handler in self._earlier.items():
            if isinstance(handler, Raising):
                handler.asked |= self._asked
            signal.signal(number, handler)

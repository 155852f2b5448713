"""Interrupts: a signal sets a flag, and all ranks agree on it once per time step.

SIGUSR1 asks a run to end for now: whoever sent it means to go on with it later.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mpi4py import MPI

FOR_NOW = signal.SIGUSR1
# the launcher passes Ctrl-C on to every rank as SIGUSR2
EARLY = (signal.SIGINT, FOR_NOW, signal.SIGUSR2)
SIGNALS = (signal.SIGINT, signal.SIGTERM, FOR_NOW, signal.SIGUSR2)
NOT, BRIEFLY, FOR_GOOD = 0, 1, 2  # how the user asked a run to end
SHORTLY = 0.01  # s, until an interrupt that Python lost is raised again
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
    held: whether to remember only, for now.
    """

    def __init__(self) -> None:
        self.asked, self.held = NOT, False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Take the signal."""
        first = not self.asked
        self.asked = max(self.asked, _meaning(number))
        if first and not self.held:
            raise KeyboardInterrupt


def raise_lost_again() -> None:
    """See to it that an interrupt is raised again, shortly after, where Python cannot pass it on.

    A callback of a weak reference is such a place: Python only writes what was raised there.
    """
    earlier = sys.unraisablehook

    def lost(what: sys.UnraisableHookArgs) -> None:
        if isinstance(what.exc_value, KeyboardInterrupt):
            signal.signal(signal.SIGALRM, _raise_again)
            signal.setitimer(signal.ITIMER_REAL, SHORTLY)
        else:
            earlier(what)

    sys.unraisablehook = lost


def answered() -> None:
    """An interrupt has been answered: it is not raised again."""
    signal.setitimer(signal.ITIMER_REAL, 0.0)


def _raise_again(number: int, frame: FrameType | None) -> None:
    """Raise an interrupt, unless time steps know of it meanwhile."""
    taken = signal.getsignal(FOR_NOW)
    if not isinstance(taken, Raising):
        return
    if taken.held:
        signal.setitimer(signal.ITIMER_REAL, SHORTLY)
    else:
        raise KeyboardInterrupt


def raise_from_now() -> Raising:
    """Take signals until there are time steps; what an earlier such handler was asked counts."""
    taken = Raising()
    earlier = [signal.signal(number, taken) for number in EARLY]
    taken.asked = max(_asked(handler) for handler in (taken, *earlier))
    return taken


def as_interrupt(number: int) -> None:
    """Take a signal for an interrupt as well from now on."""
    signal.signal(number, signal.getsignal(signal.SIGINT))


@contextmanager
def held_back() -> Iterator[None]:
    """Let interrupts wait for what is done here: C++ modules that are being loaded would abort."""
    taken = signal.getsignal(FOR_NOW)
    if not isinstance(taken, Raising):
        yield
        return
    before, taken.held = taken.asked, True
    try:
        yield
    finally:
        taken.held = False
    if taken.asked and not before:
        raise KeyboardInterrupt


def asked_so_far() -> int:
    """How the user has asked this program to end before there are time steps."""
    return _asked(signal.getsignal(FOR_NOW))


def _meaning(number: int) -> int:
    """How a signal asks a run to end."""
    return BRIEFLY if number == FOR_NOW else FOR_GOOD


def _asked(handler: object) -> int:
    """How a handler of signals has been asked."""
    return handler.asked if isinstance(handler, Raising) else NOT


class Interrupt:
    """Whether the user asked this run to end, on any rank.

    for_now: whether that was all that was asked when the ranks last agreed.
    """

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm, self._asked, self.for_now = comm, NOT, False
        self._earlier = {number: signal.signal(number, self._take) for number in SIGNALS}
        self._asked = max(self._asked, *(_asked(handler) for handler in self._earlier.values()))

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._asked = max(self._asked, _meaning(number))

    def asked(self) -> bool:
        """Whether any rank got a signal. Collective."""
        from mpi4py import MPI

        asked = self._comm.allreduce(self._asked, MPI.MAX)
        self.for_now = asked == BRIEFLY
        return bool(asked)

    def release(self) -> None:
        """Give the signals back to who had them."""
        for number, handler in self._earlier.items():
            if isinstance(handler, Raising):
                handler.asked = max(handler.asked, self._asked)
            signal.signal(number, handler)

"""Interrupts: a signal sets a flag, and all ranks agree on it once per time step."""

import signal
from types import FrameType

from mpi4py import MPI

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR2)


class Interrupt:
    """Whether the user asked this run to end, on any rank."""

    def __init__(self, comm: MPI.Comm) -> None:
        self._comm, self._asked = comm, False
        self._earlier = {number: signal.signal(number, self._take) for number in SIGNALS}

    def _take(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def asked(self) -> bool:
        """Whether any rank got a signal. Collective."""
        return bool(self._comm.allreduce(self._asked, MPI.LOR))

    def release(self) -> None:
        """Give the signals back to who had them."""
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

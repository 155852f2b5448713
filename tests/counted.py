"""A communicator that keeps count of what arrives through it, for tests."""

import pickle
from typing import Any

import numpy as np
from mpi4py import MPI


class CountedComm(MPI.Intracomm):
    """Every collective call of Python code notes its name and the bytes that came in.

    What came in is the size of arrays, and of objects when pickled.
    """

    __module__ = "mpi4py.MPI"  # petsc4py asks for it
    calls: list[tuple[str, int]]  # of all communicators of this process

    def _noted(self, name: str, received: Any) -> Any:
        whole = isinstance(received, np.ndarray)
        size = received.nbytes if whole else len(pickle.dumps(received))
        type(self).calls.append((name, size))
        return received

    def allgather(self, sendobj: Any) -> Any:
        """As it is called."""
        return self._noted("allgather", super().allgather(sendobj))

    def gather(self, sendobj: Any, root: int = 0) -> Any:
        """As it is called."""
        return self._noted("gather", super().gather(sendobj, root))

    def allreduce(self, sendobj: Any, op: Any = MPI.SUM) -> Any:
        """As it is called."""
        return self._noted("allreduce", super().allreduce(sendobj, op))

    def bcast(self, obj: Any, root: int = 0) -> Any:
        """As it is called."""
        return self._noted("bcast", super().bcast(obj, root))

    def sendrecv(self, sendobj: Any, dest: int, **others: Any) -> Any:
        """As it is called."""
        return self._noted("sendrecv", super().sendrecv(sendobj, dest, **others))

    def Allreduce(self, sendbuf: Any, recvbuf: Any, op: Any = MPI.SUM) -> None:  # noqa: N802
        """As it is called."""
        super().Allreduce(sendbuf, recvbuf, op)
        self._noted("Allreduce", recvbuf)

    def Alltoallv(self, sendbuf: Any, recvbuf: Any) -> None:  # noqa: N802
        """As it is called."""
        super().Alltoallv(sendbuf, recvbuf)
        self._noted("Alltoallv", recvbuf[0])

    def Recv(self, buf: Any, source: int = MPI.ANY_SOURCE) -> None:  # noqa: N802
        """As it is called."""
        super().Recv(buf, source)
        self._noted("Recv", buf)

    def Gatherv(self, sendbuf: Any, recvbuf: Any, root: int = 0) -> None:  # noqa: N802
        """As it is called."""
        super().Gatherv(sendbuf, recvbuf, root)
        self._noted("Gatherv", recvbuf[0] if recvbuf else None)

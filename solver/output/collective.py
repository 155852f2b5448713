"""Writing on some ranks, failing on all of them."""

from collections.abc import Callable
from typing import Any, TypeVar

from mpi4py import MPI

Result = TypeVar("Result")


class OutputError(OSError):
    """What cannot be written, in a sentence; the same on every rank."""


def on_rank_zero(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on rank 0; if it raises OSError, every rank raises OutputError. Collective."""

    def done() -> None:
        action()

    of_rank_zero(comm, done)


def of_rank_zero(comm: MPI.Comm, action: Callable[[], Result]) -> Result:
    """Return on every rank what something returns on rank 0, with errors alike. Collective."""
    done = _attempt(action) if comm.rank == 0 else None
    result: Result
    result, error = comm.bcast(done, root=0)
    if error is not None:
        raise OutputError(error)
    return result


def on_every_rank(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on each rank; OSError on one is an OutputError on all. Collective."""
    errors = comm.allgather(_attempt(action)[1])
    for error in errors:
        if error is not None:
            raise OutputError(error)


def _attempt(action: Callable[[], Any]) -> tuple[Any, str | None]:
    """What an action returns, and why it could not be done."""
    try:
        return action(), None
    except OSError as reason:
        where = f"{reason.filename}: " if reason.filename else ""
        return None, f"cannot write {where}{reason.strerror or reason}"

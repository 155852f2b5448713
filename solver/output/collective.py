"""Writing on some ranks, failing on all of them."""

from collections.abc import Callable

from mpi4py import MPI


class OutputError(OSError):
    """What cannot be written, in a sentence; the same on every rank."""


def on_rank_zero(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on rank 0; if it raises OSError, every rank raises OutputError. Collective."""
    error = _attempt(action) if comm.rank == 0 else None
    error = comm.bcast(error, root=0)
    if error is not None:
        raise OutputError(error)


def on_every_rank(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on each rank; OSError on one is an OutputError on all. Collective."""
    errors = comm.allgather(_attempt(action))
    for error in errors:
        if error is not None:
            raise OutputError(error)


def _attempt(action: Callable[[], object]) -> str | None:
    try:
        action()
    except OSError as reason:
        where = f"{reason.filename}: " if reason.filename else ""
        return f"cannot write {where}{reason.strerror or reason}"
    return None

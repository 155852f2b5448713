"""Writing on some ranks, failing on all of them."""

from collections.abc import Callable

from mpi4py import MPI


def on_rank_zero(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on rank 0; if it raises OSError, every rank does. Collective."""
    error = _attempt(action) if comm.rank == 0 else None
    error = comm.bcast(error, root=0)
    if error is not None:
        raise OSError(error)


def on_every_rank(comm: MPI.Comm, action: Callable[[], object]) -> None:
    """Do something on each rank; if it raises OSError on one, it does on all. Collective."""
    errors = comm.allgather(_attempt(action))
    for error in errors:
        if error is not None:
            raise OSError(error)


def _attempt(action: Callable[[], object]) -> str | None:
    try:
        action()
    except OSError as reason:
        where = f"{reason.filename}: " if reason.filename else ""
        return f"cannot write {where}{reason.strerror or reason}"
    return None

"""Finds and reads checkpoints, on any number of ranks."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.numbering import Numbering
from solver.output.checkpoint.container import CheckpointError, fault, numbered, opened
from solver.output.checkpoint.header import CheckpointHeader
from solver.output.checkpoint.slabs import pass_from_rank_zero
from solver.output.checkpoint.tree import Arrays, arrays_in, together
from solver.units.memory import Memory

Floats = npt.NDArray[np.floating]
Result = TypeVar("Result")


def _ignored(message: str) -> None:
    """Nobody is told."""


def newest_valid(directory: Path, tell: Callable[[str], None] = _ignored) -> Path | None:
    """Return the newest checkpoint of a run directory that is whole, None without any.

    tell: is called with a sentence about each newer one.
    """
    for path in numbered(directory).values():
        wrong = fault(path)
        if wrong is None:
            return path
        tell(wrong)
    return None


def header_of(path: Path) -> CheckpointHeader:
    """Return what a checkpoint is of. Raises CheckpointError."""
    with opened(path) as content:
        return CheckpointHeader.of(_text(content, "header"))


def tree_of(path: Path) -> str:
    """Return what was saved as JSON, with marks for its arrays. Raises CheckpointError."""
    with opened(path) as content:
        return _text(content, "tree")


def read(path: Path, layout: Numbering) -> Memory:
    """Return what was saved, for the ranks that there are now. Collective.

    Raises CheckpointError also for a checkpoint of another mesh.
    """
    comm, content = layout.comm, list[h5py.File]()
    with ExitStack() as files:

        def begin() -> str:
            content.append(files.enter_context(opened(path)))
            return _text(content[0], "tree")

        text = _of_root(comm, begin)
        _require_same_mesh(path, content, layout)
        arrays: Arrays = {}
        for at, like in arrays_in(text).items():
            name = f"values{at}"
            if like is None:
                arrays[at] = _of_root(comm, partial(_array, content, name))
                continue
            slabs = {table: np.empty(shape) for table, shape in layout.slabs(like).items()}
            for table, slab in slabs.items():
                _fill(comm, slab, content, f"{name}/{table}")
            arrays[at] = layout.scatter(like, slabs)
    return together(text, arrays)


def _array(content: list[h5py.File], name: str) -> Floats:
    return np.asarray(content[0][name])


def _require_same_mesh(path: Path, content: list[h5py.File], layout: Numbering) -> None:
    """Compare the keys of this rank's slabs with those of the file. Collective."""
    comm, same = layout.comm, True
    for table, order in layout.orders.items():
        name, kept = f"keys/{table}", np.zeros_like(order.keys)
        as_many = _of_root(comm, partial(_n_rows, content, name)) == comm.allreduce(len(kept))
        if as_many:
            _fill(comm, kept, content, name)
        same = same and as_many and np.array_equal(kept, order.keys)
    if not comm.allreduce(same, MPI.LAND):
        raise CheckpointError(f"{path} is of another mesh")


def _n_rows(content: list[h5py.File], name: str) -> int:
    return len(content[0][name])


def _fill(comm: MPI.Comm, slab: npt.NDArray[Any], content: list[h5py.File], name: str) -> None:
    """Read the slabs of all ranks, which stand one behind the other. Collective."""
    faults: list[str] = []

    def take(rows: slice) -> npt.NDArray[Any]:
        try:
            return np.asarray(content[0][name][rows])
        except (OSError, KeyError) as error:  # the others wait for rows, and are told afterwards
            faults.append(str(error))
            return np.zeros((rows.stop - (rows.start or 0), *slab.shape[1:]), slab.dtype)

    pass_from_rank_zero(comm, slab, take)
    _of_root(comm, partial(_raise_first, faults))


def _raise_first(faults: list[str]) -> None:
    if faults:
        raise CheckpointError(faults[0])


def _of_root(comm: MPI.Comm, action: Callable[[], Result]) -> Result:
    """Return on every rank what rank 0 reads; CheckpointError on all alike. Collective."""
    result, wrong = None, None
    if comm.rank == 0:
        try:
            result = action()
        except (OSError, KeyError, CheckpointError) as error:
            wrong = str(error)
    told: Result
    told, wrong = comm.bcast((result, wrong), root=0)
    if wrong is not None:
        raise CheckpointError(wrong)
    return told


def _text(content: h5py.File, name: str) -> str:
    return str(content[name].asstr()[()])

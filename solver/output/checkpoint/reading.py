"""Finds and reads checkpoints, on any number of ranks."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

import h5py
import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from solver.model.numbering import Numbering
from solver.output.checkpoint.container import CheckpointError, fault, numbered, opened
from solver.output.checkpoint.header import CheckpointHeader
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
            _require_same_mesh(path, content[0], layout)
            return _text(content[0], "tree")

        text = _of_root(comm, begin)
        arrays: Arrays = {}
        for at, like in arrays_in(text).items():
            name = f"values{at}"
            if like is None:
                arrays[at] = _of_root(comm, partial(_array, content, name))
                continue
            names = [f"{name}/{table}" for table in layout.tables(like)]
            tables: list[Floats | None] = [None] * len(names)
            _of_root(comm, partial(_fill, tables, content, names))
            arrays[at] = layout.scatter(like, tables)
    return together(text, arrays)


def _array(content: list[h5py.File], name: str) -> Floats:
    return np.asarray(content[0][name])


def _fill(tables: list[Floats | None], content: list[h5py.File], names: list[str]) -> None:
    tables[:] = [_array(content, name) for name in names]


def _require_same_mesh(path: Path, content: h5py.File, layout: Numbering) -> None:
    for table, order in layout.orders.items():
        if not np.array_equal(content[f"keys/{table}"], order.keys):
            raise CheckpointError(f"{path} is of another mesh")


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

"""Writes checkpoints: aside, then in place of none; older ones go when the new one is there."""

from dataclasses import replace
from pathlib import Path

from solver.model.numbering import Numbering
from solver.output.checkpoint.container import FOLDER, Draft, name_of, numbered
from solver.output.checkpoint.header import CheckpointHeader, header_here
from solver.output.checkpoint.tree import apart
from solver.output.collective import of_rank_zero, on_rank_zero
from solver.run_files import claim, sync
from solver.units.memory import Local, Memory

KEPT = 2


def write(
    directory: Path, number: int, memory: Memory, layout: Numbering, keep: int = KEPT
) -> None:
    """Write what a simulation saved as a checkpoint of a number. Collective.

    keep: how many there are afterwards at most; all that are numbered higher go. OutputError if it
    cannot be written: then those are still there that were. TypeError.
    """
    (text, arrays), comm = apart(memory), layout.comm
    path = directory / name_of(number)
    part = path.with_name(f"{path.name}.part")
    header = of_rank_zero(comm, lambda: _begin(directory, number))
    clock = {name: memory["clock"][name] for name in ("time", "cycle", "step")}
    draft = Draft(comm, part)
    draft.put("header", replace(header, ranks=comm.size, **clock).text())
    draft.put("tree", text)
    for table, order in layout.orders.items():
        draft.put_table(f"keys/{table}", order.keys)
    for at, array in arrays.items():
        if isinstance(array, Local):
            for table, slab in layout.gather(array).items():
                draft.put_table(f"values{at}/{table}", slab)
        else:
            draft.put(f"values{at}", array)

    def seal() -> None:
        draft.seal()
        part.replace(path)
        sync(path.parent)
        _remove_others(directory, number, keep)

    on_rank_zero(comm, seal)


def _begin(directory: Path, number: int) -> CheckpointHeader:
    """Make room for the file of a number; return what it will be of."""
    claim(directory, name_of(number))
    (directory / FOLDER).mkdir(exist_ok=True)
    return header_here(directory)


def _remove_others(directory: Path, number: int, keep: int) -> None:
    """Delete all but the newest checkpoints up to a number."""
    files = numbered(directory)
    kept = [each for each in files if each <= number][:keep]
    for each, path in files.items():
        if each not in kept:
            path.unlink()

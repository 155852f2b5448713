"""From which checkpoint a run goes on, and what keeps it from that."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from solver.case import Case
from solver.case.models import NumericsCase
from solver.output.checkpoint import (
    CheckpointError,
    CheckpointHeader,
    differences,
    header_here,
    header_of,
    newest_valid,
)
from solver.output.checkpoint.reading import tree_of
from solver.output.table import edited
from solver.run_files import digest, manifest

RESOLVED = "resolved.yaml"
INPUTS = (RESOLVED, "particle.msh")
FOR_GOOD = ("cycle_jump",)  # of the numerics: what it has seen is in the checkpoint
MAY_CHANGE = (
    "protocol",
    *(f"numerics.{name}" for name in NumericsCase.model_fields if name not in FOR_GOOD),
)


class NoWayOnError(Exception):
    """Why a run cannot be gone on with; every reason on a line."""


def checkpoint_of(directory: Path, longer: Path | None = None) -> Path:
    """Return the newest checkpoint from which a run can go on, touching nothing. NoWayOnError.

    longer: a case as resolved that is to take the place of the run's, with a longer protocol.
    """
    _require_unedited(directory)
    path = newest_valid(directory, lambda wrong: print(wrong, file=sys.stderr))
    if path is None:
        raise NoWayOnError(f"there is no checkpoint in {directory} to go on from")
    try:
        wrong = list(_obstacles(directory, path, longer))
    except CheckpointError as error:
        raise NoWayOnError(str(error)) from error
    if wrong:
        raise NoWayOnError("\n".join([f"{directory} cannot go on from {path.name}:", *wrong]))
    return path


def _require_unedited(directory: Path) -> None:
    """Raise NoWayOnError if what the run was of is no longer what it was."""
    files = manifest(directory)
    for name in INPUTS:
        there = (directory / name).is_file()
        if not there or files.get(name) != digest(directory / name):
            what = "was edited" if there else "is gone"
            raise NoWayOnError(f"{directory / name} {what} since the run began")


def _obstacles(directory: Path, path: Path, longer: Path | None) -> Iterator[str]:
    kept, here = header_of(path), header_here(directory)
    text = here.case if longer is None else longer.read_text(encoding="utf-8")
    now = CheckpointHeader(here.format, here.program, text, here.mesh)
    yield from differences(kept, now, but=MAY_CHANGE)
    yield from _protocol(directory, kept, text)
    yield from edited(directory, json.loads(tree_of(path))["trackers"])


def _protocol(directory: Path, kept: CheckpointHeader, text: str) -> Iterator[str]:
    """Say where a protocol does not begin with the steps that were done, or begun."""
    was, now = (_case(directory, each).steps() for each in (kept.case, text))
    for number in range(kept.step + 1):
        step = now[number] if number < len(now) else None
        if step is None or (step.step, step.cycle) != (was[number].step, was[number].cycle):
            told = "there is none" if step is None else step.step.name()
            yield f"step {number + 1} of the protocol was {was[number].step.name()}, and is {told}"
            return


def _case(directory: Path, text: str) -> Case:
    data = YAML(typ="safe").load(text)
    return Case.model_validate(data, context={"folder": directory})

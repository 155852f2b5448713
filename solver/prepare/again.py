"""Prepares the directory of a run that is gone on with, by its own case or by a longer one."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from solver.prepare.directory import (
    RESOLVED,
    SETTINGS,
    STAGE,
    RunDirectoryError,
    locked,
    remove_empty,
    resolve,
    telling,
    write,
)
from solver.prepare.standalone import Inputs
from solver.run_files import (
    NotARunError,
    RunLock,
    alive,
    amend,
    claim,
    digest,
    disclaim,
    manifest,
    read_metadata,
)


def to_go_on(directory: Path, longer: bool) -> RunLock:
    """Take the lock of a run that can be gone on with. Raises RunDirectoryError.

    longer: whether it is to get a longer protocol.
    """
    try:
        status = read_metadata(directory)["status"]
    except NotARunError as error:
        raise RunDirectoryError(f"{directory} is not a run: {error}") from error
    if alive(directory):
        raise RunDirectoryError(f"a run is still going on in {directory}")
    if status == "finished" and not longer:
        raise RunDirectoryError(
            f"the run in {directory} is finished: there is nothing to go on with, "
            "but for a longer protocol (--extend)"
        )
    with telling(directory):
        return locked(directory)


@contextmanager
def staged(directory: Path, inputs: Inputs) -> Iterator[Path]:
    """Write the inputs of a longer case aside, in a folder of the run that goes in the end.

    Raises RunDirectoryError.
    """
    stage = directory / STAGE
    names = [f"{STAGE}/{name}" for name in (*inputs.files, RESOLVED, SETTINGS)]
    with telling(directory):
        claim(directory, *names)
        try:
            for name, content in inputs.files.items():
                write(stage / name, content)
            resolve(stage)
            yield stage
        finally:
            for name in names:
                (directory / name).unlink(missing_ok=True)
            remove_empty(stage)
            disclaim(directory, *names)


def take_in(directory: Path, inputs: Inputs) -> None:
    """Put the inputs that lie aside in the place of those of the run, and say so. OSError."""
    names = [*inputs.files, RESOLVED, SETTINGS]
    claim(directory, *names)
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / STAGE / name).replace(directory / name)
    known = manifest(directory) | {name: digest(directory / name) for name in names}
    given = {"given": list(inputs.given), "overrides": list(inputs.overrides)}
    _note(directory, "extended", given, {"files": known})


def note_going_on(directory: Path, checkpoint: Path, ranks: int) -> None:
    """Say in the metadata of a run that it is gone on with. Raises RunDirectoryError."""
    with telling(directory):
        told = {"checkpoint": checkpoint.name, "ranks": ranks}
        _note(directory, "resumed", told, {"status": "running"})


def _note(directory: Path, kind: str, told: dict[str, Any], entries: dict[str, Any]) -> None:
    """Add one more record to those of a kind, and change entries."""
    before: list[Any] = []
    with suppress(KeyError):
        before = read_metadata(directory)[kind]
    at = datetime.now(UTC).isoformat(timespec="seconds")
    amend(directory, {**entries, kind: [*before, {"at": at, **told}]})

"""Prepares the directory of a run: what may be overwritten, and what is written first."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ruamel.yaml import YAML

from solver.case import Case
from solver.case.settings import settings
from solver.prepare.standalone import CASE, Inputs, beside, named
from solver.run_files import (
    METADATA,
    NAMES,
    Contents,
    NotARunError,
    RunLock,
    alive,
    amend,
    contents,
    digest,
    manifest,
    read_metadata,
    remove,
)
from solver.run_files.lock import FILE as LOCK
from solver.run_files.manifest import FOLDERS, Files

RESOLVED, MESH, TABLE = "resolved.yaml", "particle.msh", "particle.json"
SETTINGS = "settings.json"  # as people read them
CAUTIONS = "cautions.txt"  # only if there are any
STAGE = ".new"  # where inputs are written before the earlier run goes


class RunDirectoryError(Exception):
    """A directory that cannot or must not be written."""


class Prepared(NamedTuple):
    """A directory that a run may now write. case: as read from it. kept: what is not of a run."""

    case: Case
    lock: RunLock
    kept: list[str]


def require_usable(directory: Path, overwrite: bool) -> None:
    """Raise RunDirectoryError unless a run may be written there; nothing is deleted yet."""
    if directory.exists() and not directory.is_dir():
        raise RunDirectoryError(f"{directory} exists and is not a directory")
    _earlier(directory, overwrite)
    if alive(directory):
        raise RunDirectoryError(f"a run is still going on in {directory}")
    _require_writable(directory)


def prepare(
    directory: Path,
    inputs: Inputs,
    mesh: Path,
    table: Path,
    cautions: Sequence[str] = (),
    overwrite: bool = False,
) -> Prepared:
    """Write the inputs of a run and its mesh, in the place of an earlier run if there is one.

    Of that, exactly the files go that the program wrote. Raises RunDirectoryError.
    """
    require_usable(directory, overwrite)
    files = {**inputs.files, MESH: mesh, TABLE: table}
    if cautions:
        files[CAUTIONS] = "\n".join(cautions) + "\n"
    with telling(directory):
        lock = locked(directory)
        try:
            kept = _replace(directory, files, overwrite)
            origin = {"given": inputs.given, "overrides": inputs.overrides}
            _register(directory, [*files, RESOLVED, SETTINGS], origin)
            return Prepared(Case.load(directory / CASE), lock, kept)
        except BaseException as error:
            asked = isinstance(error, KeyboardInterrupt)
            note_end(directory, "interrupted" if asked else "failed")
            lock.release()
            if not (directory / RESOLVED).exists():  # nothing was there, and nothing came
                remove(directory, [n for n in (METADATA, LOCK) if (directory / n).exists()])
            raise


def note_end(directory: Path, status: str) -> None:
    """Say how a run ended that could not say so itself, as far as it can be written."""
    with suppress(OSError, NotARunError):
        if read_metadata(directory)["status"] == "running":
            amend(directory, {"status": status})


@contextmanager
def end_noted(directory: Path) -> Iterator[None]:
    """Note the end of a run in its directory, however it comes."""
    status = "failed"  # unless the run itself has noted another end
    try:
        yield
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        note_end(directory, status)


def _earlier(directory: Path, overwrite: bool, wanted: Sequence[str] = ()) -> Contents:
    """What lies there, if it is nothing or a run that may go; wanted: names to be written."""
    try:
        full = directory.is_dir() and any(entry.name != LOCK for entry in directory.iterdir())
    except OSError as error:
        raise RunDirectoryError(f"cannot read {directory}: {error.strerror}") from error
    if not full:
        return Contents([], [])
    if not overwrite:
        raise RunDirectoryError(
            f"{directory} is not empty: choose another one with -o, or add --overwrite"
        )
    try:
        files = manifest(directory)
    except NotARunError as error:
        raise RunDirectoryError(
            f"{directory} does not look like a run: {error}; it will not be overwritten"
        ) from error
    return _without_clash(directory, files, {*wanted, *NAMES, *FOLDERS})


def _without_clash(directory: Path, files: Files, wanted: set[str]) -> Contents:
    present = contents(directory, files)
    clash = [name for name in present.foreign if name in wanted]
    if clash:
        raise RunDirectoryError(
            f"{directory / clash[0]} was changed after the earlier run, or is not of it: move it, "
            "or choose another directory with -o"
        )
    return present


def locked(directory: Path) -> RunLock:
    """Return the lock of a directory. Raises RunDirectoryError if a run has it."""
    try:
        return RunLock(directory)
    except BlockingIOError as error:
        raise RunDirectoryError(f"a run is still going on in {directory}") from error


def _replace(directory: Path, files: dict[str, str | Path], overwrite: bool) -> list[str]:
    """Write files aside, delete the earlier run, move them in; return what is not of a run."""
    names = [*files, RESOLVED, SETTINGS]
    old = _earlier(directory, overwrite, names)
    known = manifest(directory) if old.own else {}
    aside = [f"{STAGE}/{name}" for name in names]
    amend(directory, {"files": known | dict.fromkeys([METADATA, LOCK, *names, *aside])})
    remove(directory, [name for name in old.own if name in aside])  # of one that was killed
    stage = directory / STAGE
    try:
        for name, content in files.items():
            write(stage / name, content)
        resolve(stage)
        keep = {METADATA, LOCK, *aside}
        remove(directory, [name for name in old.own if name not in keep])
        for name in names:
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).replace(directory / name)
    finally:
        remove(directory, [name for name in aside if (directory / name).is_file()])
        remove_empty(stage)
    return old.foreign


def write(path: Path, content: str | Path) -> None:
    """Write a text, or copy a file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copyfile(content, path)
    else:
        path.write_text(content, encoding="utf-8")


def resolve(folder: Path) -> None:
    """Write the case beside it with all defaults, and in words."""
    case = Case.load(folder / CASE)
    YAML().dump(beside(case.resolved(), folder.resolve()), folder / RESOLVED)
    told = beside(settings(case), folder.resolve())
    told["materials"] = named(told["materials"])
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    (folder / SETTINGS).write_text(text, encoding="utf-8")


def _register(directory: Path, names: Sequence[str], origin: Mapping[str, Sequence[str]]) -> None:
    """Begin the metadata of the run: its inputs have checksums."""
    files: Files = {name: digest(directory / name) for name in names}
    start = datetime.now(UTC).isoformat(timespec="seconds")
    (directory / METADATA).unlink()
    files |= {METADATA: None, LOCK: None}
    amend(directory, {"status": "running", "start": start, **origin, "files": files})


def remove_empty(folder: Path) -> None:
    """Remove a folder and those in it, as far as they are empty."""
    for path, _, _ in os.walk(folder, topdown=False):
        with suppress(OSError):
            Path(path).rmdir()


def _require_writable(directory: Path) -> None:
    """Make the directory and a file in it, as the run will."""
    with telling(directory):
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            return


@contextmanager
def telling(directory: Path) -> Iterator[None]:
    """Turn what the file system says into a RunDirectoryError."""
    try:
        yield
    except OSError as error:
        raise RunDirectoryError(f"cannot write {directory}: {error.strerror}") from error

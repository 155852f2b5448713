"""What in a run directory is the program's and what is the user's; removal of the former."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from solver.run_files.manifest import PART, Files, digest


class Contents(NamedTuple):
    """Files below a directory by name: those that the program wrote, and all others."""

    own: list[str]
    foreign: list[str]


def contents(directory: Path, files: Files) -> Contents:
    """Sort what lies in a directory by its manifest; links are the user's, and not followed.

    An input whose checksum is another one was edited, and is the user's.
    """
    names_of = Contents([], [])
    for folder, folders, names in os.walk(directory):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*names, *links):
            path = Path(folder, name)
            relative = path.relative_to(directory).as_posix()
            own = _is_own(path, relative, files)
            (names_of.own if own else names_of.foreign).append(relative)
    return Contents(sorted(names_of.own), sorted(names_of.foreign))


def _is_own(path: Path, name: str, files: Files) -> bool:
    if not stat.S_ISREG(path.lstat().st_mode):
        return False
    if name not in files:
        return name.endswith(PART) and name.removesuffix(PART) in files
    checksum = files[name]
    return checksum is None or checksum == digest(path)


def remove(directory: Path, names: Iterable[str]) -> None:
    """Delete files, then the folders that they leave empty. Raises OSError."""
    folders = set()
    for name in names:
        path = directory / name
        path.unlink()
        folders |= set(path.relative_to(directory).parents) - {Path()}
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        with suppress(OSError):  # it holds something of the user's
            (directory / folder).rmdir()

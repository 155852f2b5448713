"""The manifest of a run in its `metadata.json`: every file that the program writes there.

A name stands in it before its file is written, so that the list of a run that was killed names too
much rather than too little. Inputs have a checksum: one that was edited is the user's. `X.part`
belongs to X.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EEXIST
from fcntl import LOCK_EX, flock
from pathlib import Path, PurePosixPath
from typing import Any

PROGRAM, METADATA, PART = "intergrain", "metadata.json", ".part"
FOLDERS = ("checkpoints", "fields", "figures", "inputs")
NAMES = frozenset(  # all that the program writes into the directory itself
    {
        METADATA, "run.lock", "case.yaml", "resolved.yaml", "settings.json", "particle.msh",
        "particle.json", "cautions.txt", "materials.json", "history.csv", "columns.json",
        "cycles.csv", "losses.csv", "sweeps.csv", "pulses.csv", "impedance.csv", "spectra.csv",
        "boundaries.csv", "cracks.json", "summary.json", "report.html",
        "paraview_view.py", "explorer.html",
    }
)  # fmt: skip
Files = dict[str, str | None]  # name -> checksum, None where the content may change


class NotARunError(Exception):
    """A directory without a valid manifest of the program."""


def read_metadata(directory: Path) -> dict[str, Any]:
    """Return `metadata.json` of a run of this program; NotARunError says why it is none."""
    path = directory / METADATA
    if path.is_symlink() or not path.is_file():
        raise NotARunError(f"it has no {METADATA}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise NotARunError(f"its {METADATA} cannot be read") from error
    if not isinstance(manifest, dict) or manifest.get("program") != PROGRAM:
        raise NotARunError(f"its {METADATA} is not of this program, or of an older version")
    files = manifest.get("files")
    if not isinstance(files, dict) or not isinstance(manifest.get("status"), str):
        raise NotARunError(f"its {METADATA} lacks the list of files, or the status")
    for name, checksum in files.items():
        if not _stays_inside(name) or not (checksum is None or isinstance(checksum, str)):
            raise NotARunError(f"its {METADATA} lists '{name}', which is no file of a run")
    return manifest


def _stays_inside(name: str) -> bool:
    """Whether a name is a plain path below the directory."""
    parts = PurePosixPath(name).parts
    plain = name == "/".join(parts) and "\\" not in name and "\0" not in name
    return plain and bool(parts) and parts[0] != "/" and ".." not in parts


def manifest(directory: Path) -> Files:
    """Return the files of a run with their checksums. Raises NotARunError."""
    files: Files = read_metadata(directory)["files"]
    return files


def claim(directory: Path, *names: str) -> None:
    """Put names of files into the manifest; to be done before they are written.

    names: paths in the directory, with slashes. In a directory that is no run nothing is claimed.
    Raises OSError if there is such a file already that the program did not write.
    """
    try:
        known = manifest(directory)
    except NotARunError:
        return
    new = [name for name in names if name not in known]
    for name in names:
        if "/" not in name and name not in NAMES:
            raise ValueError(f"{name} is missing in solver.run_files.manifest.NAMES")
        _require_free(directory, name, name in new)
    if new:
        with _editing(directory):
            metadata = read_metadata(directory)
            metadata["files"] |= dict.fromkeys(new)
            _write(directory, metadata)


def disclaim(directory: Path, *names: str) -> None:
    """Take names of files that are gone out of the manifest of a run again. Raises OSError."""
    with _editing(directory):
        metadata = read_metadata(directory)
        files = metadata["files"].items()
        metadata["files"] = {name: checksum for name, checksum in files if name not in names}
        _write(directory, metadata)


def _require_free(directory: Path, name: str, new: bool) -> None:
    """Raise OSError if something of the user's is where a file is to be written.

    new: whether the program has not written it before.
    """
    path = directory / name
    folders = [directory.joinpath(*path.relative_to(directory).parts[:k]) for k in _depths(name)]
    taken = os.path.lexists(path) if new else path.is_symlink()
    if taken or any(folder.is_symlink() for folder in folders):
        raise FileExistsError(EEXIST, "there is one already that is not of this run", str(path))


def _depths(name: str) -> range:
    return range(1, name.count("/") + 1)


def amend(directory: Path, entries: Mapping[str, Any]) -> None:
    """Change entries of `metadata.json`, which is begun if there is none. Raises OSError."""
    with _editing(directory):
        _write(directory, _known(directory) | dict(entries))


def complete(directory: Path, entries: Mapping[str, Any]) -> None:
    """Change entries at the end, and drop the files that never came. Raises OSError."""
    with _editing(directory):
        known = _known(directory) | dict(entries)
        files = known["files"].items()
        known["files"] = {name: checksum for name, checksum in files if (directory / name).exists()}
        _write(directory, known)


def _known(directory: Path) -> dict[str, Any]:
    try:
        return read_metadata(directory)
    except NotARunError:
        return {"program": PROGRAM, "status": "running", "files": {METADATA: None}}


def write_file(directory: Path, name: str, text: str) -> None:
    """Claim a file of a run and write it whole. Raises OSError."""
    claim(directory, name)
    write_whole(directory / name, text)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that is either the old one or the new one, never half of it.

    Raises OSError, which names the file.
    """
    part = path.with_name(path.name + PART)
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):  # it takes the place that a full disk lacks
            part.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(path)) from error


def digest(path: Path) -> str:
    """Return the hash of the content of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _editing(directory: Path) -> Iterator[None]:
    """Keep other processes from changing the manifest meanwhile, where the file system can."""
    folder = os.open(directory, os.O_RDONLY)
    try:
        with suppress(OSError):
            flock(folder, LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(directory: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, allow_nan=False) + "\n"
    write_whole(directory / METADATA, text)

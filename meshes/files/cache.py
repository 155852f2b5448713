"""Meshes on disk: made once, found again by a hash of what they depend on."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

MESH, TABLE = "particle.msh", "particle.json"


class MeshFile(NamedTuple):
    """A mesh on disk: Gmsh file (um), grain table, hash of the inputs, and how it came about."""

    mesh: Path
    table: Path
    key: str
    cached: bool
    retries: tuple[str, ...] = ()  # why earlier attempts failed, if any did


def cached(cache: Path, key: str, make: Callable[[Path], dict[str, Any]]) -> MeshFile:
    """The entry `key`; `make` writes MESH into a folder and returns its table if there is none.

    Safe against interruption and against others making the same entry at the same time.
    """
    entry = cache / key
    if (retries := _stored(entry)) is not None:
        return MeshFile(entry / MESH, entry / TABLE, key, True, retries)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix=".building-") as name:
        aside = Path(name) / key
        aside.mkdir()
        table = make(aside) | {"key": key, "sha256": digest(aside / MESH)}
        (aside / TABLE).write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        _publish(aside, entry)
    return MeshFile(entry / MESH, entry / TABLE, key, False, tuple(table["retries"]))


def _stored(entry: Path) -> tuple[str, ...] | None:
    """Failed attempts recorded in a sound cache entry; None if there is no such entry."""
    try:
        table = json.loads((entry / TABLE).read_text(encoding="utf-8"))
        sound = table["sha256"] == digest(entry / MESH)
    except (OSError, ValueError, KeyError):
        return None
    return tuple(table["retries"]) if sound else None


def _publish(aside: Path, entry: Path) -> None:
    """Move a finished folder to its place, over a damaged one; if another was first, keep it."""
    if entry.exists() and _stored(entry) is None:
        shutil.rmtree(entry, ignore_errors=True)
    try:
        aside.rename(entry)
    except OSError:
        if _stored(entry) is None:
            raise


def digest(path: Path) -> str:
    """Hash of the content of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Prepares the directory of a run: what may be overwritten, and what is written first."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from solver.case import Case
from solver.case.layers import read_layers
from solver.case.settings import settings

CASE, RESOLVED, MESH, TABLE = "case.yaml", "resolved.yaml", "particle.msh", "particle.json"
KEPT = (CASE, RESOLVED)  # names that the files a case is based on cannot have beside it
SETTINGS = "settings.json"  # as people read them
CAUTIONS = "cautions.txt"  # only if there are any
MARKS = (RESOLVED, "history.csv")  # a directory that holds one of these is a run's


class RunDirectoryError(Exception):
    """A directory that cannot or must not be written."""


def require_usable(directory: Path, overwrite: bool) -> None:
    """Raise RunDirectoryError unless a run may be written there; nothing is deleted yet."""
    if directory.exists() and not directory.is_dir():
        raise RunDirectoryError(f"{directory} exists and is not a directory")
    try:
        full = directory.is_dir() and any(directory.iterdir())
    except OSError as error:
        raise RunDirectoryError(f"cannot read {directory}: {error.strerror}") from error
    if full and not overwrite:
        raise RunDirectoryError(
            f"{directory} is not empty: choose another one with -o, or add --overwrite"
        )
    if full and not any((directory / mark).exists() for mark in MARKS):
        raise RunDirectoryError(f"{directory} does not look like a run: it will not be overwritten")
    _require_writable(directory)


def prepare(
    directory: Path,
    case: Case,
    source: Path,
    mesh: Path,
    table: Path,
    cautions: Sequence[str] = (),
) -> None:
    """Empty the directory; write the case as given and what it is based on, the case resolved
    and in words, the mesh, and cautions."""
    layers = read_layers(source)
    for layer in layers[:-1]:
        if layer.path.name in KEPT:
            raise RunDirectoryError(f"{layer.path}: what a case is based on needs another name")
    given = [layer.path.read_bytes() for layer in layers]  # they may lie in the directory
    try:
        if directory.exists():
            _empty(directory)
        directory.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(mesh, directory / MESH)
        shutil.copyfile(table, directory / TABLE)
        for layer, content in zip(layers, given, strict=True):
            name = CASE if layer is layers[-1] else layer.path.name
            (directory / name).write_bytes(content)
        YAML().dump(case.resolved(), directory / RESOLVED)
        told = json.dumps(settings(case), indent=1, ensure_ascii=False)
        (directory / SETTINGS).write_text(told + "\n", encoding="utf-8")
        if cautions:
            (directory / CAUTIONS).write_text("\n".join(cautions) + "\n", encoding="utf-8")
    except OSError as error:
        raise RunDirectoryError(f"cannot write {directory}: {error.strerror}") from error


def _require_writable(directory: Path) -> None:
    """Make the directory and a file in it, as the run will."""
    probe = directory / ".writable"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise RunDirectoryError(f"cannot write {directory}: {error.strerror}") from error


def _empty(directory: Path) -> None:
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()

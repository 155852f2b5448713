"""The files of materials: those of the library, those of a user, and what they are based on."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from solver.text.files import require_file
from solver.text.layers import LARGEST, Layer, read_layers
from solver.text.messages import shown
from solver.text.problems import CaseError, Problem, nearest, told

FOLDER = Path(__file__).parents[1] / "materials"


class MaterialError(Exception):
    """A material that is missing, incomplete or inconsistent."""


class MaterialFileError(MaterialError):
    """A file of a material with all its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(told(self.problems))


def names(prefix: str) -> list[str]:
    """Return the names of the library's materials whose files begin with `prefix`.

    Grain materials have no prefix: they are the files without an underscore.
    """
    files = [p.stem for p in FOLDER.glob(f"{prefix}*.yaml") if prefix or "_" not in p.stem]
    return sorted(stem.removeprefix(prefix) for stem in files)


def is_path(name: str) -> bool:
    """Return whether a name is that of a file and not of a material of the library."""
    return name.endswith((".yaml", ".yml"))


def layers_of(path: Path) -> tuple[Layer, ...]:
    """Return a file and what it is based on, that one first; MaterialFileError if it is no good.

    What they say is shared with other callers.
    """
    return _of_library(path) if path.parent == FOLDER else _layers(path)


def _layers(path: Path) -> tuple[Layer, ...]:
    try:
        return read_layers(path, _base_of)
    except CaseError as error:
        raise MaterialFileError(error.problems) from error


_of_library = cache(_layers)  # many ask for the same ones, and they stay as they are


def _base_of(file: Path, base: Any) -> Path:
    """The file beside it, or else the material of the library, that a file names as its base."""
    if not isinstance(base, str) or not base:
        raise ValueError(f"expected a material of the library or a file, got {shown(base)}")
    library = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
    beside = file.parent / base
    try:
        require_file(beside, LARGEST)
    except ValueError as error:
        if base in library:
            return library[base]
        hint = f"{error}; of the library, {nearest(base, library)}"
        raise ValueError(f"no such material {shown(base)} beside it ({hint})") from error
    return beside

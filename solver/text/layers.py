"""YAML files with their lines, and a case that is based on others: a stack of files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from solver.text.files import read_text, require_file
from solver.text.messages import shown
from solver.text.problems import CaseError, Place, Problem
from solver.text.yaml_text import parse

BASE = "based_on"
LARGEST = 256 * 1024  # bytes of a file: read in some two seconds


class Layer(NamedTuple):
    """One file of a case, and what it says."""

    path: Path
    data: dict[str, Any]


def case_beside(file: Path, base: Any) -> Path:
    """Return the case that a case names as its base; ValueError if it is not beside it."""
    wanted = f"expected a case beside it, got {shown(base)}"
    if not isinstance(base, str) or Path(base).name != base:
        raise ValueError(wanted)
    path = file.parent / base
    try:
        require_file(path, LARGEST)
    except ValueError as error:
        raise ValueError(f"{wanted}: {error}") from error
    return path


def read_layers(path: Path, find: Callable[[Path, Any], Path] = case_beside) -> tuple[Layer, ...]:
    """Return the files that make up a case or a material, the one it is based on first.

    find: returns the file that `based_on` names in another one; ValueError says why there is none.
    Raises CaseError.
    """
    layers, here = [Layer(path, read_mapping(path))], path
    while (base := layers[0].data.get(BASE)) is not None:
        try:
            below = find(here, base)
        except ValueError as error:
            raise _wrong_base(layers[0], str(error)) from error
        if any(below.samefile(layer.path) for layer in layers):
            raise _wrong_base(layers[0], f"{base} is in the end based on itself")
        layers.insert(0, Layer(below, read_mapping(below)))
        here = below
    return tuple(layers)


def _wrong_base(layer: Layer, why: str) -> CaseError:
    line = line_of(layer.data, (BASE,))
    return CaseError([Problem(str(layer.path), line, f"{BASE}: {why}")])


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """Return what all files say: mappings key by key, of everything else what the last one says."""
    whole: dict[str, Any] = {}
    for layer in layers:
        whole = _over(whole, layer.data)
    whole.pop(BASE, None)
    return whole


def _over(under: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(under[key], upper[key])
        for key in under.keys() & upper.keys()
        if isinstance(under[key], dict) and isinstance(upper[key], dict)
    }
    return {**under, **upper, **both}


def locate(layers: Sequence[Layer], place: Place) -> tuple[Path, int | None]:
    """Return file and line of a place: of the last file that says it, or else most of it."""
    known = [(_keys_known(layer.data, place), layer) for layer in layers[::-1]]
    layer = max(known, key=lambda pair: pair[0])[1]
    return layer.path, line_of(layer.data, place)


def _keys_known(data: Any, place: Place) -> int:
    """How many keys of a place are in the data; all if what it says there is no mapping."""
    for depth, key in enumerate(place):
        if not isinstance(data, dict):
            break
        if key not in data:
            return depth
        data = data[key]
    return len(place)


def read_mapping(path: Path) -> dict[str, Any]:
    """Return the top mapping of a YAML file with its lines; CaseError if there is none."""
    try:
        data = parse(read_text(path, LARGEST))
    except ValueError as error:
        line = getattr(error, "line", None)
        raise CaseError([Problem(str(path), line, str(error))]) from error
    if not isinstance(data, dict):
        raise CaseError([Problem(str(path), 1, "expected a mapping of keys, such as 'name: ...'")])
    return data


def line_of(data: Any, place: Place) -> int | None:
    """Return the line, from 1, of the last key of a place that stands in the file."""
    line = 1
    for key in place:
        marks = getattr(data, "lc", None)
        try:
            position = marks.item(key) if isinstance(key, int) else marks.key(key)  # type: ignore
            line, data = position[0] + 1, data[key]
        except (AttributeError, KeyError, TypeError, IndexError):
            break
    return line

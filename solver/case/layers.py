"""YAML files with their lines, and a case that is based on others: a stack of files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from solver.case.problems import CaseError, Place, Problem

BASE = "based_on"


class Layer(NamedTuple):
    """One file of a case, and what it says."""

    path: Path
    data: dict[str, Any]


def read_layers(path: Path) -> tuple[Layer, ...]:
    """Return the files that make up a case, the one it is based on first.

    `based_on` names a file beside it. Raises CaseError.
    """
    layers, here = [Layer(path, read_mapping(path))], path
    while (base := layers[0].data.get(BASE)) is not None:
        found = here.parent / str(base)
        if not isinstance(base, str) or Path(base).name != base or not found.is_file():
            raise _wrong_base(layers[0], f"expected a case beside it, got {base!r}")
        if any(found.samefile(layer.path) for layer in layers):
            raise _wrong_base(layers[0], f"{base} is in the end based on itself")
        layers.insert(0, Layer(found, read_mapping(found)))
        here = found
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
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not a text file"
        raise CaseError([Problem(str(path), None, str(reason))]) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CaseError([Problem(str(path), line, _first_line(error))]) from error
    except YAMLError as error:
        raise CaseError([Problem(str(path), None, str(error))]) from error
    if not isinstance(data, dict):
        raise CaseError([Problem(str(path), 1, "expected a mapping of keys, such as 'name: ...'")])
    return data


def _first_line(error: MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return ", ".join(parts).splitlines()[0] if parts else "is not valid YAML"


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

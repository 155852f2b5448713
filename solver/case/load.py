"""Reads a case from YAML, remembering lines, and applies `--set` overrides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from solver.case.problems import CaseError, Place, Problem, translate

Model = TypeVar("Model", bound=BaseModel)


class Override(NamedTuple):
    """A `--set` option that was applied; `root` is the place it created or replaced."""

    text: str
    root: Place


def load(model: type[Model], path: Path, overrides: Sequence[str] = ()) -> Model:
    """Return the validated content of a YAML file; CaseError lists every problem."""
    data = read_mapping(path)
    applied, problems = [], []
    for text in overrides:
        try:
            applied.append(apply_override(data, text))
        except ValueError as error:
            problems.append(Problem(f"--set {text}", None, str(error)))

    def locate(place: Place) -> tuple[str, int | None]:
        for override in reversed(applied):
            if place[: len(override.root)] == override.root:
                return f"--set {override.text}", None
        return str(path), line_of(data, place)

    try:
        result = model.model_validate(data, context={"folder": path.parent})
    except ValidationError as error:
        problems += translate(error, model, locate)
    if problems:
        raise CaseError(sorted(problems, key=lambda problem: problem.line or 0))
    return result


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


def apply_override(data: dict[str, Any], text: str) -> Override:
    """Set one `key.path=value` in the data, list items by number; ValueError says why not."""
    path, equals, value_text = text.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise ValueError("expected key.path=value")
    try:
        value = YAML(typ="safe", pure=True).load(value_text)
    except YAMLError as error:
        raise ValueError(f"'{value_text}' is not a YAML value") from error
    node: Any = data
    place: list[int | str] = []
    root: Place | None = None
    for depth, key in enumerate(keys):
        index = _index(node, key, ".".join(keys[:depth]))
        place.append(index)
        if depth == len(keys) - 1:
            node[index] = value
        else:
            if isinstance(node, dict) and node.get(index) is None:
                node[index] = {}
                root = root or tuple(place)
            node = node[index]
    return Override(text, root or tuple(place))


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


def _index(node: Any, key: str, parent: str) -> int | str:
    if isinstance(node, dict):
        return key
    if not isinstance(node, list):
        raise ValueError(f"'{parent}' is a single value, it has no key '{key}'")
    if not key.isdigit() or int(key) >= len(node):
        raise ValueError(f"'{parent}' is a list, items 0 to {len(node) - 1}; got '{key}'")
    return int(key)


def _first_line(error: MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return ", ".join(parts).splitlines()[0] if parts else "is not valid YAML"

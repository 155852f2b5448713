"""Reads a case from its YAML files and applies `--set` overrides."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from solver.case.translate import translate
from solver.text.layers import Layer, locate, merged, read_layers
from solver.text.messages import one_line, shown
from solver.text.problems import CaseError, Place, Problem
from solver.text.yaml_text import YamlTextError, parse

LONGEST_OPTION = 120  # characters of a `--set` in a message

Model = TypeVar("Model", bound=BaseModel)


class Override(NamedTuple):
    """A `--set` option that was applied; `root` is the place it created or replaced."""

    text: str
    root: Place


def load(model: type[Model], path: Path, overrides: Sequence[str] = ()) -> Model:
    """Return the validated content of a YAML file, and of those it is based on.

    Raises CaseError, which lists every problem.
    """
    source, problems = read_source(path, overrides)
    try:
        result = model.model_validate(source.data, context={"folder": path.parent})
    except ValidationError as error:
        problems += translate(error, model, source.where)
    if problems:
        raise CaseError(sorted(problems, key=lambda problem: problem.line or 0))
    return result


class Source(NamedTuple):
    """What a case is read from: its files, what they and the `--set` options say, and those."""

    layers: tuple[Layer, ...]
    data: dict[str, Any]
    applied: tuple[Override, ...]

    def where(self, place: Place) -> tuple[str, int | None]:
        """Return the file and the line of a place in the case, or the option that says it."""
        for override in reversed(self.applied):
            if place[: len(override.root)] == override.root:
                return as_option(override.text), None
        file, line = locate(self.layers, place)
        return str(file), line


def read_source(path: Path, overrides: Sequence[str] = ()) -> tuple[Source, list[Problem]]:
    """Return what a case is read from, and what is wrong with the options; CaseError for a file."""
    layers = read_layers(path)
    data = merged(layers)
    applied, problems = [], []
    for text in overrides:
        try:
            applied.append(apply_override(data, text))
        except ValueError as error:
            problems.append(Problem(as_option(text), None, str(error)))
    return Source(layers, data, tuple(applied)), problems


def apply_override(data: dict[str, Any], text: str) -> Override:
    """Set one `key.path=value` in the data, list items by number; ValueError says why not."""
    path, equals, value_text = text.partition("=")
    keys = path.strip().split(".")
    if not equals or not all(keys):
        raise ValueError("expected key.path=value")
    try:
        value = parse(value_text)
    except YamlTextError as error:
        raise ValueError(f"{shown(value_text)} is not a YAML value: {error}") from error
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


def as_option(text: str) -> str:
    """Return a `--set` option as messages name it."""
    return one_line(f"--set {text}", LONGEST_OPTION)


def _index(node: Any, key: str, parent: str) -> int | str:
    if isinstance(node, dict):
        return key
    if not isinstance(node, list):
        raise ValueError(f"'{parent}' is a single value, it has no key '{key}'")
    if not key.isdigit() or int(key) >= len(node):
        raise ValueError(f"'{parent}' is a list, items 0 to {len(node) - 1}; got '{key}'")
    return int(key)

"""What a run remembers as JSON, and its arrays by their paths in the tree."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from solver.units.memory import Local, Memory

LOCAL, ARRAY, PAIRS = "<over a place>", "<array>", "<pairs>"  # what JSON does not know
Arrays = dict[str, Local | npt.NDArray[Any]]


def apart(memory: Memory) -> tuple[str, Arrays]:
    """Return the tree as JSON with marks for its arrays, and these. TypeError names what is odd."""
    arrays: Arrays = {}

    def told(value: Any, path: str) -> Any:
        if isinstance(value, Local | np.ndarray):
            arrays[path] = value
            return {LOCAL: _like(value)} if isinstance(value, Local) else {ARRAY: True}
        if isinstance(value, np.generic):
            return value.item()
        if isinstance(value, dict):
            return _as_map({key: told(item, f"{path}/{key}") for key, item in value.items()})
        if isinstance(value, list | tuple):
            return [told(item, f"{path}/{k}") for k, item in enumerate(value)]
        if value is None or isinstance(value, str | bool | int | float):
            return value
        raise TypeError(f"{path} is a {type(value).__name__}, which no checkpoint can hold")

    return json.dumps(told(memory, "")), arrays


def together(text: str, arrays: Mapping[str, Local | npt.NDArray[Any]]) -> Memory:
    """Return the tree that a JSON text tells, with arrays by their paths."""

    def meant(value: Any, path: str) -> Any:
        if isinstance(value, list):
            return [meant(item, f"{path}/{k}") for k, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if LOCAL in value or ARRAY in value:
            return arrays[path]
        return {key: meant(item, f"{path}/{key}") for key, item in value.get(PAIRS, value.items())}

    tree: Memory = meant(json.loads(text), "")
    return tree


def arrays_in(text: str) -> dict[str, Local | None]:
    """Return the paths of the arrays of a tree, with what those over places are like, empty."""
    found: dict[str, Local | None] = {}

    def seek(value: Any, path: str) -> None:
        if isinstance(value, list):
            value = dict(enumerate(value))
        if not isinstance(value, dict):
            return
        if LOCAL in value or ARRAY in value:
            found[path] = _empty(**value[LOCAL]) if LOCAL in value else None
            return
        for key, item in value.get(PAIRS, value.items()):
            seek(item, f"{path}/{key}")

    seek(json.loads(text), "")
    return found


def _as_map(told: dict[Any, Any]) -> dict[str, Any]:
    """A dict such as JSON knows, all of whose keys are texts."""
    if all(isinstance(key, str) for key in told):
        return told
    return {PAIRS: list(told.items())}


def _like(local: Local) -> dict[str, Any]:
    return {
        "place": local.place,
        "components": local.components,
        "owned": local.owned,
        "kind": str(local.values.dtype),
        "shape": local.values.shape[1:],
    }


def _empty(place: Any, components: int, owned: bool, kind: str, shape: Sequence[int]) -> Local:
    return Local(place, np.empty((0, *shape), dtype=kind), components, owned)

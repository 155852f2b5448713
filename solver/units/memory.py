"""What is saved so that a run can go on from there: plain numbers, arrays and dicts of them."""

from dataclasses import fields, is_dataclass
from typing import Any, ClassVar

import numpy as np

Memory = dict[str, Any]


def saved(owner: Any) -> Memory:
    """Return the fields of a dataclass or a named tuple, and of those within it, as copies."""
    names = [item.name for item in fields(owner)] if is_dataclass(owner) else owner._fields
    return {name: _copied(getattr(owner, name)) for name in names}


def load_into(owner: Any, memory: Memory) -> None:
    """Give the fields of a dataclass, and of those within it, what was saved of them."""
    for name, value in memory.items():
        present = getattr(owner, name)
        if is_dataclass(present):
            load_into(present, value)
        else:
            setattr(owner, name, _copied(value))


class Remembering:
    """Answers save() and load() with those of its attributes that it names; with none, so be it."""

    remembered: ClassVar[tuple[str, ...]] = ()

    def save(self) -> Memory:
        """Return copies of what it must know to go on."""
        return {name: _copied(getattr(self, name)) for name in self.remembered}

    def load(self, memory: Memory) -> None:
        """Go on from what was saved."""
        for name in self.remembered:
            setattr(self, name, _copied(memory[name]))


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if is_dataclass(value) or hasattr(value, "_fields"):
        return saved(value)
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value

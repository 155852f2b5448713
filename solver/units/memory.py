"""What is saved so that a run can go on from there: a tree of dicts and lists.

Its leaves are numbers, texts, None and arrays that are equal on all ranks, and `Local`, the arrays
that are not.
"""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from solver.units.fields import Place

Memory = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Local:
    """An array over a place of this rank, see `StateField`; ghosts have what their owners have.

    values: (n, ...), or (n components,) where vectors stand one behind the other. owned: whether
    it is over what this rank owns alone, without ghosts.
    """

    place: Place
    values: npt.NDArray[Any]
    components: int = 1
    owned: bool = False

    def copy(self) -> "Local":
        """Return the same with values of its own."""
        return Local(self.place, self.values.copy(), self.components, self.owned)


def saved(owner: Any, place: Place | None = None) -> Memory:
    """Return the fields of a dataclass or a named tuple, and of those within it, as copies.

    place: what its arrays are over; None where they are equal on all ranks.
    """
    names = [item.name for item in fields(owner)] if is_dataclass(owner) else owner._fields
    return {name: _copied(getattr(owner, name), place) for name in names}


def load_into(owner: Any, memory: Memory) -> None:
    """Give the fields of a dataclass, and of those within it, what was saved of them."""
    for name, value in memory.items():
        present = getattr(owner, name)
        if is_dataclass(present):
            load_into(present, value)
        else:
            setattr(owner, name, _copied(value))


def values_of(memory: Any) -> Any:
    """Return a copy of what was saved, with plain arrays for those over places of this rank."""
    return _copied(memory, plain=True)


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


def _copied(value: Any, place: Place | None = None, plain: bool = False) -> Any:
    """A copy; arrays over a place are told to be so, and those that were are made plain."""
    if isinstance(value, Local):
        return value.values.copy() if plain else value.copy()
    if isinstance(value, np.ndarray):
        return value.copy() if place is None else Local(place, value.copy())
    if is_dataclass(value) or hasattr(value, "_fields"):
        return saved(value, place)
    if isinstance(value, dict):
        return {key: _copied(item, place, plain) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item, place, plain) for item in value]
    return value

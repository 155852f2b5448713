"""Which publications a part of a case rests on, said where that part is defined.

A section or a step names them in `references`; they count where it acts. What only some values of
a key rest on stands beside that key: `Annotated[Literal[...], Cites(("amor2009",), ("split",))]`.
Keys are those of `solver/citations/references.bib`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel


class Cites(NamedTuple):
    """Publications that a key of a case rests on at some of its values; annotates its field.

    values: those; none given: all but nothing, zero and what is switched off.
    """

    keys: tuple[str, ...]
    values: tuple[Any, ...] = ()

    def count(self, value: Any) -> bool:
        """Whether they count at a value."""
        return value in self.values if self.values else acts(value)


def acts(value: Any) -> bool:
    """Whether a value stands for something that acts."""
    return bool(getattr(value, "enabled", value))


def cited(part: Any) -> Iterator[str]:
    """Yield the keys of all that a part of a case rests on, those of what acts in it too."""
    if isinstance(part, list | tuple):
        for inner in part:
            yield from cited(inner)
    elif isinstance(part, Mapping):
        yield from cited(list(part.values()))
    elif isinstance(part, BaseModel) and acts(part):
        yield from getattr(part, "references", ())
        for name, field in type(part).model_fields.items():
            value = getattr(part, name)
            for known in field.metadata:
                if isinstance(known, Cites) and known.count(value):
                    yield from known.keys
            yield from cited(value)

"""What all parts of a case have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

STRICT = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def one_line(text: str) -> str:
    """Return a text that people give a name by; a ValueError unless it can be printed in a line."""
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


class Section(BaseModel):
    """A part of a case: never changed once read.

    example: of its settings as a user writes them, where one of all that it needs is not enough.
    references: publications that it rests on (`units.references`).
    """

    example: ClassVar[Mapping[str, Any] | None] = None
    references: ClassVar[tuple[str, ...]] = ()

    model_config = ConfigDict(**STRICT, validate_default=True)

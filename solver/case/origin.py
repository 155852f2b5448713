"""Where a case was read from."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from solver.case.load import read_source
from solver.text.problems import CaseError, Place

Where = Callable[[Place], tuple[str, int | None]]


@dataclass(frozen=True)
class Origin:
    """File and overrides of a case; path: None where it was not read from a file of a user's.

    Whence a case came takes no part in whether it equals another one.
    """

    path: Path | None = field(default=None, compare=False)
    overrides: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        """What messages call the case."""
        return str(self.path or "the case")

    def where(self) -> Where:
        """Return what tells file and line of a place in the case, or the option that says it.

        Without a file, also one that has gone since, a place is told by its keys.
        """
        with suppress(CaseError):
            if self.path is not None:
                return read_source(self.path, self.overrides)[0].where
        return lambda place: (".".join(map(str, place)) or self.name, None)

"""What is wrong with a file that a user gives: every problem with its line and a hint."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from solver.text.messages import LONGEST, one_line

Place = tuple[int | str, ...]
MOST_TOLD = 40  # problems of a case or a material


class Problem(NamedTuple):
    """One problem: the file (or `--set` option), the line in it from 1 if known, and the text."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        """Return `file:line: message`, as compilers and editors write it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{one_line(place)}: {one_line(self.message)}"


class CaseError(Exception):
    """A case that cannot be run, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(told(self.problems))


def told(problems: Sequence[Problem]) -> str:
    """Return problems as text, a line each; of too many only the number."""
    more = len(problems) - MOST_TOLD
    rest = [f"and {more} more"] if more > 0 else []
    return "\n".join([*map(str, problems[:MOST_TOLD]), *rest])


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the known word nearest to `word`, or else all of them."""
    known = list(known)
    close = get_close_matches(word[:LONGEST], known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"


def listed(problems: Sequence[Problem], of: str) -> str:
    """Return the problems of a case, or of a material, a line each, under their number."""
    count = len(problems)
    return f"{count} problem{'s' * (count > 1)} in the {of}:\n{told(problems)}"

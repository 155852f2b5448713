"""Which cycles of a long run are drawn: some of its bulk, the first and the last among them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from solver.results import headers
from solver.results.bulk import bulk, checks_of
from solver.results.history import History

MOST = 6


class Chosen(NamedTuple):
    """Numbers of the cycles that are drawn, early ones first; whether others are left out."""

    cycles: tuple[int, ...]
    some: bool = False

    def age(self, cycle: int) -> float:
        """Return how far back it is among them: 1 for the first, 0 for the last."""
        return (len(self.cycles) - 1 - self.cycles.index(cycle)) / max(len(self.cycles) - 1, 1)

    @property
    def title(self) -> str | None:
        """What a legend says of them, None where all are drawn."""
        return f"cycles {', '.join(map(str, self.cycles))}" if self.some else None


def chosen(there: Iterable[int], cycles: History | None = None, most: int = MOST) -> Chosen:
    """Return which of the cycles that there are to draw: all of a few, else some of the bulk.

    cycles: the table of cycles; without one all are drawn. most: that are few.
    """
    numbers = sorted(set(there))
    if cycles is None or len(numbers) <= most or headers.DISCHARGE_RATE not in cycles:
        return Chosen(tuple(numbers))
    usual = bulk(cycles[headers.DISCHARGE_RATE], checks_of(cycles))
    known = np.intersect1d(cycles[headers.CYCLE_INDEX][usual], numbers)
    if len(known) == 0:
        return Chosen(tuple(numbers))
    wanted = np.linspace(known[0], known[-1], most)
    nearest = np.unique(known[np.abs(known[:, None] - wanted).argmin(axis=0)])
    return Chosen(tuple(int(number) for number in nearest), len(nearest) < len(numbers))

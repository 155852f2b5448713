"""Retention: what is left of the capacity after rounds of a repeat, beside what was measured."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from solver.results import headers
from solver.results.bulk import bulk, checks_of
from solver.results.history import Floats, History


class Retention(NamedTuple):
    """Shares of the discharge capacity of the first round, (n,), by the number of the round.

    source: who measured them, empty for what is computed.
    """

    number: Floats
    share: Floats
    source: str = ""

    def at(self, number: float) -> float:
        """Return the share after a round, nan if it is none of them."""
        found = self.share[self.number == number]
        return float(found[0]) if len(found) else float("nan")


def computed(cycles: History) -> Retention | None:
    """Return what the bulk of the cycles kept, None unless these are rounds of a repeat."""
    if headers.ROUND not in cycles:
        return None
    counted = bulk(cycles[headers.DISCHARGE_RATE], checks_of(cycles))
    counted &= np.isfinite(cycles[headers.ROUND]) & (cycles[headers.DISCHARGE_CAPACITY] > 0)
    number, capacity = cycles[headers.ROUND][counted], cycles[headers.DISCHARGE_CAPACITY][counted]
    if len(number) < 2 or number[0] != 1 or np.any(np.diff(number) <= 0):
        return None
    return Retention(number, capacity / capacity[0])


def measured(resolved: Mapping[str, Any]) -> Retention | None:
    """Return the points that a case names, None without; resolved: the case in SI."""
    section = resolved.get("measured")
    if not section or not section["retention"]:
        return None
    points = sorted((point["round"], point["share"]) for point in section["retention"])
    number, share = np.array(points, dtype=float).T
    return Retention(number, share, str(section["source"]))


def in_words(cycles: History, resolved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each measured point beside what was computed; nothing without both."""
    kept, known = computed(cycles), measured(resolved)
    if kept is None or known is None:
        return []
    rows = []
    for number, share in zip(known.number, known.share, strict=True):
        found = kept.at(number)
        if np.isfinite(found):
            told = f"{100 * found:.1f} % (measured: {100 * share:.1f} %, {known.source})"
            rows.append((f"retention after {number:.0f} rounds", told))
    return rows

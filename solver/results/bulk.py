"""Which cycles of a run can be set beside each other: no checks, and at the rate of the most."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from solver.results import headers
from solver.results.history import Floats, History


def bulk(rates: Sequence[float] | Floats, checks: Sequence[float] | Floats) -> np.ndarray:
    """Return which cycles are the bulk, (n,): all that are no checks, and of these only those of
    the rate that more than half of them have, if there is one.

    rates: of the discharges, (n,), nan where unknown. checks: (n,), not zero for a check.
    """
    rates, there = np.asarray(rates, dtype=float), np.asarray(checks) == 0
    if not np.any(there):
        return np.ones(len(rates), dtype=bool)
    found, counts = np.unique(rates[there & np.isfinite(rates)], return_counts=True)
    if len(counts) and 2 * counts.max() > np.count_nonzero(there):
        there &= rates == found[np.argmax(counts)]
    return there


def checks_of(cycles: History) -> Floats:
    """Return for each row of the table of cycles whether it is a check, (n,)."""
    none = np.zeros(len(next(iter(cycles.values()))))  # tables may be older than checks
    return np.asarray(cycles.get(headers.CHECK_CYCLE, none))


def complete(table: History) -> History:
    """Return a table of cycles without one that the end of a run cut off, unless it has no other.

    Any other table is returned as it is.
    """
    whole = table.get(headers.COMPLETE_CYCLE, np.ones(1)) != 0
    return table.of_rows(whole) if len(whole) > 1 else table


def checks_at_a_rate(cycles: History) -> np.ndarray:
    """Return which cycles are checks that discharge at a rate, as sweeps do not, (n,)."""
    return (checks_of(cycles) != 0) & np.isfinite(cycles[headers.DISCHARGE_RATE])


def capacities(summary: Mapping[str, Any], way: str) -> list[float]:
    """Return the capacities of the bulk of the cycles, mA h/g. way: `charge` or `discharge`.

    A cycle that was cut off does not count, unless there is no other.
    """
    passed = summary.get(f"{way}_capacity_mAh_per_g", [])
    unknown = [None] * len(passed)
    rates = [np.nan if rate is None else rate for rate in summary.get("discharge_rate", unknown)]
    counted = bulk(rates, summary.get("check_cycle", [0] * len(passed)))
    if len(passed) > 1:
        counted &= np.asarray(summary.get("complete_cycle", [True] * len(passed)), dtype=bool)
    return [q for q, counts in zip(passed, counted, strict=True) if counts and q]

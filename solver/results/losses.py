"""What discharges lack beside that of a reference, by cause, in words."""

import numpy as np

from solver.results import headers
from solver.results.bulk import bulk, checks_at_a_rate, checks_of
from solver.results.figures_of_merit import Rows, number
from solver.results.history import Floats, History
from solver.results.records import Record
from solver.units.groups import LOSSES

WHOLE = (headers.CAPACITY_LOSS, headers.UNEXPLAINED_LOSS)  # what is no part of the others


def rows(record: Record) -> Rows:
    """Return the losses of the last cycle of the bulk, and what the last check leaves open."""
    losses = record.table("losses")
    if not losses:
        return []
    told: Rows = []
    for last in np.flatnonzero(counted(losses))[-1:]:
        whole, capacity = losses[headers.CAPACITY_LOSS][last], losses[headers.DISCHARGE_CAPACITY]
        reference = capacity[last] + whole
        at, since = losses[headers.CYCLE_INDEX][last], losses[headers.REFERENCE_CYCLE][last]
        lost = f"{_loss(whole, reference)}, in cycle {at:.0f} since {since:.0f}"
        told.append(("lost by the last cycle", lost))
        told += [(name, _loss(values[last], reference)) for name, values in parts(losses).items()]
    for last in np.flatnonzero(checks_at_a_rate(losses))[-1:]:
        whole, rest = (losses[h][last] for h in WHOLE)
        reference = losses[headers.DISCHARGE_CAPACITY][last] + whole
        told.append(("lost in the last check", _loss(whole, reference)))
        told.append(("unexplained of that", _loss(rest, reference)))
    return told


def _loss(lost: float, reference: float) -> str:
    """A loss with its share of the capacity of the reference."""
    return f"{number(float(lost), digits=3)} mA h/g ({number(100 * lost / reference, digits=3)} %)"


def counted(losses: History) -> np.ndarray:
    """Return which rows are the bulk of the cycles, (n,)."""
    return bulk(losses[headers.DISCHARGE_RATE], checks_of(losses))


def parts(losses: History) -> dict[str, Floats]:
    """Return the parts that ever were anything, (n,) each, by their names."""
    columns = losses.group(LOSSES).items()
    told = {h: c for h, c in columns if c.name.endswith(" Loss") and h not in WHOLE}
    return {
        column.name.lower(): losses[header]
        for header, column in told.items()
        if np.any(np.nan_to_num(losses[header]))
    }

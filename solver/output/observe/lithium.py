"""Lithium in the oxide, and whether it is all accounted for."""

import numpy as np
from mpi4py import MPI

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import FARADAY_INTERNAL
from solver.units.groups import LITHIUM
from solver.units.instruments import MEAN_OCCUPANCY

LOWEST = Column("Lowest Occupancy", "1", LITHIUM, "Least lithium per site anywhere in the oxide.")
HIGHEST = Column("Highest Occupancy", "1", LITHIUM, "Most lithium per site anywhere in the oxide.")
ERROR = Column(
    "Lithium Error",
    "1",
    LITHIUM,
    "Lithium that is there beyond what charge and dissolved oxide account for, over that at the "
    "start.",
)

columns = (MEAN_OCCUPANCY, LOWEST, HIGHEST, ERROR)


def observe(now: BodyNow) -> dict[str, float]:
    """Mean and extreme occupancies, and the error of the balance."""
    model, clock, at_start = now.model, now.clock, now.books.lithium_at_start
    x = now.state["occupancy"][now.in_oxide]
    low = float(model.comm.allreduce(float(np.min(x, initial=1.0)), MPI.MIN))
    high = float(model.comm.allreduce(float(np.max(x, initial=0.0)), MPI.MAX))
    lithium = model.lithium()
    extracted = (clock.net_charge - clock.parasitic_charge) / FARADAY_INTERNAL
    known = at_start + clock.jumped.lithium
    return {
        MEAN_OCCUPANCY.title: (lithium - model.trapped()) / model.sites(),
        LOWEST.title: low,
        HIGHEST.title: high,
        ERROR.title: abs(lithium + model.leached() + extracted - known) / at_start,
    }

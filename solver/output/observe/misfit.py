"""The work of what strains the lattice beside lithium."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import WORK

MISFIT_WORK = Column(
    "Misfit Work",
    "J",
    WORK,
    "Work that heat, and products that do not fit, have done on the grains.",
    True,
)

columns = (MISFIT_WORK,)


def observe(now: BodyNow) -> dict[str, float]:
    """What misfit has done since the beginning."""
    return {MISFIT_WORK.title: now.ledger.energies.misfit_work / JOULE}

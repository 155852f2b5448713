"""The work of swelling."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import WORK

SWELLING_WORK = Column(
    "Swelling Work", "J", WORK, "Work that swelling has done on the grains.", True
)

columns = (SWELLING_WORK,)


def observe(now: BodyNow) -> dict[str, float]:
    """What swelling has done since the beginning."""
    return {SWELLING_WORK.title: now.ledger.energies.swelling_work / JOULE}

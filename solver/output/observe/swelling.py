"""The work of swelling."""

from solver.output.observe.now import Now
from solver.units.columns import Column
from solver.units.constants import JOULE

WORK = Column("Swelling Work", "J", "work", "Work that swelling has done on the grains.", True)

columns = (WORK,)


def observe(now: Now) -> dict[str, float]:
    """What swelling has done since the beginning."""
    return {WORK.title: now.ledger.energies.swelling_work / JOULE}

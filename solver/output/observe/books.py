"""What tells whether the books of the mechanical work can be believed."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import BOOKS

ENERGY_ERROR = Column(
    "Energy Error",
    "1",
    BOOKS,
    "What is missing in the balance of the energies, over the largest elastic energy.",
)
LOWEST_DISSIPATION = Column(
    "Lowest Dissipation",
    "1",
    BOOKS,
    "Most negative that a dissipation was in a step, over the largest elastic energy; 0 is right.",
)
ALGORITHMIC_SHARE = Column(
    "Algorithmic Share",
    "1",
    BOOKS,
    "Algorithmic dissipation, summed without its sign, over the energy of new cracks.",
)

columns = (ENERGY_ERROR, LOWEST_DISSIPATION, ALGORITHMIC_SHARE)


def observe(now: BodyNow) -> dict[str, float]:
    """Error of the balance, lowest dissipation, and algorithmic share."""
    return {
        ENERGY_ERROR.title: now.ledger.error(),
        LOWEST_DISSIPATION.title: now.ledger.dissipation.worst,
        ALGORITHMIC_SHARE.title: now.ledger.algorithmic_share(),
    }

"""What has come of cycles that were not resolved, where a case jumps over some."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import JUMPED
from solver.units.instruments import JUMPED_CYCLES

LITHIUM = Column(
    "Jumped Lithium",
    "1",
    JUMPED,
    "Lithium that sites took in jumped cycles beyond what flowed, over that at the start.",
)
ENERGY = Column(
    "Jumped Energy",
    "J",
    JUMPED,
    "What jumps have put into the body, so that its books close in the cycles that are resolved.",
    True,
)

columns = (JUMPED_CYCLES, LITHIUM, ENERGY)


def observe(now: BodyNow) -> dict[str, float]:
    """Cycles, lithium and energy of all jumps so far."""
    jumped = now.clock.jumped
    return {
        JUMPED_CYCLES.title: float(jumped.cycles),
        LITHIUM.title: jumped.lithium / now.books.lithium_at_start,
        ENERGY.title: now.ledger.energies.jumped / JOULE,
    }

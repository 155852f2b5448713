"""The books of the mechanical work: what is stored and what is spent."""

from solver.model.dissipation import ENTRIES
from solver.output.observe.now import BodyNow
from solver.units.constants import JOULE

columns = tuple(entry.column for entry in ENTRIES.values())


def observe(now: BodyNow) -> dict[str, float]:
    """Energies that every body has."""
    amounts = now.ledger.energies.amounts()
    return {entry.column.title: amounts[name] / JOULE for name, entry in ENTRIES.items()}

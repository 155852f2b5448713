"""What mechanisms that act between time steps tell of themselves, and what they took from bonds."""

from collections.abc import Sequence

from solver.mechanisms import Mechanism
from solver.output.observe.group import ColumnGroup
from solver.output.observe.now import BodyNow
from solver.units.constants import JOULE


def of_each(mechanisms: Sequence[Mechanism]) -> tuple[ColumnGroup, ...]:
    """Return the columns of every mechanism, and of what the books have under its name."""
    return tuple(_of(mechanism) for mechanism in mechanisms)


def _of(mechanism: Mechanism) -> ColumnGroup:
    """What one mechanism tells."""
    energy = mechanism.energy
    if energy is None:
        return ColumnGroup(mechanism.columns, lambda now: mechanism.observe(now.model.present()))

    def observe(now: BodyNow) -> dict[str, float]:
        taken = now.ledger.energies.worn.get(mechanism.name, 0.0) / JOULE
        return {**mechanism.observe(now.model.present()), energy.title: taken}

    return ColumnGroup((*mechanism.columns, energy), observe)

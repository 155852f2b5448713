"""What cycles and liquid have done to the boundaries, and what it took from the bonds."""

from solver.output.observe.group import ColumnGroup
from solver.output.observe.now import Now
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import SPENT, WEAR


def _of(name: str, mean: Column, energy: Column) -> ColumnGroup:
    """Mean of a field over the boundaries, and the energy that the books have under its name."""

    def observe(now: Now) -> dict[str, float]:
        return {
            mean.title: now.mean(now.state[name]),
            energy.title: getattr(now.ledger.energies, name) / JOULE,
        }

    return ColumnGroup((mean, energy), observe)


fatigue = _of(
    "fatigue",
    Column("Mean Fatigue", "1", WEAR, "Mean damage of the boundaries that is due to cycles."),
    Column("Fatigue Energy", "J", SPENT, "Taken from bonds that cycles have weakened.", True),
)
corrosion = _of(
    "corrosion",
    Column(
        "Mean Corrosion",
        "1",
        WEAR,
        "Mean over the boundaries of how far liquid has acted: 0 fresh, 1 to the end.",
    ),
    Column("Corrosion Energy", "J", SPENT, "Taken from bonds that liquid has weakened.", True),
)

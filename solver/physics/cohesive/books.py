"""What the cohesive law remembers at the boundary points, and the energies that it books."""

from solver.units.books import EnergyEntry
from solver.units.columns import Column
from solver.units.fields import StateField
from solver.units.groups import SPENT, STORED

FIELDS = {
    "damage": StateField(
        "point", "1", "of the bond: 0 intact, 1 parted", lower=0.0, upper=1.0, slow=True
    ),
    "max_opening": StateField("point", "um", "largest normal gap so far", lower=0.0),
}
ENERGIES = {
    "bond": EnergyEntry(
        Column("Bond Energy", "J", STORED, "Stored in boundaries that are stretched.", True)
    ),
    "contact": EnergyEntry(
        Column("Contact Energy", "J", STORED, "Stored where sides press on each other.", True)
    ),
    "fracture": EnergyEntry(
        Column("Fracture Energy", "J", SPENT, "Spent on the damage of boundaries.", True), True
    ),
    "viscous": EnergyEntry(
        Column(
            "Viscous Dissipation",
            "J",
            SPENT,
            "Spent by the delay of the damage, the relaxation time.",
            True,
        ),
        True,
    ),
    "sudden": EnergyEntry(
        Column(
            "Sudden Release", "J", SPENT, "What boundaries let go that snapped within a step.", True
        )
    ),
    "algorithmic": EnergyEntry(
        Column(
            "Algorithmic Dissipation",
            "J",
            SPENT,
            "Left over by the length of the time steps, of either sign.",
            True,
        )
    ),
}

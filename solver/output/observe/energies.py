"""The books of the mechanical work: what is stored and what is spent."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import SPENT, STORED

ELASTIC = Column("Elastic Energy", "J", STORED, "Stored in the strained grains.", True)

columns = (
    ELASTIC,
    Column("Bond Energy", "J", STORED, "Stored in boundaries that are stretched.", True),
    Column("Contact Energy", "J", STORED, "Stored where sides press on each other.", True),
    Column("Fracture Energy", "J", SPENT, "Spent on the damage of boundaries.", True),
    Column("Grain Fracture Energy", "J", SPENT, "Spent on cracks inside grains.", True),
    Column(
        "Viscous Dissipation",
        "J",
        SPENT,
        "Spent by the delay of the damage, the relaxation time.",
        True,
    ),
    Column(
        "Sudden Release", "J", SPENT, "What boundaries let go that snapped within a step.", True
    ),
    Column(
        "Algorithmic Dissipation",
        "J",
        SPENT,
        "Left over by the length of the time steps, of either sign.",
        True,
    ),
    Column("Sliding Dissipation", "J", SPENT, "Spent where bonded sides slide slowly.", True),
    Column("Friction Dissipation", "J", SPENT, "Spent where broken sides rub.", True),
)


def observe(now: BodyNow) -> dict[str, float]:
    """Energies that particles and specimens have alike."""
    energies = now.ledger.energies
    spent = {
        ELASTIC.title: energies.elastic,
        "Bond Energy": energies.bond,
        "Contact Energy": energies.contact,
        "Fracture Energy": energies.fracture,
        "Grain Fracture Energy": energies.grain_fracture,
        "Viscous Dissipation": energies.viscous,
        "Sudden Release": energies.sudden,
        "Algorithmic Dissipation": energies.algorithmic,
        "Sliding Dissipation": energies.sliding,
        "Friction Dissipation": energies.friction,
    }
    return {title: energy / JOULE for title, energy in spent.items()}

"""The books of the electrical work: what the particle is supplied with, and where it goes."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import JOULE
from solver.units.groups import BOOKS, ELECTRICAL_WORK

ERROR = Column(
    "Electrical Error",
    "1",
    BOOKS,
    "Most that the balance of the electrical work has missed, over work of swelling and losses; "
    "nan where there is no balance.",
)

columns = (
    Column(
        "Electrical Work",
        "J",
        ELECTRICAL_WORK,
        "Supplied to the particle against lithium metal, by the trapezoidal rule.",
        True,
    ),
    Column(
        "Curvature Work",
        "J",
        ELECTRICAL_WORK,
        "Supplied beyond a straight line of the voltage within time steps.",
        True,
    ),
    Column("Chemical Energy", "J", ELECTRICAL_WORK, "Gained by the lithium, without stress.", True),
    Column(
        "Recovery Work", "J", ELECTRICAL_WORK, "Lost between stress at nodes and in cells.", True
    ),
    Column("Reaction Loss", "J", ELECTRICAL_WORK, "Lost to drive the reaction on surfaces.", True),
    Column(
        "Resistance Loss",
        "J",
        ELECTRICAL_WORK,
        "Lost in films, liquid, fillings and contacts.",
        True,
    ),
    Column(
        "Electron Loss",
        "J",
        ELECTRICAL_WORK,
        "Lost by electrons between collector and grains.",
        True,
    ),
    Column("Network Loss", "J", ELECTRICAL_WORK, "Lost by ions along the boundaries.", True),
    Column(
        "Diffusion Loss",
        "J",
        ELECTRICAL_WORK,
        "Lost by diffusion in grains and meshed fillers.",
        True,
    ),
    Column(
        "Side Reaction Loss", "J", ELECTRICAL_WORK, "Lost by the current that grows films.", True
    ),
    ERROR,
)


def observe(now: BodyNow) -> dict[str, float]:
    """Where the electrical work went."""
    electrical = now.books.electrical
    assert electrical is not None
    energies = electrical.energies
    losses = energies.losses
    booked = {
        "Electrical Work": energies.work,
        "Curvature Work": energies.curvature,
        "Chemical Energy": energies.chemical,
        "Recovery Work": energies.recovery,
        "Reaction Loss": losses.reaction,
        "Resistance Loss": losses.resistance,
        "Electron Loss": losses.electrons,
        "Network Loss": losses.network,
        "Diffusion Loss": losses.diffusion,
        "Side Reaction Loss": losses.side_reaction,
    }
    return {title: energy / JOULE for title, energy in booked.items()} | {
        ERROR.title: electrical.error()
    }

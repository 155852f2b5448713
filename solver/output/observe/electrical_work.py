"""The books of the electrical work: what the cell's source supplies, and where it goes."""

from solver.output.observe.now import ParticleNow
from solver.units.columns import Column
from solver.units.constants import JOULE

GROUP = "electrical work"
ERROR = Column(
    "Electrical Error",
    "1",
    "books",
    "Most that the balance of the electrical work has missed, over work of swelling and losses; "
    "nan where there is no balance.",
)

columns = (
    Column("Electrical Work", "J", GROUP, "Supplied by the source, by the trapezoidal rule.", True),
    Column(
        "Curvature Work",
        "J",
        GROUP,
        "Supplied beyond a straight line of the voltage within time steps.",
        True,
    ),
    Column("Chemical Energy", "J", GROUP, "Gained by the lithium, without stress.", True),
    Column("Recovery Work", "J", GROUP, "Lost between stress at nodes and in cells.", True),
    Column("Reaction Loss", "J", GROUP, "Lost to drive the reaction on surfaces.", True),
    Column("Resistance Loss", "J", GROUP, "Lost in films, liquid, fillings and contacts.", True),
    Column("Electron Loss", "J", GROUP, "Lost by electrons between collector and grains.", True),
    Column("Network Loss", "J", GROUP, "Lost by ions along the boundaries.", True),
    Column("Diffusion Loss", "J", GROUP, "Lost by diffusion in grains and meshed fillers.", True),
    Column("Side Reaction Loss", "J", GROUP, "Lost by the current that grows films.", True),
    ERROR,
)


def observe(now: ParticleNow) -> dict[str, float]:
    """Where the electrical work went."""
    energies = now.electrical.energies
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
        ERROR.title: now.electrical.error()
    }

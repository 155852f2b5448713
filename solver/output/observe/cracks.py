"""Cracks: connected sets of boundaries that have parted. Nan where there is none."""

from solver.output.observe.now import BodyNow
from solver.particle.cracks import find_cracks
from solver.units.columns import Column
from solver.units.constants import METRE
from solver.units.groups import CRACKS

NUMBER = Column("Cracks", "1", CRACKS, "Number of connected cracks.")
AREA = Column("Crack Area", "m2.g-1", CRACKS, "Area of both faces of all cracks per mass of oxide.")
MEAN_WIDTH = Column(
    "Mean Crack Width",
    "m",
    CRACKS,
    "Mean width of the cracks over their area: how far they have opened, and what has "
    "dissolved of their sides.",
)
LARGEST_WIDTH = Column("Largest Crack Width", "m", CRACKS, "Largest width of a crack.")
CONNECTED = Column(
    "Connected Crack Fraction",
    "1",
    CRACKS,
    "Share of the cracks, by area, that reaches the outside.",
)
ALIGNMENT = Column(
    "Radial Alignment",
    "1",
    CRACKS,
    "How cracks stand to the radius: 1 along it, 0 without direction, negative around.",
)

columns = (NUMBER, AREA, MEAN_WIDTH, LARGEST_WIDTH, CONNECTED, ALIGNMENT)


def observe(now: BodyNow) -> dict[str, float]:
    """All cracks at once."""
    spaces, opened = now.model.spaces, now.opened
    cracks = find_cracks(spaces.network, spaces.layout, opened.damage, opened.width)
    return {
        NUMBER.title: float(cracks.number),
        AREA.title: 2 * cracks.area / METRE**2 / (now.model.extent.mass * 1e3),
        MEAN_WIDTH.title: cracks.mean_width / METRE,
        LARGEST_WIDTH.title: cracks.largest_width / METRE,
        CONNECTED.title: cracks.connected,
        ALIGNMENT.title: cracks.alignment,
    }

"""What is wet, what flows there, and the films that grow on it."""

from solver.output.observe.electrical import to_capacity
from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import AMPERE, METRE
from solver.units.groups import FILMS, SURFACES

CURRENTS = {
    "outside": Column(
        "Outside Current", "A", SURFACES, "Current through the outside of the particle.", True
    ),
    "wet": Column(
        "Wet Boundary Current",
        "A",
        SURFACES,
        "Current into the electrolyte in wet boundaries.",
        True,
    ),
    "filled": Column(
        "Filled Boundary Current", "A", SURFACES, "Current into what fills boundaries.", True
    ),
    "parasitic": Column(
        "Side Reaction Current",
        "A",
        SURFACES,
        "Part of these currents that takes no lithium along: it makes films grow.",
        True,
    ),
}
WET_AREA = Column(
    "Wet Area",
    "m2.g-1",
    SURFACES,
    "Area in contact with the electrolyte per mass of oxide: the outside with its roughness, and "
    "both sides of wet boundaries.",
)
FILM_CHARGE = Column(
    "Film Charge",
    "mA.h.g-1",
    FILMS,
    "Charge that films took per mass of oxide, by all cycles that those computed stand for.",
)

columns = (WET_AREA, *CURRENTS.values(), FILM_CHARGE)


def observe(now: BodyNow) -> dict[str, float]:
    """Wet area, currents, films."""
    model = now.model
    flowing = model.electro.currents()
    cycles = model.case.physics.interphase.acceleration
    return {
        WET_AREA.title: model.wet_area() / METRE**2 / (model.extent.mass * 1e3),
        **{column.title: flowing[where] / AMPERE for where, column in CURRENTS.items()},
        FILM_CHARGE.title: cycles * now.clock.side_charge * to_capacity(model),
    }

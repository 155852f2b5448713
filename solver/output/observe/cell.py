"""The two electrodes of a full cell, and the lithium that goes to and fro between them."""

from solver.model.electro.counter import held
from solver.output.observe.electrical import to_capacity
from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.constants import FARADAY_INTERNAL
from solver.units.groups import ELECTRICAL, LITHIUM

CATHODE = Column(
    "Cathode Potential",
    "V",
    ELECTRICAL,
    "Of a full cell: potential of the current collector against lithium metal.",
)
OCCUPANCY = Column(
    "Counter Occupancy",
    "1",
    LITHIUM,
    "Of a full cell: share of the counter electrode's sites that is filled.",
)
LITHIUM_HELD = Column(
    "Counter Lithium",
    "mA.h.g-1",
    LITHIUM,
    "Of a full cell: lithium in the counter electrode, as the capacity that it would give.",
)
BOUND = Column(
    "Film Lithium",
    "mA.h.g-1",
    LITHIUM,
    "Of a full cell: lithium that films hold, as the capacity that it would give.",
)
INVENTORY = Column(
    "Lithium Inventory",
    "1",
    LITHIUM,
    "Of a full cell: lithium that both electrodes can give, that which is trapped in the oxide, in "
    "films, or has dissolved left out, over that at the start.",
)

columns = (CATHODE, OCCUPANCY, LITHIUM_HELD, BOUND, INVENTORY)


def observe(now: BodyNow) -> dict[str, float]:
    """The potential of one electrode, the lithium of the other, and that of both."""
    model, counter = now.model, now.model.electro.facing.counter
    collector, released = model.state.ones("collector_potential", "released")
    in_counter = held(model.electro, released)
    per_lithium = FARADAY_INTERNAL * to_capacity(model)
    at_start = now.books.lithium_at_start + counter.lithium
    return {
        CATHODE.title: collector,
        OCCUPANCY.title: in_counter / counter.sites,
        LITHIUM_HELD.title: per_lithium * in_counter,
        BOUND.title: per_lithium * model.electro.facing.bound,
        INVENTORY.title: (model.lithium() - model.trapped() + in_counter) / at_start,
    }

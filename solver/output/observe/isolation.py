"""Grains that electrons no longer reach, and what they keep."""

from solver.output.observe.now import BodyNow
from solver.units.columns import Column
from solver.units.groups import ISOLATION

GRAINS = Column(
    "Isolated Grains",
    "1",
    ISOLATION,
    "Number of grains that could not even give their share of C/20 within 1 V, so poor are their "
    "contacts.",
)
OXIDE = Column(
    "Isolated Oxide",
    "1",
    ISOLATION,
    "Sites for lithium in isolated grains, over those of the fresh particle.",
)
HELD = Column(
    "Isolated Lithium", "1", ISOLATION, "Lithium on these sites, per site of the fresh particle."
)

columns = (GRAINS, OXIDE, HELD)


def observe(now: BodyNow) -> dict[str, float]:
    """How many grains are isolated, and what they hold."""
    model, isolated = now.model, now.isolated
    sites, lithium = model.with_chemistry.paths.held(isolated, model.electro)
    fresh = sum(model.extent.sites)
    return {
        GRAINS.title: float(isolated.sum()),
        OXIDE.title: sites / fresh,
        HELD.title: lithium / fresh,
    }

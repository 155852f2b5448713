"""Initial wetting: boundaries that let liquid in though bonded, as much area as was measured."""

import heapq
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from solver.mechanisms.base import Mechanism, MechanismCase
from solver.mechanisms.now import Now
from solver.mechanisms.places import Places
from solver.physics.strength import pair_uniform
from solver.units import usual
from solver.units.constants import METRE
from solver.units.measures import SpecificArea

Floats = npt.NDArray[np.floating]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


PLACE = ("physics", "initial_wetting", "area")
PER_GRAM = 1e3


class WetAreaError(Exception):
    """More area is to be wet than there is."""

    def __init__(self, asked: float, there_is: float, where: str = "") -> None:
        """asked, there_is: m^2/kg, both sides."""
        super().__init__(
            f"{'.'.join(PLACE)}: {asked / PER_GRAM:.4g} m^2/g of boundaries cannot be wet, there "
            f"are only {there_is / PER_GRAM:.4g} m^2/g{where} (both sides counted)"
        )


class InitialWettingCase(MechanismCase):
    """Boundaries that let liquid in though bonded are wet from the start."""

    enabled: bool = Field(True, description="Whether this mechanism acts; it needs wetting")
    area: Annotated[SpecificArea, usual.AREA] = Field(
        0.0,
        ge=0,
        description="Area of boundaries (both sides) that let liquid in though bonded: drawn from "
        "the seed, connected to the outside, and wet from the start unless a coating seals them",
        examples=["0.7 m^2/g"],
    )

    def mechanism(self, places: Places) -> "InitialWetting":
        """Return the initial wetting. Collective. Raises WetAreaError."""
        points = places.points
        dry = points.plus_oxide & points.minus_oxide & ~points.filled
        area = self.area * METRE**2 * places.mass
        try:
            drawn = drawn_boundaries(places.network, dry, area, places.seed)
        except OutOfReachError as error:
            there_is = error.available / METRE**2 / places.mass
            raise WetAreaError(self.area, there_is, " within reach of the outside") from error
        return InitialWetting(places, drawn)

    def cautions(self, plan: Any) -> list[str]:
        """Say that boundaries may be too few, by the estimate of the mesh."""
        there_is = 2.0 * plan.boundary_area * PER_GRAM
        if self.area <= there_is:
            return []
        return [f"caution: {WetAreaError(self.area, there_is, ' or so')}"]


class OutOfReachError(ValueError):
    """More area was asked for than can be reached; `available` (um^2) tells how much can."""

    def __init__(self, available: float) -> None:
        super().__init__(f"only {available:.6g} um^2 of boundaries can be reached from the outside")
        self.available = available


def drawn_boundaries(network: Any, allowed: Booleans, area: float, seed: int) -> Floats:
    """Share of each boundary point, so that `area` (um^2, both sides) is drawn. Collective.

    Whole boundaries between two grains, drawn from the seed, are taken from the outside inwards,
    each one connected to those before it; the last one in part. A coating hides none of them.
    allowed: points that may be drawn.
    Raises OutOfReachError.
    """
    drawn = np.zeros(len(network.node))
    if area <= 0.0:
        return drawn
    pieces = network.between_grains(allowed)
    order = _invasion(pair_uniform(pieces.pair, seed), pieces.entry, pieces.neighbours)
    total = np.cumsum(pieces.area[order])
    available = float(total[-1]) if len(total) else 0.0
    if area > available * (1 + 1e-12):
        raise OutOfReachError(available)
    share = np.zeros(len(pieces.area) + 1)  # the last one for points without a piece
    before = total - pieces.area[order]
    share[order] = np.clip((area - before) / pieces.area[order], 0.0, 1.0)
    drawn[:] = share[pieces.of_point]
    return drawn


def _invasion(ease: Floats, entries: Booleans, neighbours: list[Integers]) -> Integers:
    """Order in which the pieces are invaded: always the one of lowest `ease` within reach."""
    front = [(ease[k], int(k)) for k in np.flatnonzero(entries)]
    heapq.heapify(front)
    seen, order = entries.copy(), []
    while front:
        _, k = heapq.heappop(front)
        order.append(k)
        for other in neighbours[k]:
            if not seen[other]:
                seen[other] = True
                heapq.heappush(front, (ease[other], int(other)))
    return np.array(order, dtype=np.int64)


class InitialWetting(Mechanism):
    """Lets liquid into boundaries that are drawn, before anything happens."""

    name = "initial_wetting"

    def __init__(self, places: Places, drawn: Floats) -> None:
        """drawn: share of each boundary point that lets liquid in though dry and bonded."""
        self._places, self.drawn = places, drawn

    def prepare(self, now: Now) -> None:
        """Wet what was drawn, as far as the outside reaches it."""
        state = now.state
        state["pervious"][:] = np.maximum(state["pervious"], self.drawn)
        state["wetness"][:] = self._places.flooded(state["pervious"], state["max_opening"])

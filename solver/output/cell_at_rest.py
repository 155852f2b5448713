"""A full cell at rest: how far its lithium lets it be discharged between two voltages."""

from typing import NamedTuple

import numpy as np

from solver.case import Case
from solver.entries.laws import Function, occupancy_where
from solver.materials.counter import load_counter_material
from solver.materials.library import load_oxides


class Electrodes(NamedTuple):
    """What a full cell has for a discharge, mA h/g of the oxide.

    sites: of the oxide. counter: sites of the counter electrode. lithium: of both. bound: in films.
    """

    sites: float
    counter: float
    lithium: float
    bound: float


class CellAtRest(NamedTuple):
    """Potentials of both electrodes against lithium metal, V, by the share of filled sites."""

    oxide: Function
    counter: Function

    def capacity(self, has: Electrodes, upper: float, lower: float) -> float:
        """Return what the cell gives from one voltage (V) to the other, mA h/g.

        Where a voltage lies beyond what the cell can have, an electrode is full or empty.
        """
        return has.sites * (self._filled(has, lower) - self._filled(has, upper))

    def lost(
        self, before: Electrodes, now: Electrodes, upper: float, lower: float
    ) -> tuple[float, float]:
        """Return what it lacks by lithium that films bind, and by sites with what went with them.

        Each is the mean of what it costs before the other and after it, mA h/g.
        """
        more = now.bound - before.bound
        filmed = before._replace(lithium=before.lithium - more)
        bare = now._replace(lithium=now.lithium + more)
        fresh, filmed_only, bare_only, both = (
            self.capacity(has, upper, lower) for has in (before, filmed, bare, now)
        )
        by_films = (fresh - filmed_only + bare_only - both) / 2
        return by_films, fresh - both - by_films

    def _filled(self, has: Electrodes, level: float) -> float:
        """Share of the sites of the oxide that is filled when the cell has a voltage."""
        least = max((has.lithium - has.counter) / has.sites, 0.0)
        width = min(has.lithium / has.sites, 1.0) - least

        def voltage(way: np.ndarray) -> np.ndarray:
            x = least + width * way
            return self.oxide(x) - self.counter((has.lithium - has.sites * x) / has.counter)

        return least + width * occupancy_where(voltage, level)


def cell_at_rest(case: Case) -> CellAtRest | None:
    """Return the cell of a case as if the main oxide were the only one; None of a half cell."""
    if case.electrode.balanced() is None:
        return None
    oxide = load_oxides(case.materials)[0].potential_at(case.temperature)
    counter = load_counter_material(case.materials.counter).potential
    return CellAtRest(oxide.value, counter.value)

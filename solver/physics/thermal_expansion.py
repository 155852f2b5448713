"""How far a lattice grows with the temperature, by a table of its linear coefficient.

    e(T) = integral of alpha from T_0 to T

alpha is linear between the points of the table; nothing is known beyond them.
"""

from itertools import pairwise
from typing import NamedTuple


class Expansion(NamedTuple):
    """Coefficients alpha (1/K) at increasing temperatures (K)."""

    temperature: tuple[float, ...]
    coefficient: tuple[float, ...]

    def knows(self, temperature: float) -> bool:
        """Return whether the table reaches to a temperature in K."""
        return self.temperature[0] <= temperature <= self.temperature[-1]

    def strain(self, start: float, end: float) -> float:
        """Return the strain from one temperature to another, both in K and in the table."""
        return self._up_to(end) - self._up_to(start)

    def _up_to(self, temperature: float) -> float:
        """Strain from the beginning of the table."""
        total, points = 0.0, zip(self.temperature, self.coefficient, strict=True)
        for (low, at_low), (high, at_high) in pairwise(points):
            way = min(max(temperature - low, 0.0), high - low)
            slope = (at_high - at_low) / (high - low)
            total += way * (at_low + 0.5 * slope * way)
        return total

"""Where the values of a quantity usually lie: beyond that a person may have mistaken a unit."""

from functools import cache
from typing import NamedTuple

from solver.case.units import to_base


class Usual(NamedTuple):
    """A range in a unit as people write it, wide enough for what is merely unusual."""

    low: float
    high: float
    unit: str

    def outside(self, value: float) -> str | None:
        """Say that a value in SI lies outside, in the unit of the range; None if it does not."""
        one = _one(self.unit)
        if self.low * one * (1 - 1e-9) <= value <= self.high * one * (1 + 1e-9):
            return None
        unit = "" if self.unit == "dimensionless" else f" {self.unit}"
        return (
            f"{value / one:.4g}{unit} is far from what is usual, "
            f"{self.low:g} to {self.high:g}{unit}: is the unit right?"
        )


@cache
def _one(unit: str) -> float:
    return to_base(unit)


STRENGTH = Usual(0.001, 50, "GPa")
TOUGHNESS = Usual(1e-3, 1e3, "J/m^2")
PENALTY = Usual(1e12, 1e23, "Pa/m")
VOLTAGE = Usual(0, 5.5, "V")
ENERGY = Usual(0, 300, "kJ/mol")
DENSITY = Usual(0.5, 25, "g/cm^3")

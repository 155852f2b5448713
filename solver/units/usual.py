"""Where the values of a quantity usually lie: beyond that a person may have mistaken a unit.

The ranges are wide, orders of magnitude around all that was found: what lies outside is allowed,
but said.
"""

from functools import cache
from typing import NamedTuple

from solver.units.measures import to_base


class Usual(NamedTuple):
    """A range, in a unit as people write it. It annotates fields of cases, too."""

    low: float
    high: float
    unit: str

    def outside(self, value: float) -> str | None:
        """Say that a value in SI lies outside, in the unit of the range; None if it does not."""
        one = _one(self.unit)
        if self.low * one * (1 - 1e-9) <= value <= self.high * one * (1 + 1e-9):
            return None
        unit = "" if self.unit == PURE else f" {self.unit}"
        return (
            f"{value / one:.4g}{unit} is far from what is usual, "
            f"{self.low:g} to {self.high:g}{unit}: is the unit right?"
        )


PURE = "dimensionless"


@cache
def _one(unit: str) -> float:
    return to_base(unit)


# What cases and materials both give.
STRENGTH = Usual(1e-3, 50, "GPa")
TOUGHNESS = Usual(1e-3, 1e4, "J/m^2")
PENALTY = Usual(1e12, 1e23, "Pa/m")
ELASTIC = Usual(1e-3, 1500, "GPa")
DENSITY = Usual(0.5, 25, "g/cm^3")
VOLTAGE = Usual(0, 5.5, "V")
POTENTIAL_SCALE = Usual(1, 3000, "mV")
ACTIVATION = Usual(0, 400, "kJ/mol")
CONDUCTANCE = Usual(1e-4, 1e8, "S/m^2")  # of a contact
CORROSION_RATE = Usual(0, 1, "1/s")
AGEING_RATE = Usual(0, 1e-3, "1/s")
SQUARED_GROWTH = Usual(1e-28, 1e-16, "m^2/s")  # of a layer that what passes it lets grow
RECESSION = Usual(0, 1e-9, "m/s")  # of a surface
AREA_RATE = Usual(1e-40, 1e-8, "kg/m^2/s")  # of decomposition, at 25 degC
HEAT_PER_AREA = Usual(0, 1e5, "J/m^2")
HEAT_PER_MASS = Usual(0, 1e4, "J/g")
# What cases give.
PARTICLE = Usual(0.05, 200, "um")
FILM = Usual(0.1, 1000, "nm")
REACH = Usual(1, 1e5, "nm")  # of gas along boundaries
MOLECULE = Usual(0.05, 20, "nm")
VOXEL = Usual(0.5, 5000, "nm")
AREA = Usual(0, 200, "m^2/g")
ONE_C = Usual(10, 5000, "mA/g")
RATE = Usual(1e-3, 50, PURE)
SWEEP_RATE = Usual(1e-4, 1e3, "mV/s")
TEMPERATURE = Usual(230, 400, "K")
FURNACE = Usual(230, 1000, "K")  # that a ramp leads to
HEATING_RATE = Usual(1e-5, 1e3, "K/s")
PRESSURE = Usual(-50, 50, "GPa")
STRAIN = Usual(-0.3, 0.3, PURE)

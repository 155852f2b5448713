"""What the entries of material files measure: SI unit, and where their values usually lie.

The ranges are wide: orders of magnitude around all that was found. The unit of a range is the one
that is shown as an example.
"""

from typing import NamedTuple

from solver.units import usual
from solver.units.usual import Usual


class Measure(NamedTuple):
    """SI unit of an entry, and its usual values."""

    unit: str
    usual: Usual


def _pure(low: float, high: float) -> Measure:
    return Measure(usual.PURE, Usual(low, high, usual.PURE))


OCCUPANCY = _pure(0, 1)
WIDTH = _pure(0, 10)  # of a bell, squared occupancies
ACTIVATION = Measure("J/mol", usual.ACTIVATION)
POTENTIAL = Measure("V", usual.VOLTAGE)
ANODE_POTENTIAL = Measure("V", Usual(0, 3.5, "V"))
ENTROPIC = Measure("V/K", Usual(-10, 10, "mV/K"))

# oxides
CONCENTRATION = Measure("mol/m^3", Usual(2, 200, "kmol/m^3"))
LATTICE = Measure("m", Usual(1, 20, "angstrom"))
DENSITY = Measure("kg/m^3", usual.DENSITY)
AGEING_RATE = Measure("1/s", usual.AGEING_RATE)
EXPONENT = _pure(0, 10)
CHARGE = Measure("C/kg", Usual(0, 1000, "mAh/g"))
MOLAR_MASS = Measure("kg/mol", Usual(20, 1000, "g/mol"))
STRAIN = Measure(usual.PURE, usual.STRAIN)
TEMPERATURE = Measure("K", Usual(100, 2000, "K"))
EXPANSION = Measure("1/K", Usual(-1e-4, 1e-4, "1/K"))
DIFFUSIVITY = Measure("m^2/s", Usual(1e-20, 1e-9, "m^2/s"))
DIFFUSIVITY_RATIO = _pure(1e-8, 1e4)
EXCHANGE_CURRENT = Measure("A/m^2", Usual(1e-4, 1e3, "A/m^2"))
ELASTIC = Measure("Pa", usual.ELASTIC)
ELASTIC_COUPLING = Measure("Pa", Usual(-500, 1000, "GPa"))  # C12 to C15
CONDUCTANCE = Measure("S/m^2", usual.CONDUCTANCE)
AREA_RESISTANCE = Measure("ohm*m^2", Usual(0, 1e4, "ohm*cm^2"))
AREA_RATE = Measure("kg/m^2/s", usual.AREA_RATE)
HEAT_PER_AREA = Measure("J/m^2", usual.HEAT_PER_AREA)
HEAT_PER_MASS = Measure("J/kg", usual.HEAT_PER_MASS)
TRAPPED = Measure("mol/m^3", Usual(0, 100, "kmol/m^3"))
ATTEMPT = Measure("1/s", Usual(1e11, 1e14, "1/s"))
BARRIER = Measure("J", Usual(0, 10, "eV"))
RATIO = _pure(1e-3, 1e6)
ENTHALPY = Measure("J/mol", Usual(0, 1000, "kJ/mol"))

# boundaries
STRENGTH = Measure("Pa", usual.STRENGTH)
TOUGHNESS = Measure("J/m^2", usual.TOUGHNESS)
PENALTY = Measure("Pa/m", usual.PENALTY)
SHEAR_RATIO = _pure(0.01, 100)
SCATTER = _pure(0, 2)
SHARE = _pure(0, 1)
CYCLIC_LENGTH = _pure(0, 1e4)  # times toughness / (e strength)
CORROSION_RATE = Measure("1/s", usual.CORROSION_RATE)
POTENTIAL_SCALE = Measure("V", usual.POTENTIAL_SCALE)

# fillers, electrolytes, films
THICKNESS = Measure("m", Usual(0.01, 2000, "nm"))
CONDUCTIVITY = Measure("S/m", Usual(1e-13, 1e3, "mS/cm"))
CONDUCTIVITY_FACTOR = _pure(1e-6, 1e9)
DOUBLE_LAYER = Measure("F/m^2", Usual(0.1, 1e4, "uF/cm^2"))
CHARGE_TRANSFER = _pure(1e-6, 1e3)
PARABOLIC_RATE = Measure("m^2/s", usual.SQUARED_GROWTH)
LIMITED_RATE = Measure("m/s", Usual(1e-18, 1e-8, "m/s"))
RECESSION = Measure("m/s", usual.RECESSION)
TRANSFER_COEFFICIENT = _pure(0.01, 2)
PERMITTIVITY = _pure(1, 1e5)
ELECTRONS = _pure(0.01, 20)

"""Constants of nature, and the internal units of the numerical core.

A user reads and writes SI. Inside, quantities are in um, s, MPa, V, pA, K and fmol, which keeps
everything near 1. The units hang together: 1 MPa um^3 = 1 V pA s = 1 pJ, and a kilogram stays a
kilogram. Multiply an SI number by its unit to come in, divide to go out::

    radius = 5e-6 * METRE                            # 5.0 um
    stiffness = 150e9 * PASCAL                       # 150 000 MPa
    conductance = 1e3 * AMPERE / VOLT / METRE**2     # S/m^2 -> pA/(V um^2)
"""

METRE = 1e6
SECOND = 1.0
KILOGRAM = 1.0
VOLT = 1.0
AMPERE = 1e12
KELVIN = 1.0
MOLE = 1e15
JOULE = VOLT * AMPERE * SECOND
PASCAL = JOULE / METRE**3
COULOMB = AMPERE * SECOND
SIEMENS = AMPERE / VOLT
OHM = VOLT / AMPERE

FARADAY = 96485.33212  # C/mol (exact in the 2019 SI)
VACUUM_PERMITTIVITY = 8.8541878188e-12  # F/m (CODATA 2022)
BOLTZMANN = 1.380649e-23  # J/K (exact in the 2019 SI)
GAS_CONSTANT = 8.31446261815324  # J/(mol K) (exact in the 2019 SI)

CRACKED = 0.99  # damage from which a boundary counts as cracked
CRACKED_GRAIN = 0.9  # phase field from which the inside of a grain counts as cracked

FARADAY_INTERNAL = FARADAY * COULOMB / MOLE  # 96.485 pC/fmol
GAS_CONSTANT_INTERNAL = GAS_CONSTANT * JOULE / (MOLE * KELVIN)  # 8.314e-3 pJ/(fmol K)

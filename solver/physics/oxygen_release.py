"""Oxygen that leaves hot oxide through its surface, in numpy at points: how deep rock salt reaches.

Metals cross the layers of the oxide one layer after another, by a barrier E(g) that gliding lowers,
and oxygen leaves the oxide that they have left. Through the rock salt behind it moves by vacancies.
Where a layer of thickness s is slow in both (Deal and Grove, J. Appl. Phys. 36, 1965)::

    dt/ds = 1/v + 2 s / [k (1 - s^2 / L^2)]

with the speed of the interface and the parabolic rate of the vacancies::

    v = (c/3) nu exp(-E(g) / k_B T)
    k = 2 D (sin^2 + r cos^2),     D = a^2 nu / 4 exp(-E_V / k_B T)

by the angle between the side's normal and the c axis. Across the layers growth stops at a depth
L_c: 1/L^2 = cos^2 / L_c^2. All of it is net of what goes back: at a pressure p of oxygen outside,
where p_e is that of the equilibrium, v holds a factor 1 - sqrt(p / p_e), and nothing leaves above.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import BOLTZMANN, GAS_CONSTANT

Floats = npt.NDArray[np.floating]
AIR = 0.21e5  # Pa of oxygen
ITERATIONS = 30  # Newton's, for the depth after a step
CLOSE = 1e-13  # change of a depth over itself at which it is known
NOTHING = 1e-100  # um/s and um^2/s below which something stands still
SHORT = 1e-8  # s^2 / L^2 below which arrest is not felt


class Release(NamedTuple):
    """How rock salt grows on some places, in internal units; arrays (places,).

    speed: v of the interface, um/s. rate: k of the vacancies, um^2/s. arrest: 1/L^2, 1/um^2.
    """

    speed: Floats
    rate: Floats
    arrest: Floats

    def depth(self, depth_old: Floats, dt: float) -> Floats:
        """Depth of rock salt after dt (s), um; it never falls.

        With z^2 = -L^2 ln(1 - s^2/L^2) time is s/v + z^2/k: convex where nothing stops growth, and
        solved for z by Newton's method from the depth that would be reached without arrest.
        """
        grows = (self.speed > NOTHING) & (self.rate > NOTHING) & (depth_old**2 * self.arrest < 1.0)
        old = np.where(grows, depth_old, 0.0)
        slow, rate = (np.where(grows, each, 1.0) for each in (self.speed, self.rate))
        slow = 1.0 / slow
        start = _stretched(old, self.arrest)
        time = slow * old + start**2 / rate + dt
        half = 0.5 * slow * rate
        z = time * rate / (half + np.sqrt(half**2 + time * rate))
        for _ in range(ITERATIONS):
            depth, slope = _shrunk(z, self.arrest)
            change = (time - slow * depth - z**2 / rate) / (slow * slope + 2.0 * z / rate)
            z = np.maximum(z + change, start)
            if np.all(np.abs(change) <= CLOSE * z):
                break
        return np.where(grows, np.maximum(_shrunk(z, self.arrest)[0], depth_old), depth_old)


def _stretched(depth: Floats, arrest: Floats) -> Floats:
    """z at a depth, z^2 = -L^2 ln(1 - s^2/L^2)."""
    x = depth**2 * arrest
    small = x < SHORT
    full = -np.log1p(-np.where(small, 0.5, x)) / np.where(small, 1.0, x)
    return np.asarray(depth * np.sqrt(np.where(small, 1.0 + x / 2, full)))


def _shrunk(z: Floats, arrest: Floats) -> tuple[Floats, Floats]:
    """Depth at z, s^2 = L^2 (1 - exp(-z^2/L^2)), and its slope ds/dz."""
    x = z**2 * arrest
    small = x < SHORT
    share = np.where(small, 1.0 - x / 2, -np.expm1(-x) / np.where(small, 1.0, x))
    root = np.sqrt(share)
    return z * root, np.exp(-x) / root


class Kinetics(NamedTuple):
    """How fast metals and oxygen move in an oxide, in SI.

    layer: c/3, m. lattice: a, m. attempts: nu, 1/s. vacancy: barrier E_V, J.
    """

    layer: float
    lattice: float
    attempts: float
    vacancy: float

    def speed(self, barrier: Floats, temperature: float) -> Floats:
        """Speed v of the interface at barriers E (J), K, where nothing goes back, m/s."""
        hops = self.attempts * np.exp(-np.asarray(barrier) / (BOLTZMANN * temperature))
        return np.asarray(self.layer * hops)

    def diffusivity(self, temperature: float) -> float:
        """Diffusivity D of oxygen vacancies within the layers, K, m^2/s."""
        hops = self.attempts * np.exp(-self.vacancy / (BOLTZMANN * temperature))
        return float(self.lattice**2 * hops / 4)


class OxygenEquilibrium(NamedTuple):
    """Where oxide and oxygen are in equilibrium.

    in_air: temperature in air, K. enthalpy: of the release of a mole of O2, J/mol.
    """

    in_air: float
    enthalpy: float

    def pressure(self, temperature: float) -> float:
        """Pressure of oxygen, Pa, at a temperature in K (van 't Hoff)."""
        inverse = 1.0 / temperature - 1.0 / self.in_air
        return float(AIR * np.exp(-self.enthalpy / GAS_CONSTANT * inverse))

    def net(self, pressure: float, temperature: float) -> float:
        """Share 1 - sqrt(p / p_e) of what leaves that does not come back, 0 to 1; Pa, K."""
        return max(0.0, 1.0 - float(np.sqrt(pressure / self.pressure(temperature))))

"""Growth of a film on oxide in contact with the electrolyte, in numpy at points.

Two steps in series, so that the slower one rules (mixed control): 1 / (ds/dt) = 1/v + 1/w.

v: what passes the film. Parabolic: diffusion, v = k_p / 2s. Self-limiting: electrons that tunnel or
leak, v = k exp(-s/s_0). w: the oxidation of the electrolyte (Tafel), exponential in the potential
E of the oxide against the liquid, w = w_ref exp(alpha F (E - E_ref) / R_g T). It needs no cap: far
above E_ref what passes the film rules alone. Both are integrated exactly over a time step at a
constant potential. The film's resistance is rho s.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
NEWTON = 12  # iterations: it is quadratic and comes from one side


class Oxidation(NamedTuple):
    """How fast films would grow if they were no obstacle; arrays (points,).

    rate: w_ref, um/s. reference: E_ref, V. scale: R_g T / (alpha F), V.
    """

    rate: Floats
    reference: Floats
    scale: Floats

    def slowness(self, potential: Floats) -> Floats:
        """Time that a length of film takes at a potential against the liquid (V), 1/w, s/um."""
        return np.asarray(np.exp((self.reference - potential) / self.scale) / self.rate)


def parabolic(
    thickness: Floats, rate: Floats | float, slowness: Floats | float, dt: float
) -> Floats:
    """Thickness after dt of k_p/(2 s) in series with 1/slowness. um, um^2/s, s/um, s.

    The growth g is the root of g^2/k_p + (1/w + 2 s/k_p) g = dt.
    """
    linear = slowness + 2.0 * thickness / rate
    return thickness + 2.0 * dt / (linear + np.sqrt(linear**2 + 4.0 * dt / rate))


def self_limiting(
    thickness: Floats,
    speed: Floats | float,
    limit: Floats | float,
    slowness: Floats | float,
    dt: float,
) -> Floats:
    """Thickness after dt of k exp(-s/s_0) in series with 1/slowness. um, um/s, um, s/um, s.

    The growth y, in units of s_0, is the root of exp(y) - 1 + v y/w = v dt/s_0 with v at the start:
    convex, so that Newton's method comes down to it from that of v alone.
    """
    start = speed * np.exp(-thickness / limit)
    wanted, share = start * dt / limit, start * slowness
    growth = np.log1p(wanted)
    for _ in range(NEWTON):
        excess = np.expm1(growth) + share * growth - wanted
        growth = growth - excess / (np.exp(growth) + share)
    return thickness + limit * growth


def oxidation_current(growth: Floats, charge_per_volume: Floats | float) -> Floats:
    """Current density that a growing film draws from the oxide, pA/um^2.

    growth: um/s. charge_per_volume: electrons given up per volume of film, pC/um^3. Charge that
    removes no lithium from the oxide: coulombic inefficiency, not capacity.
    """
    return charge_per_volume * growth

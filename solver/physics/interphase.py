"""Films that grow on oxide in contact with the electrolyte, in numpy at points.

Parabolic: growth by what diffuses through the film, ds/dt = k_p / 2s. Self-limiting: growth by
electrons that tunnel or leak through it, ds/dt = k exp(-s/s_0). Both are integrated exactly over
a time step. The film's resistance is rho s.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


def parabolic(thickness: Floats, rate: Floats | float, dt: float) -> Floats:
    """Thickness after dt of ds/dt = k_p/(2 s): s^2 grows by k_p dt. um, um^2/s, s."""
    return np.sqrt(thickness**2 + rate * dt)


def self_limiting(
    thickness: Floats, speed: Floats | float, limit: Floats | float, dt: float
) -> Floats:
    """Thickness after dt of ds/dt = k exp(-s/s_0). um, um/s, s."""
    return thickness + limit * np.log1p(speed * dt / limit * np.exp(-thickness / limit))


def oxidation_current(growth: Floats, charge_per_volume: Floats | float) -> Floats:
    """Current density that a growing film draws from the oxide, pA/um^2.

    growth: um/s. charge_per_volume: electrons given up per volume of film, pC/um^3. Charge that
    removes no lithium from the oxide: coulombic inefficiency, not capacity.
    """
    return charge_per_volume * growth

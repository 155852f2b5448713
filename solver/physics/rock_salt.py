"""Growth of rock salt on layered oxide that touches liquid, in numpy at points.

Oxygen and lithium pass the layer, of thickness s, and some thickness stops it::

    d(s^2)/dt = k (1 - s^2 / L^2),     s^2 = L^2 - (L^2 - s_0^2) exp(-k t / L^2)

parabolic where nothing stops it, 1/L = 0. Both depend on the angle between the side's normal and
the c axis, k as a tensor does (within the layers k_a, across them k_c), 1/L as the radius of an
ellipsoid that nothing bounds within the layers::

    k = v(x) (k_a sin^2 + k_c cos^2),     1/L^2 = cos^2 / L_c^2

v(x) is 1 up to an occupancy x_1 and falls by e for every w above it. Where the layers glide over
each other by the ratio g, ions cross them by a barrier E(g) in place of E(0) (Sun et al.). That
hastens what waits for it and nothing else: of the time that growth takes without gliding, one part
in M has other causes, so that growth is at most M times as fast::

    1 / factor = 1 / M + (1 - 1 / M) exp([E(g) - E(0)] / k_B T)
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import BOLTZMANN

Floats = npt.NDArray[np.floating]
SHORT = 1e-6  # k t / L^2 below which nothing stops the layer in a step


class Growth(NamedTuple):
    """How rock salt grows on some places, in internal units; arrays (places,).

    rate: k at v = 1, um^2/s; zero where it does not grow. arrest: 1/L^2, 1/um^2. full: occupancy up
    to which it is that fast, scale: by which it must rise above that for e times less.
    """

    rate: Floats
    arrest: Floats
    full: Floats
    scale: Floats

    def speed(self, occupancy: Floats) -> Floats:
        """Share v of the full rate at an occupancy."""
        return np.asarray(np.exp(-np.maximum(occupancy - self.full, 0.0) / self.scale))

    def grown(self, thickness: Floats, speed: Floats, dt: float) -> Floats:
        """Thickness after dt (s) at a share of the full rate, um; it never falls."""
        swept = self.rate * speed * dt
        stopped = np.maximum(swept * self.arrest, SHORT)
        left = np.where(swept * self.arrest > SHORT, -np.expm1(-stopped) / stopped, 1.0)
        squared = thickness**2 + swept * left * np.maximum(1.0 - thickness**2 * self.arrest, 0.0)
        return np.sqrt(squared)


def along_c(normal: Floats, c_axis: Floats) -> Floats:
    """Squared cosine of the angle between normals and c axes, (places, d) and (places, 3).

    Normals in a plane have no third component.
    """
    d = min(normal.shape[1], 3)
    return np.asarray(np.einsum("ij,ij->i", normal[:, :d], c_axis[:, :d]) ** 2)


def hastening(lower: Floats, temperature: float, largest: float) -> Floats:
    """How much faster layers grow where a barrier is E(g) - E(0) = lower (J), K; largest: M."""
    left = np.exp(lower / (BOLTZMANN * temperature))
    return np.asarray(1.0 / (1.0 / largest + (1.0 - 1.0 / largest) * left))

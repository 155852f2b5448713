"""Rock salt that grows in layered oxide as a field with a front of its own width, in numpy.

Allen and Cahn's field phi (0 layered, 1 rock salt), and oxygen c (share of what the layered lattice
has; rock salt keeps the share w). Energy per volume::

    W phi^2 (1 - phi)^2 + kappa/2 |grad phi|^2 + A/2 m^2 + elastic energy
    m = c - c_0(phi),     c_0 = 1 - (1 - w) p(phi),     p = phi^2 (3 - 2 phi)

A m is the potential of oxygen, zero where both coexist without stress. Rock salt strains its node
by p(phi) times a misfit. With d = sqrt(kappa / 2 W) a front at rest is phi = 1 / (1 + exp(x / d)):
from 0.1 to 0.9 it is 2 ln 9 d wide, and its energy per area is W d / 3. Both phases are equally
stiff. Driven by a potential G/(1 - w) below zero that is even, it goes at 6 L G d, as long as
G < W / 3, where layered oxide still has an energy minimum
(Allen and Cahn, Acta Metall. 27, 1979; Wheeler et al., Phys. Rev. A 45, 1992)::

    d phi / dt = -L dF/dphi,     dc / dt = div(D (I - kk + r kk) grad m),     k: c axis

Energies in MPa, lengths in um, in equations per volume unless said otherwise.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from solver.units.constants import BOLTZMANN

Floats = npt.NDArray[np.floating]
TENTHS = 2.0 * np.log(9.0)  # from 0.1 to 0.9 of a front, over d
SLOWEST = 1e-25  # um/s: a layer distance in the age of the Earth


class FrontEnergy(NamedTuple):
    """Constants of the energy: W and A (MPa), kappa (MPa um^2), w, and m of the outside."""

    height: float
    gradient: float
    stiffness: float
    kept: float
    outside: float

    @classmethod
    def of_front(
        cls, width: float, interface_energy: float, kept: float, potential: float, outside: float
    ) -> "FrontEnergy":
        """Return that of a front so wide (0.1 to 0.9, um), of an energy per area (MPa um).

        potential: of the oxygen outside, A m (MPa), at which layered oxide would have this m.
        """
        thickness = width / TENTHS
        height = 3.0 * interface_energy / thickness
        return cls(height, 2.0 * height * thickness**2, potential / outside, kept, outside)

    @property
    def thickness(self) -> float:
        """Return d, um."""
        return float(np.sqrt(self.gradient / (2.0 * self.height)))

    @property
    def drive(self) -> float:
        """Return G of oxygen as it is outside, MPa."""
        return -(1.0 - self.kept) * self.stiffness * self.outside

    def lacking(self, phi: Floats) -> Floats:
        """Return 1 - c_0(phi)."""
        return np.asarray((1.0 - self.kept) * share(phi))


def share(phi: Floats) -> Floats:
    """Return p(phi), the share that is rock salt; flat at 0 and at 1."""
    return np.asarray(phi**2 * (3.0 - 2.0 * phi))


def share_slope(phi: Floats) -> Floats:
    """Return p'."""
    return np.asarray(6.0 * phi * (1.0 - phi))


def share_curvature(phi: Floats) -> Floats:
    """Return p''."""
    return np.asarray(6.0 - 12.0 * phi)


def well(phi: Floats) -> Floats:
    """Return phi^2 (1 - phi)^2."""
    return np.asarray(phi**2 * (1.0 - phi) ** 2)


def well_slope(phi: Floats) -> Floats:
    """Return its derivative."""
    return np.asarray(2.0 * phi * (1.0 - phi) * (1.0 - 2.0 * phi))


def well_curvature(phi: Floats) -> Floats:
    """Return its second derivative."""
    return np.asarray(2.0 - 12.0 * phi + 12.0 * phi**2)


def hops(barrier: Floats, attempt: float, temperature: float) -> Floats:
    """Return nu exp(-E / k T) of barriers in J at a temperature in K, 1/s."""
    return np.asarray(attempt * np.exp(-barrier / (BOLTZMANN * temperature)))


def mobility(speed: Floats, energy: FrontEnergy) -> Floats:
    """Return L of a front that goes so fast (um/s) at the full drive: v / (6 G d), 1/(MPa s)."""
    return np.asarray(np.maximum(speed, SLOWEST) / (6.0 * energy.drive * energy.thickness))


def vacancy_diffusivity(hop: float, layer: float) -> float:
    """Return a^2 nu exp(-E / k T) / 4, from the hops per second and their length a, um^2/s."""
    return 0.25 * layer**2 * hop

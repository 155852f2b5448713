"""Stress in the equilibrium potential, in numpy at nodes.

U_eq = U(x) + s : e' / (F c), with e = a(x)(I - c c) + c(x) cc. Tension along a direction in which
the lattice grows on lithiation draws lithium in and raises the potential.
(Larche and Cahn, Acta Metall. 21, 1973; the stiffness does not depend on x here.)

c are the sites of the fresh oxide, also where some have gone: what took their place goes along with
the oxide, and lithium swells the share of the node in which it has sites.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.entries.laws import Law
from solver.physics.mechanics import Stiffness, along, trace

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class LatticeSwelling:
    """How lithium swells the nodes.

    c_axis: (nodes, 3). strain_a, strain_c: e within and across the layers. elastic: C of each node,
    MPa. charge_density: F c, pC/um^3.
    """

    c_axis: Floats
    strain_a: Law
    strain_c: Law
    elastic: Stiffness
    charge_density: Floats

    def potential(self, x: Floats, stress: Floats) -> Floats:
        """s : e' / (F c) in V. stress: (nodes, 6), MPa."""
        return self._power(self.strain_a.slope(x), self.strain_c.slope(x), stress)

    def slope(self, x: Floats) -> Floats:
        """Derivative by x at fixed strain and e', -e' : C : e' / (F c), in V; never positive."""
        softened = self.elastic.quadratic(self.strain_a.slope(x), self.strain_c.slope(x))
        return -softened / self.charge_density

    def turning(self, x: Floats, stress: Floats) -> Floats:
        """Derivative by x through e' alone, s : e'' / (F c), in V."""
        return self._power(self.strain_a.curvature(x), self.strain_c.curvature(x), stress)

    def _power(self, a: Floats, c: Floats, stress: Floats) -> Floats:
        """Stress on rates of e within and across the layers, per charge."""
        along_c = along(stress, self.c_axis)
        return (a * (trace(stress) - along_c) + c * along_c) / self.charge_density

"""Stress in the equilibrium potential, in numpy at nodes.

U_eq = U(x) + w s : e' / (F c), with e = a(x)(I - c c) + c(x) cc and w the share of the node that
lithium swells. Tension along a direction in which the lattice grows on lithiation draws lithium in
and raises the potential.
(Larche and Cahn, Acta Metall. 21, 1973; the stiffness does not depend on x here.)
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
    MPa. inert: share 1 - w that goes along with the rest, and no lithium swells.
    """

    c_axis: Floats
    strain_a: Law
    strain_c: Law
    elastic: Stiffness
    inert: Floats | float = 0.0

    def potential(self, x: Floats, stress: Floats, charge_density: Floats) -> Floats:
        """w s : e' / (F c) in V.

        stress: (nodes, 6), MPa. charge_density: F times the sites, pC/um^3.
        """
        rates = self.strain_a.slope(x), self.strain_c.slope(x)
        return self._power(*rates, stress) / charge_density

    def slope(self, x: Floats, charge_density: Floats) -> Floats:
        """Derivative by x at fixed strain and e', -w e' : C : e' / (F c), in V; never positive."""
        softened = self.elastic.quadratic(self.strain_a.slope(x), self.strain_c.slope(x))
        return -(1.0 - self.inert) * softened / charge_density

    def turning(self, x: Floats, stress: Floats, charge_density: Floats) -> Floats:
        """Derivative by x through e' alone, w s : e'' / (F c), in V."""
        rates = self.strain_a.curvature(x), self.strain_c.curvature(x)
        return self._power(*rates, stress) / charge_density

    def _power(self, a: Floats, c: Floats, stress: Floats) -> Floats:
        """w times the stress on rates of e within and across the layers."""
        along_c = along(stress, self.c_axis)
        return (1.0 - self.inert) * (a * (trace(stress) - along_c) + c * along_c)

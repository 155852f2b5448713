"""Stress in the equilibrium potential, in numpy at nodes.

U_eq = U(x) + w s_ox : e' / (F c), with e = a(x)(I - c c) + c(x) cc, w the share of the node that
lithium swells and s_ox the stress there. Tension along a direction in which the lattice grows on
lithiation draws lithium in and raises the potential.
(Larche and Cahn, Acta Metall. 21, 1973; the stiffness does not depend on x here.)

Both parts of a node have its strain (Voigt): s_ox = C : (strain - e) is the stress of the node,
C : (strain - w e - m), and C : h, with h = m - (1 - w) e. So what grows on an oxide and does not
fit bears the stress itself. The energy of both less that by the stress of the node is
w h : C : h / 2(1 - w).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from solver.entries.laws import Law
from solver.physics.mechanics import Stiffness, along, trace

Floats = npt.NDArray[np.floating]
Pair = tuple[Floats, Floats]


@dataclass(frozen=True)
class LatticeSwelling:
    """How lithium swells the nodes.

    c_axis: (nodes, 3). strain_a, strain_c: e within and across the layers. elastic: C of each node,
    MPa. inert: share 1 - w that lithium does not swell. brought: strain m (a, c) of that part.
    """

    c_axis: Floats
    strain_a: Law
    strain_c: Law
    elastic: Stiffness
    inert: Floats | float = 0.0
    brought: Pair | tuple[float, float] = (0.0, 0.0)

    def potential(self, x: Floats, stress: Floats, charge_density: Floats) -> Floats:
        """w s_ox : e' / (F c) in V.

        stress: of the nodes, (nodes, 6), MPa. charge_density: F times the sites, pC/um^3.
        """
        return self._power(self._rates(x), stress, self._held(x)) / charge_density

    def potential_of_node(self, x: Floats, stress: Floats, charge_density: Floats) -> Floats:
        """The same by the stress of the node in place of s_ox: what the mechanics get."""
        return self._power(self._rates(x), stress) / charge_density

    def slope(self, x: Floats, charge_density: Floats) -> Floats:
        """Derivative by x at fixed strain and e', -w e' : C : e' / (F c), in V; never positive."""
        softened = self.elastic.quadratic(*self._rates(x))
        return -(1.0 - self.inert) * softened / charge_density

    def turning(self, x: Floats, stress: Floats, charge_density: Floats) -> Floats:
        """Derivative by x through e' alone, w s_ox : e'' / (F c), in V."""
        curvatures = self.strain_a.curvature(x), self.strain_c.curvature(x)
        return self._power(curvatures, stress, self._held(x)) / charge_density

    def between(self, x: Floats) -> Floats:
        """Energy per volume that both parts have beyond that by the stress of the node, pJ/um^3."""
        inert = np.broadcast_to(self.inert, x.shape)
        share = np.divide(1.0 - inert, inert, out=np.zeros_like(x), where=inert > 0)
        return 0.5 * share * self.elastic.quadratic(*self._held(x))

    def _rates(self, x: Floats) -> Pair:
        """e' (a, c)."""
        return self.strain_a.slope(x), self.strain_c.slope(x)

    def _held(self, x: Floats) -> Pair:
        """h (a, c)."""
        (a, c), inert = self.brought, self.inert
        return a - inert * self.strain_a.value(x), c - inert * self.strain_c.value(x)

    def _power(self, rates: Pair, stress: Floats, held: Pair | None = None) -> Floats:
        """w times the stress of the nodes, and C : h where it is given, on rates of e."""
        within, across = self.elastic.stress(*held) if held else (0.0, 0.0)
        along_c = along(stress, self.c_axis)
        a, c = rates
        work = a * (trace(stress) - along_c + 2 * within) + c * (along_c + across)
        return (1.0 - self.inert) * work

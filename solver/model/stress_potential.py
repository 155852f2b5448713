"""Stress in the equilibrium potential, in numpy at nodes.

U_eq = U(x) + w s : e_ch'(x) / (F c), with e_ch = a(x)(I - c c) + c(x) cc and w the share of the
node that lithium swells. Tension along a direction in which the lattice grows on lithiation draws
lithium in and raises the potential.
(Larche and Cahn, Acta Metall. 21, 1973; the stiffness does not depend on x here.)
"""

import numpy as np
import numpy.typing as npt

from solver.entries.laws import Law
from solver.physics.mechanics import Stiffness, along, trace

Floats = npt.NDArray[np.floating]


def stress_potential(
    x: Floats,
    stress: Floats,
    c_axis: Floats,
    strain_a: Law,
    strain_c: Law,
    charge_density: Floats,
    swelling: Floats | float = 1.0,
) -> Floats:
    """w s : e_ch' / (F c) in V.

    stress: (nodes, 6), MPa. c_axis: (nodes, 3). charge_density: F times the sites, pC/um^3.
    swelling: share w of each node that lithium swells.
    """
    along_c = along(stress, c_axis)
    across = trace(stress) - along_c
    return (strain_a.slope(x) * across + strain_c.slope(x) * along_c) * swelling / charge_density


def stress_potential_slope(
    x: Floats,
    elastic: Stiffness,
    strain_a: Law,
    strain_c: Law,
    charge_density: Floats,
    swelling: Floats | float = 1.0,
) -> Floats:
    """Its derivative by x at fixed strain, -w^2 e_ch' : C : e_ch' / (F c), in V; never positive."""
    softened = elastic.quadratic(strain_a.slope(x), strain_c.slope(x))
    return -(swelling**2) * softened / charge_density

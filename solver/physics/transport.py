"""Lithium in the grains and across the contacts between them: weak terms, one per function.

x occupancy, w its test function. The stress part s of the equilibrium potential
U_eq = U(x) + s is a nodal field; n+ points out of side '+', the grain of lower number.
"""

import ufl
from ufl.core.expr import Expr

from solver.constants import FARADAY_INTERNAL


def storage(x: Expr, x_old: Expr, w: Expr, c_max: Expr, dt: Expr, dx: ufl.Measure) -> ufl.Form:
    """c_max (x - x_old) / dt w: implicit Euler, lumped by vertex quadrature."""
    return c_max * (x - x_old) / dt * w * dx


def diffusivity_tensor(ratio: Expr, c_axis: Expr, dimension: int) -> Expr:
    """(I - c c) + ratio c c in units of the in-plane diffusivity, its in-plane block in 2D."""
    c = ufl.as_vector([c_axis[i] for i in range(dimension)])
    return ufl.Identity(dimension) + (ratio - 1) * ufl.outer(c, c)


def driving_force(x: Expr | None, s: Expr, inverse_slope: Expr) -> Expr:
    """-grad(U_eq) / (-U') = grad x + grad s / U'; without x only the part that stress drives."""
    by_stress = inverse_slope * ufl.grad(s)
    return by_stress if x is None else ufl.grad(x) + by_stress


def diffusion(
    driving: Expr, diffusivity: Expr, tensor: Expr, w: Expr, c_max: Expr, dx: ufl.Measure
) -> ufl.Form:
    """-N.grad w with N = c_max D.grad(U_eq)/(-U') = -c_max D.(driving force).

    In a filler x stands for the ionic potential, and c_max D for conductivity / F.
    """
    return c_max * diffusivity * ufl.inner(ufl.dot(tensor, driving), ufl.grad(w)) * dx


def contact_current(conductance: Expr, lithium_potential: Expr) -> Expr:
    """j = L (1 - d)[(V_g - U_eq)+ - (V_g - U_eq)-]: Li+ from '+' to '-' across a contact.

    conductance: L (1 - d). lithium_potential: V_g - U_eq, in a filler its ionic potential.
    """
    return conductance * ufl.jump(lithium_potential)


def across_contacts(j: Expr, w: Expr, dS: ufl.Measure) -> ufl.Form:
    """What a contact current takes from '+' and gives to '-': (j/F)(w+ - w-)."""
    return j / FARADAY_INTERNAL * ufl.jump(w) * dS


def reaction(i: Expr, w: Expr, ds: ufl.Measure) -> ufl.Form:
    """Li that leaves through the outside: (i/F) w, i > 0 on charge."""
    return i / FARADAY_INTERNAL * w * ds

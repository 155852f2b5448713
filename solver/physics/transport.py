"""Lithium in the grains and across the contacts between them: weak terms, one per function.

x occupancy, w its test function. The stress part s of the equilibrium potential
U_eq = U(x) + s is a nodal field; n+ points out of side '+', the grain of lower number.
"""

import ufl
from ufl.core.expr import Expr

from solver.units.constants import FARADAY_INTERNAL
from solver.units.fields import StateField

FIELDS = {
    "occupancy": StateField("node", "1", "lithium per site", lower=0.0, upper=1.0),
    "sites": StateField("node", "fmol/um^3", "for lithium; none in fillers", lower=0.0, slow=True),
    "trapped": StateField(
        "node", "fmol/um^3", "lithium that holds still where sites have gone", lower=0.0, slow=True
    ),
    "leached": StateField(
        "node", "fmol/um^3", "lithium that has left together with its sites", lower=0.0, slow=True
    ),
    "stress_potential": StateField("node", "V", "share of stress in the equilibrium potential"),
}


def taken_up(
    sites: Expr, x: Expr, aside: Expr, sites_old: Expr, x_old: Expr, aside_old: Expr
) -> Expr:
    """sites x + aside - (sites_old x_old + aside_old) per volume, by the changes.

    These are small beside it. Where sites vanish, the lithium that they held goes to those that
    are left, but for what is put aside: trapped, or gone with its sites (`leached`).
    """
    return sites * (x - x_old) + (sites - sites_old) * x_old + aside - aside_old


def storage(taken_up: Expr, w: Expr, dt: Expr, dx: ufl.Measure) -> ufl.Form:
    """Lithium taken up / dt w: implicit Euler, lumped by vertex quadrature."""
    return taken_up / dt * w * dx


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


def across_contacts(plus: Expr, minus: Expr, w: Expr, dS: ufl.Measure) -> ufl.Form:
    """(j/F)(w+ - w-): what a contact current j takes from '+' and gives to '-'.

    plus, minus: j as the two sides see it; they differ only where j oscillates, since charge
    stored in a double layer is no lithium.
    """
    return (plus * w("+") - minus * w("-")) / FARADAY_INTERNAL * dS


def reaction(i: Expr, w: Expr, ds: ufl.Measure) -> ufl.Form:
    """Li that leaves through the outside: (i/F) w, i > 0 on charge."""
    return i / FARADAY_INTERNAL * w * ds


def reaction_inside(plus: Expr, minus: Expr, w: Expr, dS: ufl.Measure) -> ufl.Form:
    """Li that leaves into a boundary on both of its sides: (i+ w+ + i- w-)/F."""
    return (plus * w("+") + minus * w("-")) / FARADAY_INTERNAL * dS

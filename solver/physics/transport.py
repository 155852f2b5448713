"""Lithium in the grains and across the contacts between them: weak terms, one per function.

x occupancy, w its test function. The stress part s of the equilibrium potential
U_eq = U(x) + s is a nodal field; n+ points out of side '+', the grain of lower number.
"""

from typing import NamedTuple

import ufl
from ufl.core.expr import Expr

from solver.units.constants import FARADAY_INTERNAL
from solver.units.fields import StateField

SAME_POTENTIAL = 1e-7  # V

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


class AtCorner(NamedTuple):
    """What drives lithium at one corner of a cell, or how it changes: x, U, U', s, D."""

    occupancy: Expr
    potential: Expr
    slope: Expr
    stress: Expr
    diffusivity: Expr


def driven(one: AtCorner, other: AtCorner) -> Expr:
    """-(N/(c_max D)) from one corner to another: x_1 - x_2 + (s_1 - s_2)/U', of -grad(U + s)/U'.

    With 1/U' as (x_1 - x_2)/(U_1 - U_2): then nothing flows where U + s is the same at both ends,
    however much x differs. (To this end, Scharfetter and Gummel, IEEE Trans. Electron Devices 16,
    1969, weight the flow of charges in semiconductors.) In a filler x stands for the ionic
    potential, and c_max D for conductivity / F.
    """
    by_stress = _per_volt(one, other) * (one.stress - other.stress)
    return one.occupancy - other.occupancy + by_stress


def driven_change(one: AtCorner, other: AtCorner, by_one: AtCorner, by_other: AtCorner) -> Expr:
    """Derivative of `driven`. by_one, by_other: changes at both corners."""
    by_stress = _per_volt_change(one, other, by_one, by_other) * (one.stress - other.stress)
    by_stress += _per_volt(one, other) * (by_one.stress - by_other.stress)
    return by_one.occupancy - by_other.occupancy + by_stress


def _per_volt(one: AtCorner, other: AtCorner) -> Expr:
    """1/U' between two corners; at one and the same U by the mean of U'."""
    same, fall = _fall(one, other)
    secant = (one.occupancy - other.occupancy) / fall
    return ufl.conditional(same, 2 / (one.slope + other.slope), secant)


def _per_volt_change(one: AtCorner, other: AtCorner, by_one: AtCorner, by_other: AtCorner) -> Expr:
    """Derivative of `_per_volt`."""
    (same, fall), per_volt = _fall(one, other), _per_volt(one, other)
    moved = by_one.occupancy - by_other.occupancy
    fell = by_one.potential - by_other.potential
    steepens = (by_one.slope + by_other.slope) / 2
    return ufl.conditional(same, -(per_volt**2) * steepens, (moved - per_volt * fell) / fall)


def _fall(one: AtCorner, other: AtCorner) -> tuple[Expr, Expr]:
    """Whether U_1 - U_2 is lost in rounding; that difference, or what to divide by then."""
    fall = one.potential - other.potential
    same = ufl.lt(abs(fall), SAME_POTENTIAL)
    return same, ufl.conditional(same, 1.0, fall)


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

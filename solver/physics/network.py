"""Ions along the boundaries: weak terms on the network, one per function.

phi is the ionic potential of what fills a boundary of thickness h, p its test function:
div(kappa h grad phi) + i+ + i- = 0, and phi = 0 in the electrolyte outside.
"""

import ufl
from ufl.core.expr import Expr

from solver.units.fields import StateField

FIELDS = {
    "network_potential": StateField("network", "V", "of the ions in the boundaries"),
    "wetness": StateField("point", "1", "share that is wet", lower=0.0, upper=1.0),
    "pervious": StateField(
        "point", "1", "share that lets liquid in though bonded", lower=0.0, upper=1.0
    ),
}


def along(conductance: Expr, phi: Expr, p: Expr, dx: ufl.Measure) -> ufl.Form:
    """kappa h grad phi . grad p, the gradient being that along the boundary."""
    return conductance * ufl.inner(ufl.grad(phi), ufl.grad(p)) * dx


def outlet(conductance: Expr, phi: Expr, p: Expr, dx: ufl.Measure) -> ufl.Form:
    """G phi p: current into the electrolyte outside, lumped at the nodes of the mouths."""
    return conductance * phi * p * dx


def fed_by_reaction(plus: Expr, minus: Expr, p: Expr, dS: ufl.Measure) -> ufl.Form:
    """-(i+ + i-) p: current that the grains on both sides give to the boundary."""
    return -(plus + minus) * p("+") * dS

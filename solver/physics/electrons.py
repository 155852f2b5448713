"""Electrons: every grain has one potential V_g; charge is balanced grain by grain."""

import ufl
from ufl.core.expr import Expr


def from_collector(
    conductance: Expr, collector: Expr, grain: Expr, test: Expr, ds: ufl.Measure
) -> ufl.Form:
    """Current g_c (V - V_g) that enters a grain from the collector through the outside."""
    return conductance * (collector - grain) * test * ds


def from_neighbours(
    conductance: Expr, contact: Expr, grain: Expr, test: Expr, dS: ufl.Measure
) -> ufl.Form:
    """Current g_e (1 - d)(V_g' - V_g) that enters a grain from its neighbours."""
    return -conductance * contact * ufl.jump(grain) * ufl.jump(test) * dS


def taken_by_reaction(i: Expr, test: Expr, ds: ufl.Measure) -> ufl.Form:
    """Current that leaves a grain as Li+ through the outside."""
    return -i * test * ds


def taken_by_contacts(j: Expr, test: Expr, dS: ufl.Measure) -> ufl.Form:
    """Current that leaves '+' and enters '-' as Li+ across a contact."""
    return -j * ufl.jump(test) * dS


def control(
    galvanostatic: Expr,
    inflow: Expr,
    applied: Expr,
    potentiostatic: Expr,
    collector: Expr,
    voltage: Expr,
    test: Expr,
    ds: ufl.Measure,
) -> ufl.Form:
    """Either the current density inflow - applied = 0, or the voltage V - V_set = 0."""
    current = galvanostatic * (inflow - applied)
    return (current + potentiostatic * (collector - voltage)) * test * ds

"""Electrons: every grain has one potential V_g; charge is balanced grain by grain.

All terms are linear in potentials and currents: with their changes they are the derivatives.
"""

from typing import TypeAlias

import ufl
from ufl.core.expr import Expr

from solver.units.fields import StateField

FIELDS = {
    "grain_potential": StateField("grain", "V", "of the electrons in each grain"),
    "collector_potential": StateField("one", "V", "of the electrons in the collector"),
    "counter_potential": StateField("one", "V", "of the counter electrode against lithium metal"),
    "released": StateField("one", "fmol", "lithium outside the oxide: counter electrode, films"),
}

Potential: TypeAlias = Expr | float


def from_collector(
    conductance: Expr, collector: Potential, grain: Potential, test: Expr, ds: ufl.Measure
) -> ufl.Form:
    """Current g_c (V - V_g) that enters a grain from the collector through the outside."""
    return conductance * (collector - grain) * test * ds


def from_neighbours(conductance: Expr, grain: Expr, test: Expr, dS: ufl.Measure) -> ufl.Form:
    """Current g_e (1 - d)(V_g' - V_g) that enters a grain from its neighbours.

    conductance: g_e (1 - d).
    """
    return -conductance * ufl.jump(grain) * ufl.jump(test) * dS


def taken_by_reaction(i: Expr, test: Expr, ds: ufl.Measure) -> ufl.Form:
    """Current that leaves a grain as Li+ through the outside."""
    return -i * test * ds


def taken_by_contacts(j: Expr, test: Expr, dS: ufl.Measure) -> ufl.Form:
    """Current that leaves '+' and enters '-' as Li+ across a contact."""
    return -j * ufl.jump(test) * dS


def taken_inside(plus: Expr, minus: Expr, test: Expr, dS: ufl.Measure) -> ufl.Form:
    """Current that leaves the grains on both sides of a boundary into it."""
    return -(plus * test("+") + minus * test("-")) * dS


def imposed_current(inflow: Potential, applied: Potential) -> Expr:
    """inflow - applied = 0, current densities over the outside."""
    return inflow - applied


def imposed_voltage(collector: Potential, voltage: Potential, counter: Expr) -> Expr:
    """V - V_set - U_n = 0, with U_n in part in `voltage`, in part (`counter`) by the current."""
    return collector - voltage - counter

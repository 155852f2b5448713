"""Entries of the books of energy: what each one is called, and whether it can only grow."""

from dataclasses import dataclass

from solver.units.columns import Column


@dataclass(frozen=True)
class EnergyEntry:
    """An energy that is booked. dissipated: spent for good, so that it never falls."""

    column: Column
    dissipated: bool = False

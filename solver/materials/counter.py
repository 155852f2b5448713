"""The electrode that faces the cathode: lithium metal, or one with as many sites as it has.

It is ideal: its potential follows the lithium that it holds, without kinetics and diffusion.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isinf

import numpy as np

from solver.case import Case
from solver.entries import law_reader as read
from solver.entries import laws
from solver.entries import measures as q
from solver.entries.laws import Law, occupancy_where
from solver.entries.reader import Entries, checked, opened
from solver.materials.library import GrainMaterial


@dataclass(frozen=True)
class CounterMaterial:
    """What takes up the lithium that leaves the cathode, in SI.

    potential: against lithium metal, V, falls strictly with the share of its sites that are filled.
    known_range: shares between which it is measured.
    """

    name: str
    potential: Law
    known_range: tuple[float, float]


def load_counter_material(name: str) -> CounterMaterial:
    """Return a counter electrode of the library, or of the YAML file that a path names.

    Raises MaterialError with every entry that is wrong, its file and its line.
    """
    return checked(opened("counter_", name), counter_of)


def counter_of(entries: Entries) -> CounterMaterial:
    """Read a counter electrode; what is wrong is noted with the entries."""
    return CounterMaterial(
        name=entries.text("name"),
        potential=read.potential(entries, "anode_potential", q.ANODE_POTENTIAL),
        known_range=read.measured(entries, "anode_potential"),
    )


@dataclass(frozen=True)
class Counter:
    """What faces the cathode of a cell.

    potential: against lithium metal, V, by the share of its sites that are filled. sites: for
    lithium, in the unit of the cathode's (fmol in a model); infinite of lithium metal, whose
    occupancy stays 0. lithium: that it holds at the beginning.
    """

    potential: Law
    sites: float
    lithium: float

    @property
    def endless(self) -> bool:
        """Whether no exchange of lithium changes it."""
        return isinf(self.sites)

    def potential_with(self, lithium: float) -> float:
        """Return its potential when it holds an amount of lithium, V."""
        return float(self.potential.value(np.array(lithium / self.sites)))

    def slope_with(self, lithium: float) -> float:
        """Return the derivative of that potential by the amount."""
        return float(self.potential.slope(np.array(lithium / self.sites))) / self.sites


METAL = Counter(laws.constant(0.0), inf, 0.0)


def counter_of_case(case: Case, cathode: Iterable[tuple[GrainMaterial, float]]) -> Counter:
    """Return what faces a cathode of these oxides, each with its sites for lithium.

    Its sites are N/P times the lithium that the cathode gives between the two potentials of
    `electrode.balance`.
    """
    balance = case.electrode.balanced()
    if balance is None:
        return METAL
    given = sum(
        sites
        * (
            occupancy_where(oxide.potential.value, balance.lower)
            - occupancy_where(oxide.potential.value, balance.upper)
        )
        for oxide, sites in cathode
    )
    sites = balance.ratio * given
    return Counter(
        load_counter_material(case.materials.counter).potential, sites, balance.occupancy * sites
    )

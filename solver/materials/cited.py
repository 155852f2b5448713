"""Cited measurements of an oxide beside what its laws give, on the one scale of x that they share.

X-ray diffraction gives lattice parameters at voltages or at charges passed. Each entry of `cited`
is such a pair::

    name: {quantity, value, unit, tolerance in that unit, source}

at a `voltage` (V, at 25 degC) or an `occupancy`, which U(x) turns into each other.
"""

from collections.abc import Callable
from math import isfinite, nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import brentq

from solver.entries.laws import HIGHEST, LOWEST
from solver.entries.measures import CHARGE, LATTICE, OCCUPANCY, POTENTIAL, STRAIN, Measure
from solver.entries.reader import Entries
from solver.text.messages import shown
from solver.text.problems import nearest
from solver.units.constants import FARADAY
from solver.units.measures import to_si

if TYPE_CHECKING:
    from solver.materials.library import GrainMaterial

CITED = "cited"
POINTS = 4001  # occupancies among which a largest value is looked for


class Pair(NamedTuple):
    """A cited value, what the laws of the material give for it, and how far it may lie off.

    All in `unit`.
    """

    name: str
    cited: float
    computed: float
    tolerance: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the laws lie within the tolerance."""
        return abs(self.computed - self.cited) <= self.tolerance


def lattice_c(entries: Entries) -> float:
    """Return c at x = 1 in m; NaN, and noted, where a file does not give it."""
    return entries.number("lattice_c", LATTICE)


def a_at(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Lattice parameter within the layers, m."""
    return oxide.lattice_a * (1.0 + float(oxide.strain_a.value(np.array(x))))


def c_at(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Lattice parameter across the layers, m."""
    return lattice_c(entries) * (1.0 + float(oxide.strain_c.value(np.array(x))))


def largest_c(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Lattice parameter across the layers where it is largest, from x on, m."""
    between = np.linspace(x, 1.0, POINTS)
    return lattice_c(entries) * (1.0 + float(oxide.strain_c.value(between).max()))


def volume_change(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Change of the volume of a cell since x = 1, over that volume."""
    a, c = (float(law.value(np.array(x))) for law in (oxide.strain_a, oxide.strain_c))
    return (1.0 + a) ** 2 * (1.0 + c) - 1.0


def charge_at(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Charge per mass that takes the lithium from x = 1 to x, C/kg."""
    return (1.0 - x) * FARADAY * oxide.max_concentration / oxide.density


def occupancy(entries: Entries, oxide: "GrainMaterial", x: float) -> float:
    """Occupancy itself: of interest at a voltage."""
    return x


class CitedQuantity(NamedTuple):
    """What may be cited: its measure, and what gives it at an occupancy, in SI."""

    measure: Measure
    value: Callable[[Entries, "GrainMaterial", float], float]


KINDS = {
    "lattice_a": CitedQuantity(LATTICE, a_at),
    "lattice_c": CitedQuantity(LATTICE, c_at),
    "largest_c": CitedQuantity(LATTICE, largest_c),
    "volume_change": CitedQuantity(STRAIN, volume_change),
    "charge": CitedQuantity(CHARGE, charge_at),
    "occupancy": CitedQuantity(OCCUPANCY, occupancy),
}


def cited_pairs(entries: Entries, oxide: "GrainMaterial") -> list[Pair]:
    """Return every cited pair of a file beside what its laws give; what is wrong is noted."""
    entries.know((CITED,))
    if not entries.has(CITED):
        return []
    measurements = entries.data[CITED]
    if not isinstance(measurements, dict):
        entries.note((CITED,), f"expected a mapping of measurements, got {shown(measurements)}")
        return []
    pairs = [_pair(entries, oxide, str(name)) for name in measurements]
    return [pair for pair in pairs if pair is not None]


def compare_cited(entries: Entries, oxide: "GrainMaterial") -> None:
    """Add a caution naming the cited pairs that the laws of a file miss; c itself is optional."""
    if entries.has("lattice_c"):
        lattice_c(entries)
    missed = [
        f"{pair.name} is {pair.computed:.5g} where {pair.cited:g} {pair.unit} was measured"
        for pair in cited_pairs(entries, oxide)
        if isfinite(pair.computed) and not pair.met
    ]
    if missed:
        entries.caution((CITED,), f"the laws miss what is cited: {'; '.join(missed)}")


def _pair(entries: Entries, oxide: "GrainMaterial", name: str) -> Pair | None:
    key, place = f"{CITED}.{name}", (CITED, name)
    entry = entries.entry(key)
    entries.know((*place, "quantity"), (*place, "tolerance"))
    kind = KINDS.get(str(entry.get("quantity")))
    if kind is None:
        hint = nearest(str(entry.get("quantity")), KINDS)
        entries.note((*place, "quantity"), f"says what was measured ({hint})")
        return None
    unit = entries.unit(key, kind.measure)
    cited = entries.signed(key, kind.measure)
    off = entries.si((*place, "tolerance"), entry.get("tolerance"), unit, kind.measure)
    x = _occupancy_of(entries, oxide, place)
    if unit is None or not (isfinite(cited) and isfinite(off) and isfinite(x)):
        return None
    one = to_si(1.0, unit, kind.measure.unit)
    computed = kind.value(entries, oxide, x) / one
    return Pair(name, float(entry["value"]), computed, float(entry["tolerance"]), unit)


def _occupancy_of(entries: Entries, oxide: "GrainMaterial", place: tuple[str, str]) -> float:
    """Occupancy of a pair, from its voltage where it has one; NaN, and noted, if it has neither."""
    entry = entries.entry(".".join(place))
    entries.know((*place, "occupancy"), (*place, "voltage"))
    if ("occupancy" in entry) == ("voltage" in entry):
        entries.note(place, "needs either the voltage or the occupancy that it belongs to")
        return nan
    if "occupancy" in entry:
        return entries.si((*place, "occupancy"), entry["occupancy"], "dimensionless", OCCUPANCY)
    voltage = entries.si((*place, "voltage"), entry["voltage"], "V", POTENTIAL)
    return occupancy_at(oxide, voltage) if isfinite(voltage) else nan


def occupancy_at(oxide: "GrainMaterial", voltage: float) -> float:
    """Return the occupancy at which the potential has a value in V, at 298.15 K; NaN if nowhere."""

    def excess(x: float) -> float:
        return float(oxide.potential.value(np.array(x))) - voltage

    if not (isfinite(voltage) and excess(LOWEST) > 0 > excess(HIGHEST)):
        return nan
    return float(brentq(excess, LOWEST, HIGHEST, xtol=1e-12))

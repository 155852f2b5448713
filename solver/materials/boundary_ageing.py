"""How cycles and liquid wear a grain boundary out: entries of its material file, in SI."""

from collections.abc import Callable
from typing import NamedTuple

from solver.entries import measures as q
from solver.entries.law_reader import activated_number
from solver.entries.reader import Entries


class Fatigue(NamedTuple):
    """Cyclic damage; lengths as multiples of toughness / (e strength)."""

    length: float  # opening path that damages
    threshold: float  # opening path before damage begins
    endurance: float  # share of the strength below which cycles do nothing


class Corrosion(NamedTuple):
    """Attack by liquid, at full speed from a potential against it on."""

    rate: Callable[[float], float]  # of the temperature; 1/s
    reference_potential: float  # V
    potential_scale: float  # V, for e times the speed below that
    remaining_strength: float  # share that is left in the end
    remaining_toughness: float  # share that is left in the end


def fatigue_of(entries: Entries) -> Fatigue:
    """Read the entry `fatigue`; what is wrong is noted with the entries."""
    return Fatigue(
        length=entries.number("fatigue.length", q.CYCLIC_LENGTH),
        threshold=entries.number("fatigue.threshold", q.CYCLIC_LENGTH, zero=True),
        endurance=entries.fraction("fatigue.endurance", zero=True),
    )


def corrosion_of(entries: Entries) -> Corrosion | None:
    """Read the entry `corrosion`; None without one: that boundary does not corrode."""
    if not entries.has("corrosion"):
        return None
    return Corrosion(
        rate=activated_number(entries, "corrosion.rate", q.CORROSION_RATE),
        reference_potential=entries.number("corrosion.reference_potential", q.POTENTIAL),
        potential_scale=entries.number("corrosion.potential_scale", q.POTENTIAL_SCALE),
        remaining_strength=entries.fraction("corrosion.remaining_strength"),
        remaining_toughness=entries.fraction("corrosion.remaining_toughness"),
    )

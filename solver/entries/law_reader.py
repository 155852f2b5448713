"""Reads laws of the occupancy from the entries of a material: tables, tails, bells, activation.

Where something is wrong it is noted with the entries, and a constant NaN stands for the law.
"""

from collections.abc import Callable, Sequence
from math import isfinite, nan
from typing import Any

from solver.entries import laws
from solver.entries.laws import Law
from solver.entries.measures import (
    DIFFUSIVITY,
    ENTROPIC,
    OCCUPANCY,
    POTENTIAL,
    STRAIN,
    WIDTH,
    Measure,
)
from solver.entries.reader import Entries, place_of

UNKNOWN = laws.constant(nan)
FEWEST_POINTS = 4


def strain(entries: Entries, key: str) -> Law:
    """Return a lattice strain, twice differentiable."""
    return _table(entries, key, STRAIN, laws.table)


def diffusivity(entries: Entries, key: str) -> Law:
    """Return a positive table, or one value for every occupancy, in m^2/s."""
    if "occupancy" in entries.entry(key):
        return _table(entries, key, DIFFUSIVITY, laws.positive_table)
    return laws.constant(entries.number(key, DIFFUSIVITY))


def potential(entries: Entries, key: str, measure: Measure = POTENTIAL) -> Law:
    """Return a falling potential with its two tails, in V.

    One that replaces that of another file and has no tails goes on by those, which is said.
    """
    tails = {
        name: _tail(entries, f"{key}.{name}", entries.entry(key), measure) for name in laws.TAILS
    }
    x, values = _points(entries, key, measure)
    if not x or not all(isfinite(number) for tail in tails.values() for number in tail):
        return UNKNOWN
    kept = {name: base for name in laws.TAILS if (base := entries.inherited((key, name)))}
    told = " and ".join(
        f"the {name} of {base.name}, {tails[name][1]:g} V at x = {tails[name][0]:g}"
        for name, base in kept.items()
    )
    try:
        law = laws.falling_table_with_tails(x, values, *tails.values())
    except ValueError as error:
        entries.note((key,), f"{error}" + (f"; it was continued by {told}" if told else ""))
        return UNKNOWN
    if told:
        entries.caution((key,), f"has not both tails of its own and is continued by {told}")
    return law


def entropic(entries: Entries, key: str) -> Law:
    """Return dU/dT: a number, a table, or the sum of bells of which each has centre and width."""
    if "occupancy" in entries.entry(key):
        return _table(entries, key, ENTROPIC, laws.constant_beyond_table)
    if "centre" not in entries.entry(key) and "width" not in entries.entry(key):
        return laws.constant(entries.signed(key, ENTROPIC))
    heights = entries.numbers(key, "value", entries.unit(key, ENTROPIC), ENTROPIC)
    centres = entries.numbers(key, "centre", "dimensionless", OCCUPANCY)
    widths = entries.numbers(key, "width", "dimensionless", WIDTH)
    if not heights or not centres or not widths:
        return UNKNOWN
    return _law(entries, key, lambda: laws.bells(heights, centres, widths))


def activated(entries: Entries, key: str, law: Law) -> Callable[[float], Law]:
    """Return a law as a function of the temperature, by the activation energy of an entry."""
    energy = entries.activation(key)
    return lambda temperature: law.scaled(laws.arrhenius(energy, temperature))


def activated_number(entries: Entries, key: str, measure: Measure) -> Callable[[float], float]:
    """Return a positive value as a function of the temperature, in SI."""
    value, energy = entries.number(key, measure), entries.activation(key)
    return lambda temperature: value * laws.arrhenius(energy, temperature)


def measured(entries: Entries, *keys: str) -> tuple[float, float]:
    """Return the occupancies between which all these tables are measured.

    That is between the first and the last of `known`, or else of all points.
    """
    ends = []
    for key in keys:
        part = "known" if "known" in entries.entry(key) else "occupancy"
        known = entries.numbers(key, part, "dimensionless", OCCUPANCY)
        ends.append((min(known, default=nan), max(known, default=nan)))
    return max(low for low, _ in ends), min(high for _, high in ends)


def _tail(entries: Entries, key: str, whole: Any, measure: Measure) -> tuple[float, float]:
    """Occupancy and value of the point that a tail passes through."""
    tail = entries.entry(key)
    if not tail:
        return nan, nan
    place = place_of(key)
    unit = entries.unit(key, measure, default=whole.get("unit"))
    entries.know((*place, "occupancy"), (*place, "value"))
    x = entries.si((*place, "occupancy"), tail.get("occupancy"), "dimensionless", OCCUPANCY)
    return x, entries.si((*place, "value"), tail.get("value"), unit, measure)


def _table(
    entries: Entries, key: str, measure: Measure, law: Callable[[list[float], list[float]], Law]
) -> Law:
    """The law that `law` makes of a table."""
    x, values = _points(entries, key, measure)
    return _law(entries, key, lambda: law(x, values)) if x else UNKNOWN


def _points(entries: Entries, key: str, measure: Measure) -> tuple[list[float], list[float]]:
    """The occupancies of a table and its values in SI; nothing, and noted, if it is no good."""
    place = place_of(key)
    x = entries.numbers(key, "occupancy", "dimensionless", OCCUPANCY)
    values = entries.numbers(key, "value", entries.unit(key, measure), measure)
    for extreme in {min(values, default=nan), max(values, default=nan)}:
        entries.usual((*place, "value"), extreme, measure)
    if not x or not values:
        return [], []
    wrong = _wrong_occupancies(x)
    if wrong is not None:
        entries.note((*place, "occupancy", wrong[0]), wrong[1])
        return [], []
    if len(x) != len(values):
        entries.note(place, f"has {len(x)} occupancies but {len(values)} values")
        return [], []
    return x, values


def _wrong_occupancies(x: Sequence[float]) -> tuple[int, str] | None:
    """Where occupancies are no good as those of a table, and why."""
    if len(x) < FEWEST_POINTS:
        return 0, f"a table needs {FEWEST_POINTS} or more points, got {len(x)}"
    for number, (before, here) in enumerate(zip([-1.0, *x], x, strict=False)):
        if not 0 <= here <= 1:
            return number, f"an occupancy lies between 0 and 1, got {here:g}"
        if here <= before:
            return number, f"must increase, but {here:g} follows {before:g}"
    return None


def _law(entries: Entries, key: str, make: Callable[[], Law]) -> Law:
    """What `make` makes; why it cannot is noted."""
    try:
        return make()
    except ValueError as error:
        entries.note(place_of(key), str(error))
        return UNKNOWN

"""Declared accelerations: factors on the speed of slow laws, wherever a case gives one.

What ages a particle counts cycles: so many times as fast, one cycle stands for so many, if all such
laws that act have the same factor. Relaxations (slow sliding) forget instead: their factor changes
what happens within the cycle that is computed, and they are named only where they have one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

KEY = "acceleration"
RELAXATIONS = ("sliding",)


def accelerations(physics: Mapping[str, Any]) -> dict[str, float]:
    """Return the factors of all slow laws that act, by the place of their section.

    Nothing where all are 1. physics: that part of a resolved case, as plain values.
    """
    factors = {
        place: factor
        for place, factor in _factors_in(physics, "")
        if factor != 1.0 or place not in RELAXATIONS
    }
    return factors if any(factor != 1.0 for factor in factors.values()) else {}


def unequal(factors: Mapping[str, float]) -> bool:
    """Whether slow laws were given different factors: then no number of cycles is stood for."""
    return len(set(factors.values())) > 1


def declared(factors: Mapping[str, float], times: str = "x") -> str | None:
    """Return all factors in words, None without any."""
    if not factors:
        return None
    named = (f"{place.replace('_', ' ')} {times}{factor:g}" for place, factor in factors.items())
    return f"{'unequally ' if unequal(factors) else ''}accelerated: {', '.join(named)}"


def _factors_in(section: Mapping[str, Any], place: str) -> Iterator[tuple[str, float]]:
    """Factors of the sections within one; its own is that which these take."""
    for key, inner in section.items():
        if not isinstance(inner, Mapping) or inner.get("enabled") is False:
            continue
        within = f"{place}.{key}" if place else key
        if KEY in inner:
            yield within, float(inner[KEY])
        yield from _factors_in(inner, within)

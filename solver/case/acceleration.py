"""Declared accelerations: factors on the speed of slow laws, wherever a case gives one."""

from collections.abc import Iterator, Mapping
from typing import Any

KEY = "acceleration"


def accelerations(physics: Mapping[str, Any]) -> dict[str, float]:
    """Return the factors other than 1 of all mechanisms that act, by the place of their section.

    physics: that part of a resolved case, as plain values.
    """
    return dict(_found(physics, ""))


def declared(factors: Mapping[str, float]) -> str | None:
    """Return all factors in words, None without any."""
    if not factors:
        return None
    named = (f"{place.replace('_', ' ')} x{factor:g}" for place, factor in factors.items())
    return f"accelerated: {', '.join(named)}"


def _found(section: Mapping[str, Any], place: str) -> Iterator[tuple[str, float]]:
    if section.get("enabled") is False:
        return
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _found(value, f"{place}.{key}" if place else key)
        elif key == KEY and value != 1.0:
            yield place, float(value)

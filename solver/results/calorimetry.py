"""What a calorimeter shows: peak and heat, beside what was measured."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from solver.results import headers
from solver.results.history import Floats, History

CELSIUS = 273.15  # K


class Exotherm(NamedTuple):
    """Temperature of the largest heat flow, degC, and all heat, J/g. source: who measured them."""

    peak: float
    heat: float
    source: str = ""


def computed(history: History) -> Exotherm | None:
    """Return what a run gave off, None if nothing."""
    if headers.HEAT_FLOW not in history or not np.any(history[headers.HEAT_FLOW] > 0):
        return None
    celsius, flow = history[headers.TEMPERATURE] - CELSIUS, history[headers.HEAT_FLOW]
    return Exotherm(_top(celsius, flow), float(history[headers.HEAT][-1]))


def _top(x: Floats, y: Floats) -> float:
    """Where a parabola through the largest value and its neighbours is largest."""
    top = int(np.argmax(y))
    if not 0 < top < len(y) - 1 or not np.all(np.diff(x[top - 1 : top + 2]) > 0):
        return float(x[top])
    bend, slope, _ = np.polyfit(x[top - 1 : top + 2] - x[top], y[top - 1 : top + 2], 2)
    return float(x[top] - slope / (2 * bend)) if bend < 0 else float(x[top])


def measured(resolved: Mapping[str, Any]) -> Exotherm | None:
    """Return what a case names, None without; resolved: the case in SI."""
    section = resolved.get("measured") or {}
    if "exotherm" not in section:
        return None
    known = section["exotherm"]
    return Exotherm(known["peak"] - CELSIUS, 1e-3 * known["heat"], str(section["source"]))


def in_words(history: History, resolved: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return peak and heat, each beside what was measured; nothing without heat."""
    found, known = computed(history), measured(resolved)
    if found is None:
        return []
    peak, heat = f"{found.peak:.1f} °C", f"{found.heat:.0f} J/g"
    if known is not None:
        peak += f" (measured: {known.peak:.1f} °C, {known.source})"
        heat += f" (measured: {known.heat:.0f} J/g, {known.source})"
    return [("exotherm, peak", peak), ("exotherm, heat", heat)]

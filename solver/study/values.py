"""Values of an axis: as a case writes them, between two ends, and as numbers of one unit."""

import json
from collections.abc import Sequence
from math import nan
from typing import Any

import numpy as np

from solver.text.yaml_text import YamlTextError, parse
from solver.units.measures import Quantity, to_si, written_amount

DIGITS = 12  # of a value between two ends
PLAIN = "1"  # unit of a pure number
IN_C = "multiples of C"


def as_yaml(value: Any) -> str:
    """Return a value as `--set` takes it, on one line."""
    if isinstance(value, str) and _reads_as(value):
        return value
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: Any) -> Any:
    """Return what YAML read as plain values."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return str(value)


def _reads_as(text: str) -> bool:
    try:
        return "\n" not in text and text == text.strip() and bool(parse(text) == text)
    except YamlTextError:
        return False


def amount(value: Any, unit: str) -> tuple[float, str] | None:
    """Return number and unit of a value, None of what is no number.

    unit: of a number that is written without one.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value), unit
    written = written_amount(value) if isinstance(value, str) else None
    return None if written is None else (written[0], written[1] or unit)


def unit_of_plain(quantity: Quantity | None) -> str:
    """Return the unit of numbers without one where a case measures this."""
    if quantity is None:
        return PLAIN
    return "C" if quantity.unit == IN_C else quantity.unit


def in_one_unit(values: Sequence[Any], quantity: Quantity | None) -> tuple[list[float], str] | None:
    """Return values as numbers in the unit of the first; None where they are not all numbers."""
    known = [amount(value, unit_of_plain(quantity)) for value in values]
    told = [each for each in known if each is not None]
    if not told or len(told) < len(known):
        return None
    unit = told[0][1]
    numbers = [_in_unit(*each, unit) for each in told]
    return None if any(np.isnan(numbers)) else (numbers, unit)


def between(first: Any, last: Any, shares: Sequence[float], log: bool, whole: bool) -> list[Any]:
    """Return the values that lie at shares of the way between two ends, with the first one's unit.

    log: whether the way is even in the logarithm. whole: rounded to whole numbers. Raises
    ValueError.
    """
    ends = [known for each in (first, last) if (known := amount(each, PLAIN)) is not None]
    if len(ends) < 2:
        raise ValueError("expected two numbers, or two quantities such as 1 GPa")
    (start, unit), (end, other) = ends
    if unit != other:
        end = to_si(end, other, unit)
    if log and not (start * end > 0):
        raise ValueError("a log range needs two ends above zero, or two below")
    numbers = _along(start, end, np.asarray(shares, dtype=float), log)
    if whole:
        return [_with(round(number), unit) for number in numbers]
    return [_with(float(f"{number:.{DIGITS}g}"), unit) for number in numbers]


def _along(start: float, end: float, shares: np.ndarray, log: bool) -> list[float]:
    way = start * (end / start) ** shares if log else start + (end - start) * shares
    way = np.where(shares == 0, start, np.where(shares == 1, end, way))
    return [float(number) for number in way]


def _with(number: float, unit: str) -> Any:
    if unit == PLAIN:
        return number
    return f"{number:.{DIGITS}g}{'' if unit == 'C' else ' '}{unit}"


def _in_unit(number: float, unit: str, wanted: str) -> float:
    if unit == wanted:
        return number
    try:
        return to_si(number, unit, wanted)
    except ValueError:
        return nan


def behind(unit: str) -> str:
    """Return a unit as it stands behind a number."""
    return "" if unit == PLAIN else f" {unit}"

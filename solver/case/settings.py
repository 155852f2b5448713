"""The settings of a case as people read them: every quantity in a unit that suits it.

They are written into the directory of a run, so that a page about it needs no schema.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from solver.protocol import Step, in_c
from solver.units.measures import CELSIUS, Quantity

PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
PREFIXED = ("m", "Pa", "V", "Hz", "J/mol")
SCALED = {  # SI unit: as people write it, and how many of these it is
    "A/kg": ("mA/g", 1.0),
    "A*s/kg": ("mA h/g", 1 / 3600),
    "V/s": ("mV/s", 1e3),
    "m^2/kg": ("m²/g", 1e-3),
    "rad": ("°", 180 / math.pi),
    "J/m^2": ("J/m²", 1.0),
    "S/m^2": ("S/m²", 1.0),
    "kg/m^3": ("kg/m³", 1.0),
}
LENGTHS_OF_TIME = ((3600.0, "h"), (60.0, "min"))


def settings(section: BaseModel) -> dict[str, Any]:
    """Return a section as nested texts with units, what is not given left out.

    Lists stay lists; steps of a protocol are sentences where they have words.
    """
    texts = {}
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if value is not None:
            texts[name] = _text(value, quantity_of(field))
    return texts


def quantity_text(value: float, unit: str) -> str:
    """Return a value in SI as people write it: 3 µm, 25 °C, C/3, 200 mA/g, 10 min."""
    if unit == "K":
        return f"{_digits(value - CELSIUS)} °C"
    if unit == "multiples of C":
        return in_c(value)
    if unit == "s":
        return _time(value)
    if unit in PREFIXED:
        return _prefixed(value, unit)
    name, factor = SCALED.get(unit, (unit, 1.0))
    return f"{_digits(value * factor)}{'' if name == '°' else ' '}{name}"


def quantity_at(section: BaseModel, place: Sequence[int | str]) -> Quantity | None:
    """Return what the number at a place of a case measures; None for a plain number or a text.

    place: keys as `--set` takes them, the kind of a step among them.
    """
    held: Any = section
    for depth, key in enumerate(place):
        if isinstance(held, Step) and key == held.kind and key not in type(held).model_fields:
            continue
        if isinstance(held, BaseModel) and depth == len(place) - 1:
            field = _fields(held).get(str(key))
            return None if field is None else quantity_of(field[1])
        held = _inside(held, key)
    return None


def _inside(held: Any, key: int | str) -> Any:
    """What a key of a case leads to, None if that is nothing."""
    if isinstance(held, BaseModel):
        name, _ = _fields(held).get(str(key), ("", None))
        return getattr(held, name, None)
    if isinstance(held, Mapping):
        return held.get(key)
    number = int(key) if str(key).isdigit() else -1
    there = isinstance(held, Sequence) and 0 <= number < len(held)
    return held[number] if there else None


def _fields(section: BaseModel) -> dict[str, tuple[str, FieldInfo]]:
    """Names and fields of a section by what a case calls them."""
    fields = type(section).model_fields
    return {field.alias or name: (name, field) for name, field in fields.items()}


def _text(value: Any, quantity: Quantity | None) -> Any:
    match value:
        case Step():
            return _step(value)
        case BaseModel():
            return settings(value)
        case Mapping():
            return {key: _text(inner, quantity) for key, inner in value.items()}
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case Sequence():
            return [_text(inner, quantity) for inner in value]
        case float() if quantity is not None:
            return quantity_text(value, quantity.unit)
        case float():
            return _digits(value)
    return str(value)


def _step(step: Step) -> Any:
    """A sentence, where there is one; else what the step is called, and what is inside it."""
    try:
        return step.in_words()
    except ValueError:
        told: dict[str, Any] = {}
        for inside in step.inside():
            told.setdefault(inside.title, []).extend(_step(inner) for inner in inside.steps)
        return told or {step.kind: settings(step)}


def quantity_of(field: FieldInfo) -> Quantity | None:
    """What the numbers of a field measure, None if they are plain numbers."""
    return _first_quantity((*field.metadata, field.annotation))


def _first_quantity(parts: Sequence[Any]) -> Quantity | None:
    for part in parts:
        quantity = part if isinstance(part, Quantity) else _first_quantity(get_args(part))
        if quantity is not None:
            return quantity
    return None


def _prefixed(value: float, unit: str) -> str:
    """With the prefix that leaves the fewest zeros; lengths below the nanometre in nm."""
    size = abs(value) * (1 + 1e-12)
    factor, prefix = next(((f, p) for f, p in PREFIXES if size >= f), PREFIXES[-1])
    if value == 0:
        factor, prefix = 1.0, ""
    return f"{_digits(value / factor)} {prefix}{unit}"


def _time(seconds: float) -> str:
    for length, name in LENGTHS_OF_TIME:
        count = seconds / length
        if count >= 1 and round(count, 2) == count:
            return f"{_digits(count)} {name}"
    return f"{_digits(seconds)} s"


def _digits(value: float) -> str:
    """As many digits as tell, those of rounding left out."""
    return f"{value:.10g}"

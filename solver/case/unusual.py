"""Values of a case that lie far from where such values do."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from solver.case.models import Case
from solver.protocol import Step
from solver.text.problems import Place
from solver.units.usual import Usual


class Unusual(NamedTuple):
    """One such value: its place as a user writes it, and what is unusual about it."""

    place: Place
    why: str


def unusual_values(case: Case) -> list[Unusual]:
    """Return the unusual values of a case, of mechanisms that act."""
    unusual = _in_section(case, ())
    if case.physics.transport.enabled:
        return list(unusual)
    return [value for value in unusual if value.place != ("c_rate_basis",)]  # nothing is C there


def _in_section(section: BaseModel, place: Place) -> Iterator[Unusual]:
    if getattr(section, "enabled", True) is False:
        return
    if isinstance(section, Step):
        place = (*place, section.kind)
    for name, field in type(section).model_fields.items():
        ranges = [item for item in field.metadata if isinstance(item, Usual)]
        key = (*place, field.alias or name)
        yield from _in_value(getattr(section, name), key, ranges[0] if ranges else None)


def _in_value(value: Any, place: Place, usual: Usual | None) -> Iterator[Unusual]:
    if isinstance(value, BaseModel):
        yield from _in_section(value, place)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _in_value(item, (*place, number), usual)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _in_value(item, (*place, key), usual)
    elif usual is not None and isinstance(value, int | float):
        why = usual.outside(value)
        if why is not None:
            yield Unusual(place, why)

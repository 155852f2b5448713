"""Headers of columns, `Name / unit`, and what extensive quantities of a plane body are for.

A body in two dimensions has no energy, force or current of its own: it has those per metre of
depth, or those for the thickness that its case declares. Readers find a column by its name, and
take its unit from its header.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from solver.units.constants import METRE

PER_METRE = ".m-1"


@dataclass(frozen=True)
class Depth:
    """What a quantity that grows with the depth of a body is for.

    factor: from a value of the numerical core, in two dimensions that of 1 um of depth.
    per: what follows the unit.
    """

    factor: float
    per: str


def depth_of(dimension: int, thickness: float | None = None) -> Depth:
    """Return what a body is taken for. thickness: m, in two dimensions, None for each metre."""
    if dimension == 3:
        return Depth(1.0, "")
    if thickness is None:
        return Depth(METRE, PER_METRE)
    return Depth(thickness * METRE, "")


def name_of(header: str) -> str:
    """Return the name of a quantity, without its unit."""
    return header.rpartition(" / ")[0]


def unit_of(header: str) -> str:
    """Return the unit of a quantity."""
    return header.rpartition(" / ")[2]


def header_of(columns: Iterable[str], name: str) -> str:
    """Return the header of a quantity, whatever its unit. KeyError if there is none."""
    for header in columns:
        if name_of(header) == name:
            return header
    raise KeyError(name)


def key_of(name: str, unit: str) -> str:
    """Return the key of a quantity in `summary.json`: `elastic_J`, `force_N_per_m`, `cracks`."""
    stem = name.lower().replace(" ", "_")
    return stem if unit == "1" else f"{stem}_{unit.replace(PER_METRE, '_per_m')}"


def key_parts(key: str) -> tuple[str, str]:
    """Return name and unit of what `key_of` made, and of `displacement_m`; else no unit."""
    parts = re.fullmatch(r"(.+?)_([A-Za-z]+)(_per_m)?", key)
    if parts is None:
        return key, ""
    return parts[1], parts[2] + (PER_METRE if parts[3] else "")


def entry_of(entries: Mapping[str, Any], name: str) -> tuple[Any, str]:
    """Return an entry of `summary.json` by its name, and its unit. KeyError if there is none."""
    for key, value in entries.items():
        if key_parts(key)[0] == name:
            return value, key_parts(key)[1]
    raise KeyError(name)

"""What runs were given that is not the same: settings, values of materials, meshes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solver.results.records import Record

Rows = list[tuple[str, list[str]]]
NONE = "none"  # what stands where a run has no such setting
LEFT_OUT = "name"  # it heads the columns
SHORT = 8  # digits that tell a mesh from another


def differing(records: Sequence[Record]) -> Rows:
    """Return (what, value of each run) of every input in which any two runs differ."""
    told = all(record.settings for record in records)
    of_runs = [dict(flat(r.settings if told else r.resolved)) for r in records]
    settings = [{k: v for k, v in of.items() if k != LEFT_OUT} for of in of_runs]
    meshes = [{"mesh": str(r.metadata.get("mesh_key") or NONE)[:SHORT]} for r in records]
    materials = [_values(record.materials) for record in records]
    return [row for inputs in (settings, meshes, materials) for row in _unlike(inputs)]


def flat(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (words that lead to a value, value) of nested settings; a plain list is one value."""
    entries: Any = None
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list) and any(isinstance(part, Mapping | list) for part in value):
        entries = ((str(number), part) for number, part in enumerate(value, start=1))
    if entries is None:
        yield place, _one_line(value)
        return
    for key, inner in entries:
        yield from flat(inner, f"{place} {key}".strip().replace("_", " "))


def _one_line(value: Any) -> str:
    """A value, or several: sentences are set apart by semicolons."""
    if not isinstance(value, list):
        return str(value)
    words = [str(part) for part in value]
    return ("; " if any(" " in word for word in words) else ", ").join(words)


def _values(materials: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Every value of every material; a quantity's parts stand indented below it."""
    values = {}
    for material in materials:
        above: list[str] = []
        for row in material["rows"]:
            part = row["quantity"].strip()
            depth = (len(row["quantity"]) - len(part)) // 2
            above = [*above[:depth], part]
            if row["value"].strip():
                what = f"{material['kind']}: {' '.join(above)}".replace("_", " ")
                values[what] = row["value"]
    return values


def _unlike(inputs: Sequence[Mapping[str, str]]) -> Rows:
    names = dict.fromkeys(name for of_run in inputs for name in of_run)
    rows = [(name, [of_run.get(name, NONE) for of_run in inputs]) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]

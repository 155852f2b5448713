"""The materials as text: all of them in a list, or every value of one with its source."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple

from solver.case.problems import nearest
from solver.case.units import to_si
from solver.materials import laws
from solver.materials.electrolyte import load_electrolyte_material, load_interphase_material
from solver.materials.entries import FOLDER, Entries, MaterialError, names
from solver.materials.library import (
    load_boundary_material,
    load_filler_material,
    load_grain_material,
)

WIDTHS = (27, 26, 13, 34)  # of the columns of a table, in characters
WARM = 333.15  # K, shown beside room temperature


class Kind(NamedTuple):
    """A kind of material. mark: an entry that no other kind has."""

    prefix: str
    load: Callable[[str], object]
    mark: str


KINDS = {
    "grain": Kind("", load_grain_material, "potential"),
    "boundary": Kind("boundary_", load_boundary_material, "toughness"),
    "filler": Kind("filler_", load_filler_material, "oxide_conductance"),
    "electrolyte": Kind("electrolyte_", load_electrolyte_material, "double_layer"),
    "interphase": Kind("interphase_", load_interphase_material, "limiting_thickness"),
}


class Row(NamedTuple):
    """One line of a table: a quantity and where it comes from."""

    quantity: str
    value: str
    temperature: str
    source: str


def overview() -> str:
    """Return a line for every material of the library, by kind."""
    lines = []
    for kind, (prefix, *_) in KINDS.items():
        lines.append(kind)
        for name in names(prefix):
            about = Entries(FOLDER / f"{prefix}{name}.yaml").text("about")
            lines.append(f"  {name:<11} {about}")
    return "\n".join(lines)


def tables(name: str) -> str:
    """Return the tables of all materials of a name, which may stand for several kinds.

    A path ending in .yaml names a file. Values that depend on the temperature are those at 25 degC.
    Raises MaterialError if there is no such material, or if it is wrong.
    """
    if name.endswith((".yaml", ".yml")):
        data = Entries(Path(name)).data
        kind = next((kind for kind, known in KINDS.items() if known.mark in data), "grain")
        return _table(kind, name, Path(name))
    found = [kind for kind, known in KINDS.items() if name in names(known.prefix)]
    if not found:
        known_names = dict.fromkeys(n for kind in KINDS.values() for n in names(kind.prefix))
        raise MaterialError(f"unknown material '{name}' ({nearest(name, known_names)})")
    paths = [FOLDER / f"{KINDS[kind].prefix}{name}.yaml" for kind in found]
    return "\n\n".join(_table(kind, name, path) for kind, path in zip(found, paths, strict=True))


def values(kind: str, name: str) -> dict[str, Any]:
    """Return what a material is about, and the rows of its table. Raises MaterialError."""
    KINDS[kind].load(name)
    is_path = name.endswith((".yaml", ".yml"))
    entries = Entries(Path(name) if is_path else FOLDER / f"{KINDS[kind].prefix}{name}.yaml")
    rows = [row._asdict() for key, entry in entries.data.items() for row in _rows(key, entry, "")]
    return {"about": entries.text("about"), "rows": rows}


def _table(kind: str, name: str, path: Path) -> str:
    KINDS[kind].load(name)
    entries = Entries(path)
    head = Row("quantity", "value", "temperature", "source")
    rows = [row for key, entry in entries.data.items() for row in _rows(key, entry, "")]
    lines = [line for row in (head, *rows) for line in _wrapped(row)]
    title = f"{name}, {kind}: {entries.text('about')}"
    return "\n".join([title, *lines])


def _wrapped(row: Row) -> Iterator[str]:
    """Yield the lines of a row, every cell wrapped into its column."""
    cells = [
        wrap(cell, width - 2, break_on_hyphens=False)
        for cell, width in zip(row, WIDTHS, strict=True)
    ]
    for number in range(max(map(len, cells))):
        parts = [cell[number] if number < len(cell) else "" for cell in cells]
        yield "".join(p.ljust(w) for p, w in zip(parts, WIDTHS, strict=True)).rstrip()


def _rows(key: str, entry: Any, unit: str, depth: int = 0) -> Iterator[Row]:
    """Yield the rows of an entry and of the entries within it; these may inherit its unit."""
    if not isinstance(entry, dict):
        return
    unit = entry.get("unit", unit)
    yield Row("  " * depth + key, _value(entry, unit), _temperature(key, entry), _source(entry))
    for part, inner in entry.items():
        yield from _rows(part, inner, unit, depth + 1)


def _value(entry: dict[str, Any], unit: str) -> str:
    value, x = entry.get("value"), entry.get("occupancy", entry.get("centre"))
    unit = "" if unit == "dimensionless" else f" {unit}"
    if value is None:
        return f"{', '.join(f'{k} {v:g}' for k, v in entry.items() if k[0] == 'C')}{unit}"
    if not isinstance(value, list):
        return f"{value:g}{unit}" + (f" at x = {x:g}" if x is not None else "")
    if "centre" in entry:
        return f"{_listed(value)}{unit} around x = {_listed(entry['centre'])}"
    text = f"{value[0]:g} to {value[-1]:g}{unit}, x = {x[0]:g} to {x[-1]:g} ({len(x)} points)"
    return text + (f"; known at x = {_listed(entry['known'])}" if "known" in entry else "")


def _listed(values: list[float]) -> str:
    return ", ".join(f"{v:g}" for v in values)


def _temperature(key: str, entry: dict[str, Any]) -> str:
    if key == "potential":
        return "see entropic"
    if "activation_energy" in entry:
        return "Arrhenius"
    if key == "activation_energy":
        factor = laws.arrhenius(to_si(entry["value"], entry["unit"], "J/mol"), WARM)
        return f"x {factor:.3g} at 60 degC"
    return ""


def _source(entry: dict[str, Any]) -> str:
    assumed = f"assumed: {entry['note']}" if entry.get("assumed") else ""
    return "; ".join(filter(None, (assumed, entry.get("source", ""))))
